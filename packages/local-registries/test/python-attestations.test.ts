import { bundleToJSON } from '@sigstore/bundle';
import { expect, onTestFinished, test } from 'vitest';
import { startPythonIndex } from '../src/index.ts';
import { type Distribution, uploadForm, wheel } from './python-distributions.ts';
import { PROVENANCE, type SigningWorld, signingWorld, statementOf } from './sigstore-client.ts';

const PUBLISH = 'https://docs.pypi.org/attestations/publish/v1';
const TRUSTED = { project: 'demo', repository: 'octo/sdks', workflow: 'publish-packages.yml' };
const FILE = wheel({ name: 'demo', version: '1.0' });

interface Attestation {
  readonly version: number;
  readonly verification_material: object;
  readonly envelope: { readonly statement: string; readonly signature: string };
}

interface World extends SigningWorld {
  /** Uploads the file, as the trusted publisher or with the index's token. */
  upload(attestations?: unknown, as?: 'publisher' | 'token'): Promise<[number, string]>;
  read(path: string): Promise<Response>;
}

async function world(publisher: object = {}): Promise<World> {
  const signing = await signingWorld();
  const { issuer, sigstore } = signing;
  const index = await startPythonIndex({
    trust: { issuer, publishers: [{ ...TRUSTED, isPending: true, ...publisher }] },
    attestations: { trustedRoot: sigstore.trustedRoot },
  });
  onTestFinished(() => index.stop());
  const mint = async (): Promise<string> => {
    const body = JSON.stringify({ token: issuer.token({ aud: 'pypi' }) });
    const response = await fetch(`${index.url}/_/oidc/mint-token`, { method: 'POST', body });
    return ((await response.json()) as { readonly token: string }).token;
  };
  return {
    ...signing,
    async upload(attestations, as = 'publisher') {
      const form = uploadForm(FILE, { name: 'demo', version: '1.0' });
      if (attestations !== undefined)
        form.append(
          'attestations',
          typeof attestations === 'string' ? attestations : JSON.stringify(attestations),
        );
      const token = as === 'token' ? index.token : await mint();
      const authorization = `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`;
      const init = { method: 'POST', body: form, headers: { authorization } };
      const response = await fetch(index.uploadUrl, init);
      return [response.status, await response.text()];
    },
    read: async (path) =>
      fetch(`${index.url}${path}`, {
        headers: { accept: 'application/vnd.pypi.simple.v1+json, application/json' },
      }),
  };
}

async function attest(
  { sign }: SigningWorld,
  kind = PROVENANCE,
  { bytes, fileName }: Pick<Distribution, 'bytes' | 'fileName'> = FILE,
): Promise<Attestation> {
  const { dsseEnvelope, verificationMaterial } = bundleToJSON(
    await sign({ statement: statementOf(fileName, bytes, kind) }),
  );
  const [signature] = dsseEnvelope?.signatures ?? [];
  return {
    version: 1,
    verification_material: {
      certificate: verificationMaterial.certificate?.rawBytes,
      transparency_entries: verificationMaterial.tlogEntries,
    },
    envelope: { statement: dsseEnvelope?.payload ?? '', signature: signature?.sig ?? '' },
  };
}

test('an index takes an attestation of each kind from a trusted publisher, and serves them', async () => {
  const here = await world();
  const attestations = [await attest(here), await attest(here, PUBLISH)];
  expect(await here.upload(attestations)).toMatchObject([200, '']);
  const simple = await here.read('/simple/demo/');
  const { files } = (await simple.json()) as { readonly files: { readonly provenance: string }[] };
  const { pathname } = new URL(files[0]?.provenance ?? '');
  expect(pathname).toBe(`/integrity/demo/1.0/${FILE.fileName}/provenance`);
  const answer = await here.read(pathname);
  expect(answer.headers.get('content-type')).toBe('application/vnd.pypi.integrity.v1+json');
  expect(await answer.json()).toEqual({
    version: 1,
    attestation_bundles: [
      {
        publisher: {
          kind: 'GitHub',
          claims: null,
          repository: 'octo/sdks',
          workflow: 'publish-packages.yml',
          environment: null,
        },
        attestations,
      },
    ],
  });
  expect((await here.read('/integrity/demo/1.0/other.whl/provenance')).status).toBe(404);
});

test('a file without attestations has no provenance', async () => {
  const here = await world();
  expect(await here.upload()).toMatchObject([200, '']);
  const path = `/integrity/demo/1.0/${FILE.fileName}/provenance`;
  expect((await here.read(path)).status).toBe(404);
});

/** Each is what the trusted publisher sends, and the index's answer. */
const REFUSED: Readonly<Record<string, [(here: World) => Promise<unknown>, string]>> = {
  'that are no JSON': [async () => 'nonsense', 'Malformed attestations'],
  'that are no list': [async () => ({}), 'Malformed attestations'],
  'that are none': [async () => [], 'an empty attestation set is not permitted'],
  'that are three': [async () => [{}, {}, {}], 'A maximum of 2 attestations per file'],
  'of one kind twice': [
    async (here) => [await attest(here), await attest(here)],
    'with the same predicate type',
  ],
  'of an unknown kind': [
    async (here) => [await attest(here, 'https://example.org/v1')],
    'unsupported predicate type: https://example.org/v1',
  ],
  'of another version': [
    async (here) => [{ ...(await attest(here)), version: 2 }],
    'Could not verify',
  ],
  'without material': [
    async (here) => [{ ...(await attest(here)), verification_material: {} }],
    'Could not verify',
  ],
  'of other bytes': [
    async (here) => [
      await attest(here, PROVENANCE, { ...FILE, bytes: Buffer.from('other bytes') }),
    ],
    'subject does not match distribution digest',
  ],
  'of another file': [
    async (here) => [await attest(here, PROVENANCE, { ...FILE, fileName: 'demo-1.0.tar.gz' })],
    'subject does not match distribution name',
  ],
  'of another Sigstore': [async () => [await attest(await signingWorld())], 'Could not verify'],
};

test.each(Object.entries(REFUSED))(
  'attestations %s are refused, and the file with them',
  async (_what, [make, words]) => {
    const here = await world();
    const [status, text] = await here.upload(await make(here));
    expect(status).toBe(400);
    expect(text).toContain('Invalid attestations supplied during upload: ');
    expect(text).toContain(words);
    expect((await here.read('/simple/demo/')).status).toBe(404);
  },
);

test('attestations by another workflow than the trusted publisher are refused', async () => {
  const here = await world();
  const other = 'octo/sdks/.github/workflows/other.yml@refs/heads/main';
  const token = here.issuer.token({
    aud: 'sigstore',
    workflow_ref: other,
    job_workflow_ref: other,
  });
  const foreign = {
    ...here,
    sign: async (content: Parameters<World['sign']>[0]) => here.sign(content, token),
  };
  const [status, text] = await here.upload([await attest(foreign)]);
  expect([status, text]).toEqual([400, expect.stringContaining('Build Config URI')]);
});

test('attestations with an API token are refused', async () => {
  const here = await world();
  const [status, text] = await here.upload([await attest(here)], 'token');
  expect(status).toBe(400);
  expect(text).toContain('Attestations are only supported when using Trusted Publishing');
});
