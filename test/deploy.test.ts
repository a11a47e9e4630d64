import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ociRepository,
  startIdentityIssuer,
  startNpmRegistry,
  startOciRegistry,
  startSigstore,
} from '@ameide/local-registries';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../packages/local-registries/src/real-servers/free-port.ts';
import { runProcess } from '../packages/release/test/support/process.ts';

// Releases on registries on loopback, and the manifests that run them: what may run in production, and what is refused
// by which rule.

const REPOSITORY = 'https://github.com/ameideio/ameide';
const from = (name: string): string => JSON.stringify(import.meta.resolve(name));

const CONFIG = `
import { ghcr } from ${from('@ameide/publisher-ghcr')};
import { npm } from ${from('@ameide/publisher-npm')};
const { NPM, NPM_KEY, OCI, OCI_NAME, OCI_KEY, SIGN, SIGSTORE, TRUSTED_ROOT } = process.env;
export default {
  versionFile: 'sdk/package.json',
  repository: '${REPOSITORY}',
  identity: { repository: '${REPOSITORY}', workflow: '.github/workflows/publish-packages.yml' },
  sigstore: { fulcio: SIGSTORE, rekor: SIGSTORE, timestamps: SIGSTORE, trustedRoot: JSON.parse(TRUSTED_ROOT) },
  publishers: [
    npm({ directory: 'sdk', registry: NPM, token: NPM_KEY }),
    ghcr({
      image: OCI + '/ameideio/sdk', files: 'sdk', user: OCI_NAME, token: OCI_KEY,
      ...(SIGN === 'no' ? {} : { sign: 'keyless' }),
    }),
  ],
};
`;

const manifest = (image: string): string => `# The SDK's service.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: sdk
spec:
  selector: { matchLabels: { app: sdk } }
  template:
    metadata:
      labels: { app: sdk }
    spec:
      containers:
        - name: sdk
          image: "${image}" # ours
        - name: proxy
          image: docker.io/library/nginx:1.29
`;

interface Deploying extends AsyncDisposable {
  readonly image: string;
  readonly oci: Awaited<ReturnType<typeof startOciRegistry>>;
  /** Where the manifests are: a folder outside the repository, and one in it. */
  readonly folder: string;
  readonly repository: ReturnType<typeof createTestRepository>;
  readonly shas: { readonly release: string; readonly dev: string };
  readonly commit: (text: string) => string;
  readonly publish: (
    sha: string,
    argv?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<void>;
  readonly run: (
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly code: number | null; readonly stdout: string; readonly report: Report }>;
  /** Writes a manifest and checks it: the codes of what is found. */
  readonly check: (
    environment: string,
    text: string,
    ...argv: readonly string[]
  ) => Promise<readonly string[]>;
}

interface Report {
  readonly problems: readonly { readonly code: string; readonly message: string }[];
  readonly [key: string]: unknown;
}

async function startDeploying(): Promise<Deploying> {
  const issuer = await startIdentityIssuer();
  const [sigstore, oci, npm] = await Promise.all([
    startSigstore({ issuer }),
    startOciRegistry(),
    startNpmRegistry(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'ameide-deploy-'));
  const repository = createTestRepository({ origin: REPOSITORY });
  const base = {
    NPM: npm.url,
    NPM_KEY: npm.token,
    OCI: new URL(oci.url).host,
    OCI_NAME: oci.user,
    OCI_KEY: oci.password,
    SIGSTORE: sigstore.fulcioUrl,
    TRUSTED_ROOT: JSON.stringify(sigstore.trustedRoot),
  };
  const image = `${base.OCI}/ameideio/sdk`;
  // Two commits of one second would share a dev version.
  let minutes = 10;
  const commit = (text: string): string => {
    repository.write('sdk/index.js', `${text}\n`);
    minutes += 1;
    return repository.commit({ message: text, time: `2025-11-13T15:${minutes}:00+00:00` });
  };
  const publish: Deploying['publish'] = async (sha, argv = [], env = {}) => {
    repository.git('checkout', '--quiet', '--detach', sha);
    const job = { ...issuer.job, ...issuer.environment, GITHUB_SHA: sha };
    const result = await runProcess(['-C', repository.directory, 'publish', '--json', ...argv], {
      env: { ...base, ...job, ...env },
    });
    repository.git('checkout', '--quiet', 'main');
    if (result.code !== 0) throw new Error(`publish ended with ${result.code}\n${result.stdout}`);
  };
  const run: Deploying['run'] = async (argv, env = {}) => {
    const { code, stderr, stdout } = await runProcess(
      ['-C', repository.directory, 'deploy', ...argv],
      {
        env: { ...base, ...env },
      },
    );
    if (stdout === '') throw new Error(stderr);
    return { code, stdout, report: argv.includes('--json') ? JSON.parse(stdout) : {} };
  };
  repository.commit({
    files: {
      'sdk/package.json': { name: '@ameideio/sdk', version: '0.1.0' },
      'sdk/index.js': 'first\n',
      'release.config.ts': CONFIG,
    },
  });
  repository.git('branch', '-M', 'main');
  const release = commit('the release');
  repository.git('tag', 'v0.1.0');
  await publish(release, ['--ref', 'refs/tags/v0.1.0']);
  const dev = commit('after the release');
  await publish(dev, ['--ref', 'refs/heads/main']);
  return {
    image,
    oci,
    folder,
    repository,
    shas: { release, dev },
    commit,
    publish,
    run,
    async check(environment, text, ...argv) {
      const path = join(folder, 'checked.yaml');
      await writeFile(path, text);
      const { code, report } = await run(['check', '--env', environment, path, '--json', ...argv]);
      const codes = report.problems.map((one) => one.code);
      expect(code).toBe(codes.length === 0 ? 0 : 2);
      return codes;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([issuer, sigstore, oci, npm].map(async (one) => one.stop()));
      await repository[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('manifests of a release', { timeout: 120_000 }, () => {
  let world: Deploying;
  beforeAll(async () => {
    world = await startDeploying();
  });
  afterAll(async () => world[Symbol.asyncDispose]());

  async function digestOf(tag: string): Promise<string> {
    const answer = await ociRepository(world.oci, 'ameideio/sdk').fetch(`manifests/${tag}`);
    return answer.headers.get('docker-content-digest') ?? '';
  }

  test('a pinned manifest changes its image and gets its commit, and the registries confirm it', async () => {
    const { folder, image, run, shas } = world;
    const path = join(folder, 'production.yaml');
    const before = manifest(`${image}:dev`);
    await writeFile(path, before);
    const shown = await run(['pin', '--env', 'production', '--version', '0.1.0', path]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain(`+          image: "${image}:0.1.0" # ours\n`);
    expect(await readFile(path, 'utf8')).toBe(before);
    const pinned = await run([
      'pin',
      '--env',
      'production',
      '--version',
      '0.1.0',
      '--write',
      '--json',
      path,
    ]);
    expect(pinned).toMatchObject({ code: 0, report: { written: true } });
    const after = await readFile(path, 'utf8');
    expect(after).toBe(
      before
        .replace(':dev', ':0.1.0')
        .replace(
          '    metadata:\n      labels',
          `    metadata:\n      annotations:\n        ameide.io/image-sha: ${shas.release}\n      labels`,
        ),
    );
    const again = await run([
      'pin',
      '--env',
      'production',
      '--version',
      '0.1.0',
      '--write',
      '--json',
      path,
    ]);
    expect(again).toMatchObject({ code: 0, report: { diff: '', files: [] } });
    const checked = await run(['check', '--env', 'production', '--online', '--json', path]);
    expect(checked).toMatchObject({ code: 0, report: { online: true, others: 1, problems: [] } });
    const resolved = await run(['resolve', '--json', path]);
    expect(resolved).toMatchObject({
      code: 0,
      report: {
        images: [{ image: `${image}:0.1.0`, sha: shas.release, release: { version: '0.1.0' } }],
      },
    });
  });

  test('a dev image in production: by its tag, and by its digest alone', async () => {
    const { check, image, shas } = world;
    expect(await check('production', manifest(`${image}:${shas.dev}`))).toEqual([
      'deploy-tag-not-allowed',
    ]);
    expect(await check('production', manifest(`${image}:dev`), '--online')).toEqual([
      'deploy-tag-not-allowed',
    ]);
    const digest = await digestOf(shas.dev);
    expect(await check('production', manifest(`${image}@${digest}`))).toEqual([]);
    expect(await check('production', manifest(`${image}@${digest}`), '--online')).toEqual([
      'deploy-tag-not-allowed',
    ]);
    expect(await check('staging', manifest(`${image}@${digest}`), '--online')).toEqual([]);
    expect(await check('development', manifest(`${image}:dev`), '--online')).toEqual([]);
  });

  test('a version and a digest that are not on the registry', async () => {
    const { check, image } = world;
    expect(await check('production', manifest(`${image}:0.9.0`), '--online')).toEqual([
      'deploy-image-absent',
    ]);
    const absent = `${image}@sha256:${'0'.repeat(64)}`;
    expect(await check('production', manifest(absent), '--online')).toEqual([
      'deploy-image-absent',
    ]);
  });

  test('an annotation that lies', async () => {
    const { check, image, shas } = world;
    const lying = manifest(`${image}:0.1.0`).replace(
      '    metadata:\n      labels',
      `    metadata:\n      annotations: { ameide.io/image-sha: ${shas.dev} }\n      labels`,
    );
    expect(await check('production', lying)).toEqual([]);
    expect(await check('production', lying, '--online')).toEqual(['deploy-annotation-differs']);
  });

  test('a digest of another image than the tag beside it', async () => {
    const { check, image, shas } = world;
    const digest = await digestOf(shas.dev);
    expect(await check('production', manifest(`${image}:0.1.0@${digest}`), '--online')).toEqual([
      'deploy-digest-differs',
    ]);
  });

  test('a tag whose label names another commit', async () => {
    const { check, image, oci, shas } = world;
    const repository = ociRepository(oci, 'ameideio/sdk');
    const read = async (tag: string) => {
      const answer = await repository.fetch(`manifests/${tag}`);
      return { body: await answer.text(), type: answer.headers.get('content-type') ?? '' };
    };
    const put = async (tag: string, { body, type }: Awaited<ReturnType<typeof read>>) => {
      const headers = { 'content-type': type };
      expect(
        (await repository.fetch(`manifests/${tag}`, { method: 'PUT', headers, body })).status,
      ).toBe(201);
    };
    const [ours, other] = [await read('0.1.0'), await read(shas.dev)];
    await put('0.1.0', other);
    expect(await check('production', manifest(`${image}:0.1.0`), '--online')).toContain(
      'deploy-image-other-commit',
    );
    await put('0.1.0', ours);
    expect(await check('production', manifest(`${image}:0.1.0`), '--online')).toEqual([]);
  });

  test('an image without the signature that the definition asks for', async () => {
    const { check, commit, image, publish } = world;
    const sha = commit('unsigned');
    await publish(sha, ['--ref', 'refs/heads/main'], { SIGN: 'no' });
    expect(await check('staging', manifest(`${image}:${sha}`), '--online')).toEqual([
      'deploy-image-not-proven',
    ]);
  });

  test('a release that is published in part', async () => {
    const { check, commit, image, publish } = world;
    const sha = commit('in part');
    await publish(sha, ['--ref', 'refs/heads/main', '--hold-pointers', '--only', `oci:${image}`]);
    expect(await check('staging', manifest(`${image}:${sha}`), '--online')).toEqual([
      'deploy-release-incomplete',
    ]);
  });

  test('a registry that does not answer is not an absent image', async () => {
    const { folder, run } = world;
    const path = join(folder, 'unanswered.yaml');
    const dead = await freePort();
    await writeFile(path, manifest(`127.0.0.1:${dead}/ameideio/sdk:0.1.0`));
    const env = { OCI: `127.0.0.1:${dead}` };
    const checked = await run(['check', '--env', 'production', '--online', '--json', path], env);
    expect(checked.code).toBe(3);
    expect(checked.report.problems.map(({ code }) => code)).not.toContain('deploy-image-absent');
  });

  test('a rollback: what ran before, from the history of the manifests', async () => {
    const { image, repository, run, shas } = world;
    const path = 'deploy/staging/sdk.yaml';
    const file = join(repository.directory, path);
    repository.write(path, manifest(`${image}:dev`));
    const pin = async (sha: string): Promise<void> => {
      const { code } = await run([
        'pin',
        '--env',
        'staging',
        '--sha',
        sha,
        '--write',
        '--json',
        file,
      ]);
      expect(code).toBe(0);
      repository.commit({ message: `pin ${sha}` });
    };
    await pin(shas.release);
    const good = await readFile(file, 'utf8');
    await pin(shas.dev);
    repository.write(path, (await readFile(file, 'utf8')).replace("SDK's", "SDK's own"));
    repository.commit({ message: 'another change of the manifest' });
    const rolled = await run(['rollback', '--env', 'staging', '--write', '--json', file]);
    expect(rolled).toMatchObject({
      code: 0,
      report: { pins: [{ name: image, sha: shas.release, tag: shas.release }] },
    });
    expect(await readFile(file, 'utf8')).toBe(good.replace("SDK's", "SDK's own"));
  });
});
