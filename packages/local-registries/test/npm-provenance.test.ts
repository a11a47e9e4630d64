import { expect, onTestFinished, test } from 'vitest';
import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningNpmRegistry,
  type RunningSigstore,
  startIdentityIssuer,
  startNpmRegistry,
  startSigstore,
} from '../src/index.ts';
import { client, folder, type Outcome } from './client.ts';

const REPOSITORY = { type: 'git', url: 'git+https://github.com/octo/sdks.git' };
const MANIFEST = { name: '@octo/demo', version: '1.0.0', repository: REPOSITORY };

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly registry: RunningNpmRegistry;
}

async function world(claims: ClaimChanges = {}): Promise<World> {
  const issuer = await startIdentityIssuer({ claims: { repository: 'octo/sdks', ...claims } });
  onTestFinished(() => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(() => sigstore.stop());
  const { rekorUrl, trustedRoot } = sigstore;
  const registry = await startNpmRegistry({ provenance: { rekorUrl, trustedRoot } });
  onTestFinished(() => registry.stop());
  return { issuer, sigstore, registry };
}

/** Publishes with npm's own library, as `npm publish --provenance` does in a job of GitHub Actions. */
async function publish(
  { issuer, registry, sigstore }: World,
  manifest: object = MANIFEST,
): Promise<Outcome> {
  const options = {
    registry: `${registry.url}/`,
    [`//${new URL(registry.url).host}/:_authToken`]: registry.token,
    access: 'public',
    provenance: true,
    fulcioURL: sigstore.fulcioUrl,
    rekorURL: sigstore.rekorUrl,
  };
  const script = `
    const { publish } = (await import('${import.meta.resolve('libnpmpublish')}')).default;
    await publish(${JSON.stringify(manifest)}, Buffer.from('a tarball'), ${JSON.stringify(options)});`;
  const env = { ...issuer.job, ...issuer.environment };
  return client(await folder(), env, process.execPath, '--input-type=module', '-e', script);
}

async function read({ registry }: World, path: string): Promise<[number, unknown]> {
  const response = await fetch(`${registry.url}${path}`);
  return [response.status, await response.json()];
}

test('npm’s own library publishes a version with a provenance', async () => {
  const here = await world();
  expect(await publish(here)).toMatchObject({ code: 0, stderr: '' });
  const url = `${here.registry.url}/-/npm/v1/attestations/@octo%2fdemo@1.0.0`;
  const attestations = { url, provenance: { predicateType: 'https://slsa.dev/provenance/v1' } };
  expect(await read(here, '/@octo%2fdemo')).toMatchObject([
    200,
    { versions: { '1.0.0': { dist: { attestations } } } },
  ]);
  expect(await read(here, '/@octo%2fdemo/1.0.0')).toMatchObject([200, { dist: { attestations } }]);
  expect(await read(here, '/-/npm/v1/attestations/@octo%2fdemo@1.0.0')).toMatchObject([
    200,
    {
      attestations: [
        { predicateType: expect.stringContaining('npm/attestation'), bundle: {} },
        { predicateType: 'https://slsa.dev/provenance/v1', bundle: {} },
      ],
    },
  ]);
  expect(await read(here, '/-/npm/v1/attestations/@octo%2fdemo@2.0.0')).toMatchObject([404, {}]);
});

test.each<[string, ClaimChanges, object, string]>([
  [
    'without a repository',
    {},
    { name: '@octo/demo', version: '1.0.0' },
    'package.json: "repository.url" is "", expected to match "https://github.com/octo/sdks"',
  ],
  [
    'of another repository',
    { repository: 'mallory/sdks' },
    MANIFEST,
    'expected to match "https://github.com/mallory/sdks" from provenance',
  ],
  [
    'of a self-hosted machine',
    { runner_environment: 'self-hosted' },
    MANIFEST,
    'Unsupported GitHub Actions runner environment: "self-hosted"',
  ],
  [
    'of a private repository',
    { repository_visibility: 'private' },
    MANIFEST,
    'Unsupported GitHub Actions source repository visibility: "private"',
  ],
])('a provenance %s is refused, and nothing is stored', async (_what, claims, manifest, words) => {
  const here = await world(claims);
  const published = await publish(here, manifest);
  expect(published.code).not.toBe(0);
  expect(published.stderr.replaceAll('\\', '')).toContain(words);
  expect((await read(here, '/@octo%2fdemo'))[0]).toBe(404);
});

test('a provenance of another Sigstore is refused', async () => {
  const [here, other] = [await world(), await world()];
  const published = await publish({ ...other, registry: here.registry });
  expect(published.stderr).toContain('E422');
  expect((await read(here, '/@octo%2fdemo'))[0]).toBe(404);
});

test('a registry of the same folder serves the attestations again', async () => {
  const here = await world();
  const directory = await folder();
  const { rekorUrl, trustedRoot } = here.sigstore;
  const first = await startNpmRegistry({ directory, provenance: { rekorUrl, trustedRoot } });
  expect(await publish({ ...here, registry: first })).toMatchObject({ code: 0 });
  await first.stop();
  const registry = await startNpmRegistry({ directory, provenance: { rekorUrl, trustedRoot } });
  onTestFinished(() => registry.stop());
  const [status] = await read({ ...here, registry }, '/-/npm/v1/attestations/@octo%2fdemo@1.0.0');
  expect(status).toBe(200);
});
