import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ociRepository,
  type Recorded,
  type RunningGitHost,
  type RunningIdentityIssuer,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  type RunningSigstore,
  type RunningTrustingIndex,
  recorded,
  startGitHost,
  startIdentityIssuer,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
  startSigstore,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { createProcesses } from '@ameide/publisher-kit';
import { createTestRepository, runGit, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  verifyCommit,
} from '@ameide/release';
import { expect, onTestFinished, test } from 'vitest';
import { retag } from './retag.ts';

// An image, an npm package, a Python project and a Go module of one commit, all with a provenance, at stand-ins for their
// registries and for Sigstore.

const ORIGIN = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
const TRUSTED = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };
const TIMEOUT = 120_000;

interface World {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly packages: Recorded<RunningNpmRegistry>;
  readonly python: Recorded<RunningTrustingIndex>;
  readonly images: Recorded<RunningOciRegistry>;
  readonly mirror: Recorded<RunningGitHost>;
  readonly repository: TestRepository;
  readonly sha: string;
  /** Where the Python index keeps its files. */
  readonly folder: string;
}

async function startWorld(): Promise<World> {
  const issuer = await startIdentityIssuer();
  const sigstore = await startSigstore({ issuer });
  const { rekorUrl, trustedRoot } = sigstore;
  const project = { project: 'ameide-settings', isPending: true as const, ...TRUSTED };
  const trust = { issuer, audience: 'index.example', publishers: [project] };
  const folder = await mkdtemp(join(tmpdir(), 'ameide-proven-'));
  const [packages, python, images, mirror] = await Promise.all([
    recorded(startNpmRegistry({ provenance: { rekorUrl, trustedRoot } })),
    recorded(startPythonIndex({ directory: folder, trust, attestations: { trustedRoot } })),
    recorded(startOciRegistry()),
    recorded(startGitHost({ repositories: ['ameideio/go'] })),
  ]);
  const repository = createTestRepository({ origin: ORIGIN });
  onTestFinished(async () => {
    const servers = [packages, python, images, mirror];
    await Promise.all(servers.map(async (one) => one[Symbol.asyncDispose]()));
    await Promise.all([issuer.stop(), sigstore.stop()]);
    await repository[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const sha = repository.commit({
    files: {
      'sdk/package.json': { name: '@ameideio/sdk', version: '0.1.0', license: 'MIT' },
      'sdk/index.js': 'export default 42;\n',
      'settings/a.json': '{}\n',
      'go/go.mod': 'module github.com/ameideio/go\n\ngo 1.21\n',
      'go/a.go': 'package a\n',
    },
  });
  return { folder, issuer, sigstore, packages, python, images, mirror, repository, sha };
}

function definitionOf({
  images,
  issuer,
  mirror,
  packages,
  python,
  sigstore,
}: World): ReleaseDefinition {
  const env = { ...process.env, ...issuer.job, ...issuer.environment };
  const index = {
    uploadUrl: `${python.proxy.url}/legacy/`,
    simpleUrl: `${python.proxy.url}/simple/`,
    trustedPublishing: true,
    attestations: true,
    ports: { env },
  };
  return defineRelease({
    versionFile: 'sdk/package.json',
    repository: ORIGIN,
    identity: { repository: ORIGIN, workflow: WORKFLOW },
    sigstore: sigstore.option,
    publishers: [
      npm({
        directory: 'sdk',
        registry: packages.proxy.url,
        token: packages.registry.token,
        access: 'public',
        provenance: true,
        ports: { env },
      }),
      goModule({
        directory: 'go',
        mirror: `${mirror.proxy.url}/ameideio/go.git`,
        user: mirror.registry.user,
        token: mirror.registry.token,
        provenance: true,
        ports: { env },
      }),
      configuration({ directory: 'settings', carriers: [pypi.bundle('ameide-settings', index)] }),
      ghcr({
        image: `${new URL(images.proxy.url).host}/ameideio/sdk`,
        files: 'sdk',
        user: images.registry.user,
        token: images.registry.password,
        sign: 'keyless',
        ports: { env },
      }),
    ],
  });
}

function serversOf({ images, mirror, packages, python }: World) {
  return [packages, python, images, mirror];
}

async function publish(world: World, only: readonly string[] = []): Promise<ReleaseReport> {
  return publishRelease({
    repository: await world.repository.open(),
    definition: definitionOf(world),
    ref: 'refs/tags/v0.1.0',
    env: {},
    only,
  });
}

async function verify(world: World) {
  const repository = await world.repository.open();
  return verifyCommit(world.sha, { repository, definition: definitionOf(world) });
}

test('every artifact of a release is proven, and a second run writes and signs nothing', {
  timeout: TIMEOUT,
}, async () => {
  const world = await startWorld();
  world.repository.git('tag', 'v0.1.0');
  const published = await publish(world);
  expect(published).toMatchObject({ status: 'converged', problems: [] });
  const report = await verify(world);
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ exitCode: 0, sha: world.sha });
  expect(report.artifacts.map(({ commit, coordinate }) => `${coordinate} ${commit}`)).toEqual([
    'npm:@ameideio/sdk@0.1.0 proven',
    'go:github.com/ameideio/go@v0.1.0 proven',
    'pypi:ameide-settings==0.1.0 proven',
    expect.stringMatching(/^oci:.*:[0-9a-f]{40} proven$/),
    expect.stringMatching(/^oci:.*:0\.1\.0 proven$/),
    `go:github.com/ameideio/go@source-${world.sha} proven`,
  ]);

  const proxies = serversOf(world).map(({ proxy }) => proxy);
  const logged = world.sigstore.entries().length;
  for (const proxy of proxies) proxy.clear();
  expect(await publish(world)).toMatchObject({ status: 'converged', problems: [] });
  expect(proxies.flatMap((proxy) => proxy.mutating())).toEqual([]);
  expect(world.sigstore.entries()).toHaveLength(logged);
  const secrets = [...world.issuer.secrets(), ...world.python.registry.minted()];
  const seen = JSON.stringify([published, report, proxies.map(({ requests }) => requests)]);
  expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
});

needs('npm')('a proven release', () => {
  test('after a package was published by hand, publish moves nothing; with an image tag moved, a wheel replaced and a Go tag moved, too, verify names these four and nothing else', {
    timeout: TIMEOUT,
  }, async () => {
    const world = await startWorld();
    world.repository.git('tag', 'v0.1.0');
    const image = `oci:${new URL(world.images.proxy.url).host}/ameideio/sdk`;
    const module = 'go:github.com/ameideio/go';
    const published = await publish(world, [module, 'pypi:ameide-settings', image]);
    expect(published).toMatchObject({ status: 'converged' });
    await publishByHand(world);
    const proxies = serversOf(world).map(({ proxy }) => proxy);
    for (const proxy of proxies) proxy.clear();
    const refused = await publish(world);
    expect(refused.problems).toMatchObject([{ code: 'npm-no-provenance', effect: 'none' }]);
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(proxies.flatMap((proxy) => proxy.mutating())).toEqual([]);
    await retag(ociRepository(world.images.registry, 'ameideio/sdk'), '0.1.0');
    await replaceWheel(world);
    moveGoTag(world);
    const report = await verify(world);
    expect(report.problems.map(({ code, coordinate }) => `${coordinate} ${code}`)).toEqual([
      'npm:@ameideio/sdk@0.1.0 npm-no-provenance',
      `${module}@v0.1.0 go-tag-exists`,
      'pypi:ameide-settings==0.1.0 pypi-wrong-attestation',
      expect.stringMatching(/^oci:.*:0\.1\.0 ghcr-images-differ$/),
    ]);
    expect(report.artifacts.map(({ commit }) => commit)).toEqual([
      'claimed',
      'wrong',
      'claimed',
      'proven',
      'wrong',
      'proven',
    ]);
    expect(report.exitCode).toBe(4);
  });
});

/** With npm's own program, from a clone: it names the commit. */
async function publishByHand({ folder, packages, repository }: World): Promise<void> {
  const { token, url } = packages.registry;
  const npmrc = join(folder, 'npmrc');
  const host = url.replace(/^http:/, '');
  await writeFile(npmrc, `registry=${url}/\n${host}/:_authToken=${token}\n`);
  const { ok, summary } = await createProcesses().run({
    argv: ['npm', 'publish', '--access', 'public', '--userconfig', npmrc],
    cwd: join(repository.directory, 'sdk'),
  });
  if (!ok) throw new Error(summary);
}

/** As somebody can who has the index: the file, and the digest that its page gives. */
async function replaceWheel({ folder }: World): Promise<void> {
  const files = await readdir(folder, { recursive: true });
  const wheel = join(folder, files.find((name) => name.endsWith('.whl')) ?? '');
  const before = await readFile(wheel);
  const after = Buffer.concat([before, Buffer.from([0])]);
  const record = join(folder, files.find((name) => name.endsWith('ameide-settings.json')) ?? '');
  const text = await readFile(record, 'utf8');
  const replaced = text.replaceAll(sha256(before), sha256(after));
  expect(replaced).not.toBe(text);
  await writeFile(wheel, after);
  await writeFile(record, replaced);
}

/** To a commit with the same files, which is not ours. */
function moveGoTag({ mirror }: World): void {
  const bare = mirror.registry.path('ameideio/go');
  const other = runGit(bare, ['commit-tree', 'v0.1.0^{tree}', '-m', 'by hand']);
  runGit(bare, ['tag', '--force', 'v0.1.0', other]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
