import { readFile, realpath, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleFromJSON, bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { expect, onTestFinished, test } from 'vitest';
import { component, needs } from '../src/components.ts';
import { close, listenOnLoopback } from '../src/running.ts';
import { client, folder, type Outcome } from './client.ts';
import {
  files,
  PROVENANCE,
  type SigningWorld,
  sha256,
  signingWorld,
  statementOf,
  WORKFLOW,
} from './sigstore-client.ts';

const FILE = Buffer.from('the wheel');
const WHEEL = 'demo-1.0.0-py3-none-any.whl';

const cosign = needs('cosign');
cosign('cosign', () => {
  const run = async (directory: string, ...args: readonly string[]): Promise<Outcome> =>
    client(directory, {}, component('cosign').path ?? '', ...args);
  const identity = ({ issuer, sigstore }: SigningWorld, workflow = WORKFLOW): readonly string[] => [
    '--certificate-identity',
    workflow,
    '--certificate-oidc-issuer',
    issuer.issuer,
    '--trusted-root',
    sigstore.trustedRootFile,
  ];

  test('accepts an attestation of sigstore-js, with and without the authority’s timestamp', async () => {
    const world = await signingWorld();
    const bundle = await world.sign({ statement: statementOf(WHEEL, FILE) });
    const directory = await files({ bundle: bundleToJSON(bundle), [WHEEL]: FILE });
    const verify = ['verify-blob-attestation', '--bundle', 'bundle', '--type', PROVENANCE];
    for (const options of [[], ['--use-signed-timestamps']]) {
      const args = [...verify, ...options, ...identity(world), WHEEL];
      expect(await run(directory, ...args)).toMatchObject({ code: 0 });
    }
    const claims = {
      repository: 'octo/sdks',
      ref: 'refs/heads/main',
      sha: world.sigstore.certificates()[0]?.claims['sha'] as string,
      trigger: 'push',
      name: 'publish-packages',
    };
    const github = Object.entries(claims).flatMap(([name, value]) => [
      `--certificate-github-workflow-${name}`,
      value,
    ]);
    expect(await run(directory, ...verify, ...github, ...identity(world), WHEEL)).toMatchObject({
      code: 0,
    });
    const foreign = github.map((value) => (value === 'octo/sdks' ? 'mallory/sdks' : value));
    const refused = await run(directory, ...verify, ...foreign, ...identity(world), WHEEL);
    expect(refused.code).not.toBe(0);
  });

  test('refuses a changed file, a changed payload, another identity and another Sigstore', async () => {
    const world = await signingWorld();
    const json = bundleToJSON(await world.sign({ statement: statementOf(WHEEL, FILE) }));
    const other = statementOf(WHEEL, Buffer.from('the whee1'));
    const payload = Buffer.from(JSON.stringify(other)).toString('base64');
    const directory = await files({
      bundle: json,
      changed: { ...json, dsseEnvelope: { ...json.dsseEnvelope, payload } },
      [WHEEL]: FILE,
      'changed.whl': Buffer.from('the whee1'),
    });
    const verify = async (bundle: string, file: string, who = identity(world)): Promise<Outcome> =>
      run(
        directory,
        'verify-blob-attestation',
        '--bundle',
        bundle,
        '--type',
        PROVENANCE,
        ...who,
        file,
      );
    expect(await verify('bundle', WHEEL)).toMatchObject({ code: 0 });
    expect((await verify('bundle', 'changed.whl')).stderr).toMatch(/digest/);
    expect((await verify('changed', 'changed.whl')).stderr).toMatch(/payload hash/);
    const foreign = identity(world, WORKFLOW.replace('octo', 'mallory'));
    expect((await verify('bundle', WHEEL, foreign)).stderr).toMatch(/identit/);
    expect((await verify('bundle', WHEEL, identity(await signingWorld()))).code).not.toBe(0);
  });

  test('accepts a signature of sigstore-js, and refuses it for a changed file', async () => {
    const world = await signingWorld();
    const bundle = bundleToJSON(await world.sign({ message: FILE }));
    const directory = await files({ bundle, [WHEEL]: FILE, changed: Buffer.from('the whee1') });
    const verify = ['verify-blob', '--bundle', 'bundle', ...identity(world)];
    expect(await run(directory, ...verify, WHEEL)).toMatchObject({ code: 0 });
    expect((await run(directory, ...verify, 'changed')).code).not.toBe(0);
  });

  test('signs as a job of GitHub Actions, with the token that it asks the issuer for', async () => {
    const world = await signingWorld();
    const { issuer, sigstore } = world;
    const directory = await files({ [WHEEL]: FILE });
    const args = [
      '--signing-config',
      sigstore.signingConfigFile,
      '--trusted-root',
      sigstore.trustedRootFile,
    ];
    const env = { ...issuer.job, ...issuer.environment };
    const sign = async (...how: readonly string[]): Promise<Outcome> =>
      client(directory, env, component('cosign').path ?? '', ...how);
    expect(await sign('sign-blob', '--yes', ...args, '--bundle', 'bundle', WHEEL)).toMatchObject({
      code: 0,
    });
    expect(issuer.requests).toEqual([{ audience: 'sigstore', status: 200 }]);
    const verify = ['verify-blob', '--bundle', 'bundle', '--use-signed-timestamps'];
    expect(await run(directory, ...verify, ...identity(world), WHEEL)).toMatchObject({ code: 0 });
    expect(sigstore.entries().map(({ body }) => body.kind)).toEqual(['hashedrekord']);
    expect(sigstore.timestamps()).toBe(1);
    issuer.misbehave({ kind: 'status', status: 403 });
    const refused = await sign('sign-blob', '--yes', ...args, '--bundle', 'second', WHEEL);
    expect(refused.code).not.toBe(0);
    expect(sigstore.certificates()).toHaveLength(1);
  });
});

test('npm’s own publishing signs its provenance as a job of GitHub Actions', async () => {
  const sha = 'd'.repeat(40);
  const { issuer, sigstore, verify } = await signingWorld({ sha });
  const bodies: string[] = [];
  const registry = createServer((request, response) => {
    const answer = (body: string): void => {
      if (request.method === 'PUT') bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"public":true}');
    };
    void text(request).then(answer);
  });
  const url = await listenOnLoopback(registry);
  onTestFinished(() => close(registry));
  const options = {
    registry: url,
    provenance: true,
    fulcioURL: sigstore.fulcioUrl,
    rekorURL: sigstore.rekorUrl,
    tsaServerURL: sigstore.tsaUrl,
  };
  const script = `
    const { publish } = (await import('${import.meta.resolve('libnpmpublish')}')).default;
    const manifest = { name: 'demo', version: '1.0.0' };
    await publish(manifest, Buffer.from('a tarball'), ${JSON.stringify(options)});`;
  const env = { ...issuer.job, ...issuer.environment };
  const argv = ['--input-type=module', '-e', script];
  const published = await client(await folder(), env, process.execPath, ...argv);
  expect(published).toMatchObject({ code: 0, stderr: '' });
  const { _attachments: attachments } = JSON.parse(bodies[0] ?? '') as {
    _attachments: Record<string, { data: string }>;
  };
  const json = JSON.parse(attachments['demo-1.0.0.sigstore']?.data ?? '') as SerializedBundle;
  expect(verify(bundleFromJSON(json)).identity?.subjectAlternativeName).toBe(WORKFLOW);
  const payload = Buffer.from(json.dsseEnvelope?.payload ?? '', 'base64').toString();
  expect(JSON.parse(payload)).toMatchObject({
    subject: [{ name: 'pkg:npm/demo@1.0.0' }],
    predicateType: PROVENANCE,
    predicate: { buildDefinition: { resolvedDependencies: [{ digest: { gitCommit: sha } }] } },
  });
});

const attestations = needs('pypi-attestations');
attestations('pypi-attestations', () => {
  const PUBLISH = 'https://docs.pypi.org/attestations/publish/v1';
  const run = async (
    { sigstore }: SigningWorld,
    directory: string,
    ...args: readonly string[]
  ): Promise<Outcome> =>
    client(
      directory,
      sigstore.pythonEnvironment,
      component('pypi-attestations').path ?? '',
      ...args,
    );

  /** A folder with the wheel, and the attestation beside it that the program makes of our bundle. */
  async function attested(world: SigningWorld): Promise<string> {
    const bundle = await world.sign({ statement: statementOf(WHEEL, FILE, PUBLISH) });
    const directory = await files({ bundle: bundleToJSON(bundle), [WHEEL]: FILE });
    const output = `${WHEEL}.publish.attestation`;
    const convert = ['convert', 'bundle', '--output-file', output];
    expect(await run(world, directory, ...convert)).toMatchObject({ code: 0 });
    return directory;
  }

  test('accepts a PEP 740 attestation of sigstore-js, and refuses another identity and a changed file', async () => {
    const world = await signingWorld();
    const directory = await attested(world);
    const verify = ['verify', 'attestation', '--offline', '--identity'];
    const accepted = await run(world, directory, ...verify, WORKFLOW, WHEEL);
    expect(accepted).toMatchObject({ code: 0 });
    const foreign = WORKFLOW.replace('octo', 'mallory');
    expect((await run(world, directory, ...verify, foreign, WHEEL)).code).not.toBe(0);
    const other = await signingWorld();
    expect((await run(other, directory, ...verify, WORKFLOW, WHEEL)).code).not.toBe(0);
    await writeFile(join(directory, WHEEL), 'the whee1');
    const changed = await run(world, directory, ...verify, WORKFLOW, WHEEL);
    expect(changed.stderr).toMatch(/digest/);
  });

  test('accepts it as PyPI’s provenance of a trusted publisher, and refuses another repository', async () => {
    const world = await signingWorld();
    const directory = await attested(world);
    const text = await readFile(join(directory, `${WHEEL}.publish.attestation`), 'utf8');
    const provenance = (repository: string): object => ({
      version: 1,
      attestation_bundles: [
        {
          publisher: { kind: 'GitHub', repository, workflow: 'publish-packages.yml' },
          attestations: [JSON.parse(text)],
        },
      ],
    });
    const verify = async (repository: string): Promise<Outcome> => {
      await writeFile(join(directory, 'provenance'), JSON.stringify(provenance(repository)));
      const address = `https://github.com/${repository}`;
      const args = ['--offline', '--repository', address, '--provenance-file', 'provenance', WHEEL];
      return run(world, directory, 'verify', 'pypi', ...args);
    };
    expect(await verify('octo/sdks')).toMatchObject({ code: 0 });
    expect((await verify('mallory/sdks')).stderr).toMatch(/Verification failed/);
  });

  test('sigstore-python signs with a certificate request, and verifies', async () => {
    const world = await signingWorld();
    const { issuer, sigstore } = world;
    const read = async (file: string): Promise<object> =>
      JSON.parse(await readFile(file, 'utf8')) as object;
    const directory = await files({
      [WHEEL]: FILE,
      trust: {
        mediaType: 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json',
        trustedRoot: await read(sigstore.trustedRootFile),
        signingConfig: await read(sigstore.signingConfigFile),
      },
    });
    const program = join(
      dirname(await realpath(component('pypi-attestations').path ?? '')),
      'sigstore',
    );
    const env = { SIGSTORE_IDENTITY_TOKEN: issuer.token({ aud: 'sigstore' }) };
    const sigstorePython = async (...args: readonly string[]): Promise<Outcome> =>
      client(directory, env, program, '--trust-config', 'trust', ...args);
    expect(await sigstorePython('sign', '--bundle', 'bundle', WHEEL)).toMatchObject({ code: 0 });
    const verify = [
      'verify',
      'identity',
      '--bundle',
      'bundle',
      '--cert-oidc-issuer',
      issuer.issuer,
    ];
    const verified = await sigstorePython(...verify, '--cert-identity', WORKFLOW, WHEEL);
    expect(verified).toMatchObject({ code: 0 });
    expect(sigstore.entries()[0]?.body).toMatchObject({
      spec: { data: { hash: { value: sha256(FILE) } } },
    });
    expect(sigstore.timestamps()).toBe(1);
  });
});
