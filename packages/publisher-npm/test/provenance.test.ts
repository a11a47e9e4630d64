import { type ClaimChanges, type Fault, startRecordingProxy } from '@ameide/local-registries';
import type { PublisherDefinition, SourceTree } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type NpmBuilt, type NpmPlan, npm } from '../src/index.ts';
import { verifyAsNpm } from './support/npm-verification.ts';
import {
  checked,
  expectNoSecret,
  proven,
  provingRun,
  provingWorld,
  validated,
} from './support/proving.ts';
import { MANIFEST, testRun } from './support/publishing.ts';
import { makeRelease, SHA } from './support/release.ts';
import { invalidInput } from './support/thrown.ts';

const REPOSITORY = 'https://github.com/ameideio/ameide';
const SIGNER =
  'https://github.com/ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main';

test('a version carries the provenance that npm’s own code and ours verify', async () => {
  const world = await provingWorld();
  const run = await provingRun(world);
  expect(await checked(run)).toEqual([]);
  expect(await proven(run)).toMatchObject([{ kind: 'provenance', state: 'missing' }]);
  const published = await run.publish();
  expect(published).toMatchObject({ outcome: 'published' });
  expect(world.writes()).toEqual(['PUT /@x%2fa']);
  expect(await verifyAsNpm(world)).toMatchObject({
    _attestations: { provenance: { predicateType: 'https://slsa.dev/provenance/v1' } },
  });
  const proofs = await proven(run);
  expect(proofs).toEqual([
    {
      coordinate: run.plan.coordinates[0],
      kind: 'provenance',
      state: 'proven',
      digest: published.digest,
      sha: SHA,
      signer: SIGNER,
    },
  ]);
  expectNoSecret(world, [published, proofs, run.events]);
});

test('a second run makes no provenance and writes nothing', async () => {
  const world = await provingWorld();
  await (await provingRun(world)).publish();
  const [entries, asked] = [world.sigstore.entries().length, world.issuer.requests.length];
  world.proxy.clear();
  const second = await provingRun(world);
  expect(await checked(second)).toEqual([]);
  expect(await second.publish()).toMatchObject({ outcome: 'already-there' });
  expect(world.writes()).toEqual([]);
  expect(world.sigstore.entries()).toHaveLength(entries);
  expect(world.issuer.requests).toHaveLength(asked);
});

test('a version that is there without a provenance stays as it is, and the proof is missing', async () => {
  const world = await provingWorld();
  const plain = await provingRun(world, { npm: { provenance: false } });
  expect(Object.keys(plain.publisher)).not.toContain('proofs');
  await plain.publish();
  world.proxy.clear();
  const run = await provingRun(world, { env: {} });
  expect(await checked(run)).toEqual([]);
  expect(await run.publish()).toMatchObject({ outcome: 'already-there' });
  expect(world.writes()).toEqual([]);
  expect(await proven(run)).toMatchObject([
    { state: 'missing', problem: { code: 'npm-no-provenance', rerun: 'never' } },
  ]);
});

test('a trusted publisher needs no token: the provenance is signed before the token is made', async () => {
  const world = await provingWorld({}, true);
  const first = await provingRun(world, { npm: { provenance: false }, base: '0.0.1' });
  await first.publish();
  const run = await provingRun(world, { npm: { trustedPublishing: true }, token: null });
  expect(await checked(run)).toEqual([]);
  const before = world.issuer.requests.length;
  const published = await run.publish();
  expect(published).toMatchObject({ outcome: 'published' });
  expect(world.issuer.requests.slice(before).map(({ audience }) => audience)).toEqual([
    'sigstore',
    'npm:127.0.0.1',
  ]);
  expect(await proven(run)).toMatchObject([{ state: 'proven' }]);
  // No file that is published may have one of them.
  const known = run.publisher.secrets?.().map((secret) => secret.reveal()) ?? [];
  expect(known).toEqual(expect.arrayContaining([...world.registry.exchanged()]));
  expectNoSecret(world, [published, run.events]);
});

test('an upload whose answer is lost has published the version with its provenance', async () => {
  const world = await provingWorld();
  const run = await provingRun(world);
  world.fault = ({ mutating }) => (mutating ? { kind: 'reset', forward: true } : undefined);
  expect(await run.publish()).toMatchObject({ outcome: 'published' });
  expect(world.writes()).toHaveLength(1);
  world.fault = undefined;
  expect(await proven(run)).toMatchObject([{ state: 'proven' }]);
});

describe('before anything is sent, nothing is published', () => {
  test('with a definition without identity, or a package of another repository', async () => {
    const world = await provingWorld();
    const { identity: _, ...nobody } = world.signing;
    const unnamed = await provingRun(world, { signing: nobody });
    expect(await validated(unnamed)).toMatchObject([
      { code: 'npm-provenance-identity', kind: 'input' },
    ]);
    for (const repository of ['github:somebody/else', 'https://github.com/Ameideio/ameide']) {
      const files = { 'package.json': { ...MANIFEST, repository } };
      const foreign = await provingRun(world, { files });
      expect(await validated(foreign)).toMatchObject([
        { code: 'npm-provenance-repository', kind: 'input', effect: 'none' },
      ]);
    }
  });

  test('unless the option is there: a package.json that asks for a provenance is refused', async () => {
    const world = await provingWorld();
    const publishConfig = { access: 'public', provenance: true };
    const files = { 'package.json': { ...MANIFEST, publishConfig } };
    expect(await validated(await provingRun(world, { files }))).toEqual([]);
    const without = async () => provingRun(world, { files, npm: { provenance: false } });
    expect(await invalidInput(without)).toMatchObject({ code: 'npm-unsupported' });
  });

  test.each(['ameideio/ameide', 'git+ssh://git@github.com/ameideio/ameide.git'])(
    'but a package of the repository %s is accepted',
    async (repository) => {
      const world = await provingWorld();
      const files = { 'package.json': { ...MANIFEST, repository } };
      expect(await validated(await provingRun(world, { files }))).toEqual([]);
    },
  );

  test('as a package that is not public', async () => {
    const world = await provingWorld();
    for (const access of [{}, { access: 'restricted' }]) {
      const files = { 'package.json': { ...MANIFEST, publishConfig: access } };
      const refused = await invalidInput(async () => provingRun(world, { files, isPublic: false }));
      expect(refused).toMatchObject({ code: 'npm-provenance-access', field: 'access' });
    }
  });

  test('from a machine without an identity', async () => {
    const world = await provingWorld();
    const run = await provingRun(world, { env: { GITHUB_ACTIONS: 'true' } });
    expect(await checked(run)).toMatchObject([
      { code: 'sigstore-no-identity', kind: 'authentication', effect: 'none' },
    ]);
    expect(await run.publish()).toMatchObject({ problem: { code: 'sigstore-no-identity' } });
    expect(world.writes()).toEqual([]);
  });

  test('from GitLab, whose provenances have another form', async () => {
    const world = await provingWorld();
    const env = { GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: world.issuer.token({ aud: 'sigstore' }) };
    expect(await checked(await provingRun(world, { env }))).toMatchObject([
      { code: 'npm-provenance-unsupported', message: expect.stringContaining('GitLab') },
    ]);
  });

  test.each<[string, ClaimChanges, string, string]>([
    [
      'another repository',
      { repository: 'somebody/else' },
      'sigstore-other-identity',
      'sigstore-not-accepted',
    ],
    [
      'another workflow',
      { job_workflow_ref: 'ameideio/ameide/.github/workflows/other.yml@refs/heads/main' },
      'sigstore-other-identity',
      'sigstore-not-accepted',
    ],
    [
      'a machine that is not GitHub’s',
      { runner_environment: 'self-hosted' },
      'npm-provenance-unsupported',
      'npm-rejected',
    ],
    [
      'a private repository',
      { repository_visibility: 'private' },
      'npm-provenance-unsupported',
      'npm-rejected',
    ],
  ])('by a job of %s', async (_what, claims, code, later) => {
    const world = await provingWorld(claims);
    const run = await provingRun(world);
    expect(await checked(run)).toMatchObject([{ code, kind: 'policy' }]);
    // As if nobody had checked.
    const published = await run.publish();
    expect(published).toMatchObject({ outcome: 'incomplete', problem: { code: later } });
    expect(await proven(run)).toMatchObject([{ state: 'missing' }]);
    expectNoSecret(world, [published, run.events]);
  });
});

/** What Fulcio and Rekor do instead of answering. */
const BROKEN: readonly [string, string, Fault][] = [
  ['Fulcio', 'garbage', { kind: 'status', status: 200, body: '<!doctype html>' }],
  ['Fulcio', 'an error', { kind: 'status', status: 500 }],
  ['Fulcio', 'a refusal', { kind: 'status', status: 401, body: '{}' }],
  ['Rekor', 'garbage', { kind: 'status', status: 201, body: '<!doctype html>' }],
  ['Rekor', 'an entry of nothing', { kind: 'status', status: 201, body: '{}' }],
  ['Rekor', 'a refusal', { kind: 'status', status: 400, body: '{}' }],
];

test.each(BROKEN)('%s answers %s: nothing is published', async (service, _answer, fault) => {
  const world = await provingWorld();
  const path = service === 'Fulcio' ? '/api/v2/signingCert' : '/api/v1/log/entries';
  const broken = await startRecordingProxy(world.sigstore.url, {
    fault: (request) => (request.path === path ? fault : undefined),
  });
  onTestFinished(() => broken.stop());
  const { sigstore } = world.signing;
  const given = {
    ...world.signing,
    sigstore: { ...sigstore, fulcio: broken.url, rekor: broken.url },
  };
  const run = await provingRun(world, { signing: given });
  const published = await run.publish();
  expect(published).toMatchObject({
    outcome: 'incomplete',
    problem: { code: expect.stringMatching(/^sigstore-/), effect: 'none' },
  });
  expect(world.writes()).toEqual([]);
  expectNoSecret(world, [published, run.events]);
});

test.each(['/api/v2/signingCert', '/api/v1/log/entries'])(
  '%s never answers: the run can be stopped, and nothing is published',
  async (path) => {
    const world = await provingWorld();
    const stop = new AbortController();
    const hanging = await startRecordingProxy(world.sigstore.url, {
      onRequest: (request) => void (request.path === path && stop.abort(new Error('stopped'))),
      fault: (request) => (request.path === path ? { kind: 'hang' } : undefined),
    });
    onTestFinished(() => hanging.stop());
    const { sigstore } = world.signing;
    const given = { ...sigstore, fulcio: hanging.url, rekor: hanging.url };
    const signing = { ...world.signing, sigstore: given };
    const run = await provingRun(world, { signing, signal: stop.signal });
    await expect(run.publish()).rejects.toThrow('stopped');
    expect(world.writes()).toEqual([]);
  },
);

test('a bundle carries a provenance, too: its package.json names the repository of the release', async () => {
  const world = await provingWorld();
  const { proxy, registry, signing } = world;
  const env = { ...world.issuer.job, ...world.issuer.environment };
  const options = { registry: proxy.url, token: registry.token, provenance: true, ports: { env } };
  const bundle = {
    name: 'configuration',
    files: async () => ({ value: [{ path: 'a.json', content: Buffer.from('{}') }] }),
  };
  const carrier = npm.bundle('settings', options);
  const open = async (source: SourceTree) => carrier.open(source, bundle);
  const definition = { ...carrier, open };
  const run = await testRun(
    definition as unknown as PublisherDefinition<NpmPlan, NpmBuilt>,
    {},
    { release: makeRelease({ channel: 'release', repository: REPOSITORY, signing }) },
  );
  const { plan, publisher, step } = run;
  expect(await publisher.validate?.(plan, step)).toEqual([]);
  expect(await publisher.check(plan, step)).toEqual([]);
  expect(await publisher.publish(plan, await run.build(), step)).toMatchObject([
    { outcome: 'published' },
  ]);
  expect(await publisher.proofs?.(plan, step)).toMatchObject([{ state: 'proven' }]);
});

test('no option makes a provenance of a wrong kind', () => {
  expect(() => npm({ directory: '.', provenance: 'yes' as never })).toThrow('provenance');
});
