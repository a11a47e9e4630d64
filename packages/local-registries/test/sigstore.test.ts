import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bundleFromJSON, bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningSigstore, startIdentityIssuer } from '../src/index.ts';
import {
  type SigningWorld,
  sha256,
  signingWorld,
  statementOf,
  WORKFLOW,
} from './sigstore-client.ts';

const FILE = Buffer.from('the wheel');

async function post(sigstore: RunningSigstore, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${sigstore.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function read(sigstore: RunningSigstore, path: string): Promise<unknown> {
  return (await fetch(`${sigstore.url}${path}`)).json();
}

test.each(['dsse', 'intoto'] as const)(
  'sigstore-js signs a statement and verifies it, with the log’s %s entry',
  async (entryType) => {
    const { sigstore, sign, verify } = await signingWorld();
    const bundle = await sign({ statement: statementOf('demo.whl', FILE), entryType });
    expect(verify(bundle).identity?.subjectAlternativeName).toBe(WORKFLOW);
    expect(sigstore.certificates().map(({ subject }) => subject)).toEqual([WORKFLOW]);
    expect(sigstore.timestamps()).toBe(1);
    const [entry] = sigstore.entries();
    expect(entry?.body).toMatchObject({ kind: entryType });
    // The log keeps hashes, never what was signed.
    const payload = JSON.stringify(statementOf('demo.whl', FILE));
    expect(JSON.stringify(entry)).toContain(sha256(Buffer.from(payload)));
    expect(JSON.stringify(entry)).not.toContain(Buffer.from(payload).toString('base64'));
    expect(sigstore.refused()).toEqual([]);
  },
);

test('sigstore-js signs bytes and verifies them', async () => {
  const { sign, verify, sigstore } = await signingWorld();
  const bundle = await sign({ message: FILE });
  expect(verify(bundle, FILE).identity?.subjectAlternativeName).toBe(WORKFLOW);
  expect(() => verify(bundle, Buffer.from('the whee1'))).toThrow(/signature/);
  expect(sigstore.entries()[0]?.body).toMatchObject({
    kind: 'hashedrekord',
    spec: { data: { hash: { value: sha256(FILE) } } },
  });
});

test('every place in the growing log is proven, with an index that is not the tree’s', async () => {
  const { sign, verify, sigstore } = await signingWorld();
  for (let count = 1; count <= 9; count += 1) {
    const bundle = await sign({ message: Buffer.from(`file ${count}`) });
    verify(bundle, Buffer.from(`file ${count}`));
    const [entry] = bundle.verificationMaterial.tlogEntries;
    expect(entry?.inclusionProof?.treeSize).toBe(`${count + 3}`);
    expect(entry?.inclusionProof?.hashes.length).toBeGreaterThan(0);
    expect(entry?.logIndex).not.toBe(entry?.inclusionProof?.logIndex);
  }
  expect(new Set(sigstore.entries().map(({ logIndex }) => logIndex)).size).toBe(9);
});

type Change = (json: SerializedBundle) => void;
const CHANGES: readonly (readonly [string, RegExp, Change])[] = [
  [
    'payload',
    /payload hash mismatch/,
    ({ dsseEnvelope: envelope }) => envelope && (envelope.payload = flipped(envelope.payload)),
  ],
  [
    'signature',
    /timestamp could not be verified/,
    ({ dsseEnvelope: envelope }) => {
      const [signature] = envelope?.signatures ?? [];
      if (signature) signature.sig = flipped(signature.sig, 40);
    },
  ],
  [
    'certificate',
    /certificate chain/,
    ({ verificationMaterial: { certificate } }) => {
      if (certificate) certificate.rawBytes = flipped(certificate.rawBytes, 900);
    },
  ],
  [
    'proof of inclusion',
    /calculated root hash/,
    ({ verificationMaterial: { tlogEntries } }) => {
      const hashes = tlogEntries[0]?.inclusionProof?.hashes;
      if (hashes?.[0] !== undefined) hashes[0] = flipped(hashes[0]);
    },
  ],
  [
    'checkpoint',
    /checkpoint signature/,
    ({ verificationMaterial: { tlogEntries } }) => {
      const checkpoint = tlogEntries[0]?.inclusionProof?.checkpoint;
      if (checkpoint) checkpoint.envelope = checkpoint.envelope.replace('\n4\n', '\n5\n');
    },
  ],
  [
    'promise of the log',
    /inclusion promise/,
    ({ verificationMaterial: { tlogEntries } }) => {
      const promise = tlogEntries[0]?.inclusionPromise;
      if (promise) promise.signedEntryTimestamp = flipped(promise.signedEntryTimestamp, 40);
    },
  ],
  [
    'timestamp',
    /timestamp could not be verified/,
    ({ verificationMaterial: { timestampVerificationData: data } }) => {
      const [timestamp] = data?.rfc3161Timestamps ?? [];
      if (timestamp) timestamp.signedTimestamp = flipped(timestamp.signedTimestamp, 120);
    },
  ],
];

test.each(CHANGES)('one changed bit of the %s is found', async (_, message, change) => {
  const { sign, verify } = await signingWorld();
  const bundle = await sign({ statement: statementOf('demo.whl', FILE) });
  const json = bundleToJSON(bundle);
  verify(bundleFromJSON(json));
  change(json);
  expect(json).not.toEqual(bundleToJSON(bundle));
  expect(() => verify(bundleFromJSON(json))).toThrow(message);
});

/** Changes one bit of a byte of something in base64. */
function flipped(base64: string, index = 20): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString('base64');
}

test('another Sigstore’s root does not verify it', async () => {
  const { sign } = await signingWorld();
  const { verify } = await signingWorld();
  const bundle = await sign({ statement: statementOf('demo.whl', FILE) });
  expect(() => verify(bundle)).toThrow(/could not be verified/);
});

test('the certificate has what Fulcio makes of GitHub’s claims', async () => {
  const sha = 'a'.repeat(40);
  const claims = {
    ref: 'refs/tags/v1.0.0',
    sha,
    environment: 'release',
    job_workflow_ref: 'octo/shared/.github/workflows/sign.yml@refs/heads/v2',
    job_workflow_sha: 'b'.repeat(40),
  };
  const { sign, sigstore, verify } = await signingWorld(claims);
  const { identity } = verify(await sign({ message: FILE }), FILE);
  const workflow =
    'https://github.com/octo/sdks/.github/workflows/publish-packages.yml@refs/tags/v1.0.0';
  const signer = 'https://github.com/octo/shared/.github/workflows/sign.yml@refs/heads/v2';
  expect(identity?.subjectAlternativeName).toBe(signer);
  expect(sigstore.certificates()[0]?.subject).toBe(signer);
  const values = (identity?.oids ?? []).flatMap(({ oid, value }) => {
    const id = oid?.id.join('.') ?? '';
    const last = Number(/^1\.3\.6\.1\.4\.1\.57264\.1\.(\d+)$/.exec(id)?.[1]);
    if (Number.isNaN(last)) return [];
    // From 8 on, a UTF8String in DER: a tag and a length, one byte each up to 127 characters.
    if (last > 7) expect([...value.subarray(0, 2)]).toEqual([12, value.length - 2]);
    return [[last, value.subarray(last > 7 ? 2 : 0).toString()] as const];
  });
  expect(Object.fromEntries(values)).toEqual({
    1: 'https://token.actions.githubusercontent.com',
    2: 'push',
    3: sha,
    4: 'publish-packages',
    5: 'octo/sdks',
    6: 'refs/tags/v1.0.0',
    8: 'https://token.actions.githubusercontent.com',
    9: signer,
    10: 'b'.repeat(40),
    11: 'github-hosted',
    12: 'https://github.com/octo/sdks',
    13: sha,
    14: 'refs/tags/v1.0.0',
    15: '1296269',
    16: 'https://github.com/octo',
    17: '583231',
    18: workflow,
    19: sha,
    20: 'push',
    21: 'https://github.com/octo/sdks/actions/runs/1536140711/attempts/1',
    22: 'public',
    23: 'release',
    24: 'repo:octo/sdks:environment:release',
  });
});

const TOKENS: readonly (readonly [
  string,
  (world: SigningWorld) => string | Promise<string>,
  RegExp,
])[] = [
  ['expired', ({ issuer }) => issuer.token({ aud: 'sigstore', exp: 1 }), /"exp" claim timestamp/],
  ['for another audience', ({ issuer }) => issuer.token({ aud: 'pypi' }), /unexpected "aud"/],
  ['not yet valid', ({ issuer }) => issuer.token({ aud: 'sigstore', nbf: 9_999_999_999 }), /"nbf"/],
  [
    'that names another issuer',
    ({ issuer }) => issuer.token({ aud: 'sigstore', iss: 'https://example.com' }),
    /unexpected "iss"/,
  ],
  [
    'without the workflow',
    ({ issuer }) => issuer.token({ aud: 'sigstore', job_workflow_ref: undefined }),
    /missing claims: job_workflow_ref/,
  ],
  [
    'of an unknown key',
    async () => {
      const foreign = await startIdentityIssuer();
      onTestFinished(() => foreign.stop());
      return foreign.token({ aud: 'sigstore' });
    },
    /no applicable key/,
  ],
  [
    'with a changed signature',
    ({ issuer }) => issuer.token({ aud: 'sigstore' }).replace(/.{9}$/, 'AAAAAAAAA'),
    /signature verification failed/,
  ],
];

test.each(TOKENS)('Fulcio refuses a token %s', async (_, tokenOf, reason) => {
  const world = await signingWorld();
  const refusal = world.sign({ message: FILE }, await tokenOf(world));
  await expect(refusal).rejects.toThrow(/error creating signing certificate/);
  const [refused] = world.sigstore.refused();
  expect(refused).toMatchObject({ path: '/api/v2/signingCert', status: 400 });
  expect(refused?.reason).toMatch(reason);
  expect(world.sigstore.certificates()).toEqual([]);
  const log = await readFile(world.sigstore.logFile, 'utf8');
  expect(log).toContain(`refused /api/v2/signingCert: ${refused?.message}`);
  for (const secret of world.issuer.secrets()) expect(log).not.toContain(secret);
});

test('Fulcio refuses a key that the client does not show to have, and one that is no P-256 key', async () => {
  const { issuer, sigstore } = await signingWorld();
  const token = issuer.token({ aud: 'sigstore' });
  const ask = async (curve: string, subject: string): Promise<number> => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: curve,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const proof = sign('sha256', Buffer.from(subject), createPrivateKey(privateKey));
    const { status } = await post(sigstore, '/api/v2/signingCert', {
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: {
        publicKey: { algorithm: 'ECDSA', content: publicKey },
        proofOfPossession: proof.toString('base64'),
      },
    });
    return status;
  };
  const subject = 'repo:octo/sdks:ref:refs/heads/main';
  expect(await ask('P-256', 'repo:mallory/sdks:ref:refs/heads/main')).toBe(400);
  expect(await ask('P-384', subject)).toBe(400);
  expect(sigstore.certificates()).toEqual([]);
  expect(await ask('P-256', subject)).toBe(200);
  expect(sigstore.refused().map(({ message }) => message)).toEqual([
    'The signature supplied in the request could not be verified',
    'The public key supplied in the request could not be parsed',
  ]);
});

test('the log gives an entry back by its id and its index, and finds it by what was signed', async () => {
  const { sign, sigstore } = await signingWorld();
  await sign({ statement: statementOf('demo.whl', FILE) });
  await sign({ message: FILE });
  const [first, second] = sigstore.entries();
  const [id, index] = [first?.uuid ?? '', first?.logIndex ?? 0];
  const entry = (await read(sigstore, `/api/v1/log/entries/${id}`)) as Record<
    string,
    { body: string }
  >;
  expect(JSON.parse(Buffer.from(entry[id]?.body ?? '', 'base64').toString())).toEqual(first?.body);
  // ECDSA signatures differ each time; the rest is the same.
  const byIndex = await read(sigstore, `/api/v1/log/entries?logIndex=${index}`);
  expect(byIndex).toMatchObject({ [id]: { body: entry[id]?.body, logIndex: index } });
  const both = await post(sigstore, '/api/v1/log/entries/retrieve', {
    entryUUIDs: [id],
    logIndexes: [second?.logIndex],
  });
  expect(((await both.json()) as object[]).flatMap(Object.keys)).toEqual([id, second?.uuid]);
  const search = await post(sigstore, '/api/v1/index/retrieve', { hash: `sha256:${sha256(FILE)}` });
  expect(await search.json()).toEqual([id, second?.uuid]);
  const none = await post(sigstore, '/api/v1/index/retrieve', { hash: 'sha256:00' });
  expect(await none.json()).toEqual([]);
  expect(await read(sigstore, '/api/v1/log')).toMatchObject({ treeSize: 5 });
  expect((await fetch(`${sigstore.url}/api/v1/log/entries/00`)).status).toBe(404);
  const key = await (await fetch(`${sigstore.url}/api/v1/log/publicKey`)).text();
  expect(key).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
});

test('the log refuses what nobody signed, and an entry that it has', async () => {
  const { sign, sigstore } = await signingWorld();
  const bundle = await sign({ statement: statementOf('demo.whl', FILE) });
  const { dsseEnvelope: envelope } = bundleToJSON(bundle);
  const verifiers = [Buffer.from(sigstore.certificates()[0]?.pem ?? '').toString('base64')];
  const propose = async (content: unknown): Promise<Response> =>
    post(sigstore, '/api/v1/log/entries', {
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: { proposedContent: { envelope: JSON.stringify(content), verifiers } },
    });
  const again = await propose(envelope);
  expect(again.status).toBe(409);
  expect(again.headers.get('location')).toBe(`/api/v1/log/entries/${sigstore.entries()[0]?.uuid}`);
  const payload = Buffer.from('{}').toString('base64');
  expect((await propose({ ...envelope, payload })).status).toBe(400);
  expect((await propose({ ...envelope, signatures: [] })).status).toBe(400);
  expect(
    (await post(sigstore, '/api/v1/log/entries', { kind: 'rpm', apiVersion: '0.0.1' })).status,
  ).toBe(400);
  expect((await post(sigstore, '/api/v1/timestamp', { hashAlgorithm: 'md5' })).status).toBe(400);
  expect(sigstore.entries()).toHaveLength(1);
});
