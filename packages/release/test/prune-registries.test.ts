import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OciRepository,
  ociRepository,
  type RunningOciRegistry,
  rawImages,
  readPackage,
  recorded,
  startDockerRegistry,
  startGitHost,
  startGithub,
  startNpmRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { createHttp, createProcesses, type Http, type Processes } from '@ameide/publisher-kit';
import { runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { pruneRelease } from '../src/prune/prune.ts';
import type { PruneReport } from '../src/prune/prune-report.ts';
import {
  type LongHistory,
  longHistory,
  pushImages,
  pushMirrorTags,
  pushNpmVersions,
} from './support/dev-builds.ts';
import { VERSION_FILE } from './support/git-world.ts';
import { publish } from './support/run.ts';

// 200 dev builds and three releases of three artifacts. The newest dev build and the releases are
// published by the publishers; the others are pushed in the same form, because that is quick.

const BUILDS = 200;
const KEEP = 20;
const TIMEOUT = 240_000;
/** An image that another tag names, and a platform that another index contains. */
const [PINNED, SHARED] = [3, 5];

interface ImageWorld {
  readonly definition: PublisherDefinition;
  readonly repository: OciRepository;
  readonly image: string;
  /** The login, as clients keep it. */
  readonly authFile: object;
  readonly mutations: () => number;
}

async function imageWorld(registry: RunningOciRegistry): Promise<ImageWorld> {
  const running = await recorded(registry);
  onTestFinished(async () => running[Symbol.asyncDispose]());
  const { password, user } = registry;
  const image = `${new URL(running.proxy.url).host}/example/sdk`;
  return {
    definition: ghcr({ image, files: 'packages/sdk', user, token: password }),
    repository: ociRepository(registry, 'example/sdk'),
    image,
    authFile: { auths: { [image.replace(/\/.*/, '')]: { auth: encode(user, password) } } },
    mutations: () => running.proxy.mutating().length,
  };
}

function encode(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

/** Publishes the releases and HEAD as the engine does. */
async function publishReal(
  { builds, git, releases }: LongHistory,
  publishers: readonly PublisherDefinition[],
): Promise<void> {
  const refs = releases.map((sha, at) => [sha, `refs/tags/v0.${at + 1}.0`] as const);
  const head = builds.at(-1)?.sha ?? '';
  for (const [revision, ref] of [...refs, [head, 'refs/heads/main'] as const]) {
    const report = await publish([...publishers], { git, revision, ref });
    expect(report.problems).toEqual([]);
  }
}

async function prune(
  { git }: LongHistory,
  publishers: readonly PublisherDefinition[],
  yes: boolean,
): Promise<PruneReport> {
  return pruneRelease({
    repository: await git.open(),
    definition: { versionFile: VERSION_FILE, publishers },
    keep: KEEP,
    yes,
  });
}

function versionsOf(
  { versions }: PruneReport,
  ecosystem: string,
  action: 'keep' | 'remove',
): readonly string[] {
  return versions
    .filter((one) => one.ecosystem === ecosystem && one.action === action)
    .map(({ coordinate }) => coordinate.replace(/^.*[:@]/, ''))
    .toSorted();
}

/** What the registry has besides the tags of commits that are gone and their signatures. */
function without(
  tags: Readonly<Record<string, string>>,
  gone: readonly string[],
): Readonly<Record<string, string>> {
  const signatures = new Set(gone.map((tag) => `${tags[tag]?.replace(':', '-')}.sig`));
  const left = Object.entries(tags).filter(([tag]) => !gone.includes(tag) && !signatures.has(tag));
  return Object.fromEntries(left);
}

/** Copies every image with all its platforms, by a real client. */
async function copyAll({ authFile, image }: ImageWorld, tags: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pruned-'));
  onTestFinished(async () => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'auth.json'), JSON.stringify(authFile));
  const options = ['--src-tls-verify=false', `--src-authfile=${join(folder, 'auth.json')}`];
  for (const [at, tag] of tags.entries()) {
    const source = [...options, `docker://${image}:${tag}`] as const;
    const argv = [component('skopeo').path ?? 'skopeo', 'copy', '--all', '--quiet'] as const;
    const copied = await createProcesses().run({
      argv: [...argv, ...source, `dir:${join(folder, `${at}`)}`],
      cwd: folder,
    });
    expect(copied.ok, copied.summary).toBe(true);
  }
}

const OCI = {
  'the embedded registry': { needed: 'git', start: async () => startOciRegistry({ auth: 'none' }) },
  'docker-registry': { needed: 'docker-registry', start: async () => startDockerRegistry() },
} as const;

describe.each(Object.entries(OCI))(
  '200 dev builds of an image at %s',
  (_name, { needed, start }) => {
    needs(
      needed,
      'skopeo',
      'git',
    )('with skopeo', () => {
      test(
        'exactly what the plan says goes, and all else can be pulled',
        async () => {
          const history = await longHistory(BUILDS);
          const world = await imageWorld(await start());
          const images = rawImages(world.repository);
          await publishReal(history, [world.definition]);
          await pushImages(images, history.builds.slice(0, -1));
          await pinSome(world, history);
          const before = await world.repository.tags();

          const mutations = world.mutations();
          const plan = await prune(history, [world.definition], false);
          expect(plan).toMatchObject({ problems: [], isPlan: true });
          const going = versionsOf(plan, 'oci', 'remove');
          expect(going).toHaveLength(BUILDS - KEEP);
          expect(world.mutations() - mutations).toBe(0);
          expect(await world.repository.tags()).toEqual(before);

          const done = await prune(history, [world.definition], true);
          expect(done).toMatchObject({ problems: [], status: 'converged' });
          expect(versionsOf(done, 'oci', 'remove')).toEqual(going);
          const pinned = history.builds[PINNED]?.sha ?? '';
          expect(done.versions.filter(({ outcome }) => outcome === 'kept')).toMatchObject([
            { sha: pinned, explanation: 'the tag pinned names it, too' },
          ]);
          const after = await world.repository.tags();
          expect(after).toEqual(
            without(
              before,
              going.filter((tag) => tag !== pinned),
            ),
          );
          await copyAll(
            world,
            Object.keys(after).filter((tag) => !tag.startsWith('sha256-')),
          );

          const written = world.mutations();
          const again = await prune(history, [world.definition], true);
          expect(versionsOf(again, 'oci', 'remove')).toEqual([pinned]);
          expect(world.mutations() - written).toBe(0);
        },
        TIMEOUT,
      );
    });
  },
);

/** Another tool names one old image, and a platform of another one. */
async function pinSome({ repository }: ImageWorld, { builds }: LongHistory): Promise<void> {
  const type = 'application/vnd.oci.image.index.v1+json';
  const read = async (at: number): Promise<string> =>
    (await repository.fetch(`manifests/${builds[at]?.sha}`)).text();
  const put = async (tag: string, body: string): Promise<void> => {
    const headers = { 'content-type': type };
    const { status } = await repository.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
    expect(status).toBe(201);
  };
  await put('pinned', await read(PINNED));
  const { manifests, ...shared } = JSON.parse(await read(SHARED)) as { manifests: object[] };
  await put('shared', JSON.stringify({ ...shared, manifests: manifests.slice(0, 1) }));
}

needs('git', 'go')('200 dev builds of a mirrored module and of an npm package', () => {
  test(
    'exactly what the plan lists is removed, in few pushes, and everything else can be installed',
    async () => {
      const history = await longHistory(BUILDS);
      const [host, registry] = await Promise.all([
        recorded(startGitHost({ repositories: ['example/go'] })),
        recorded(startNpmRegistry()),
      ]);
      onTestFinished(async () => {
        await Promise.all([host, registry].map(async (one) => one[Symbol.asyncDispose]()));
      });
      const publishers = [
        npm({
          directory: 'packages/sdk',
          registry: registry.proxy.url,
          token: registry.registry.token,
        }),
        goModule({
          directory: 'go',
          mirror: `${host.proxy.url}/example/go.git`,
          user: host.registry.user,
          token: host.registry.token,
        }),
      ];
      const bare = host.registry.path('example/go');
      await publishReal(history, publishers);
      await pushMirrorTags(bare, history.builds.slice(0, -1));
      await pushNpmVersions(registry.registry, history.builds.slice(0, -1));
      const versions = async (): Promise<readonly string[]> =>
        Object.keys((await readPackage(registry.registry.url, '@example/sdk'))?.versions ?? {});
      const refs = (): readonly string[] =>
        runGit(bare, ['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
      const [npmBefore, refsBefore] = [await versions(), refs()];
      const count = (): number => host.proxy.mutating().length + registry.proxy.mutating().length;

      const plan = await prune(history, publishers, false);
      expect(plan).toMatchObject({ problems: [], isPlan: true });
      const [npmGoing, goGoing] = [
        versionsOf(plan, 'npm', 'remove'),
        versionsOf(plan, 'go', 'remove'),
      ];
      expect([npmGoing.length, goGoing.length]).toEqual([BUILDS - KEEP, BUILDS - KEEP]);
      expect([await versions(), refs()]).toEqual([npmBefore, refsBefore]);

      const pushes = host.proxy.mutating().length;
      const done = await prune(history, publishers, true);
      expect(done).toMatchObject({ problems: [], status: 'converged' });
      const gone = new Set([...npmGoing, ...goGoing]);
      expect(await versions()).toEqual(npmBefore.filter((version) => !gone.has(version)));
      expect(refs()).toEqual(
        refsBefore.filter((line) => !gone.has(line.replace(/ .*/, '').replace('refs/tags/', ''))),
      );
      expect(host.proxy.mutating().length - pushes).toBeLessThanOrEqual(3);

      const written = count();
      const again = await prune(history, publishers, true);
      expect(again.versions.filter(({ action }) => action === 'remove')).toEqual([]);
      expect(count() - written).toBe(0);
      await installs({ bare, npmUrl: registry.registry.url, history });
    },
    TIMEOUT,
  );
});

/** Gets versions that stay, by the tools' own commands. */
async function installs({
  bare,
  history,
  npmUrl,
}: {
  readonly bare: string;
  readonly history: LongHistory;
  readonly npmUrl: string;
}): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pruned-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const run = async (
    argv: Parameters<Processes['run']>[0]['argv'],
    env: Readonly<Record<string, string>>,
  ): Promise<string> => {
    const result = await createProcesses().run({ argv, cwd: folder, env });
    expect(result.ok, result.summary).toBe(true);
    return result.stdoutText;
  };
  const kept = history.builds.slice(-KEEP);
  const go = {
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modules'),
    GOPATH: join(folder, 'go'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${bare}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/example/go',
  };
  for (const query of ['v0.1.0', 'v0.3.0', `source-${kept[0]?.sha}`, `source-${kept.at(-1)?.sha}`])
    await run(['go', 'mod', 'download', `github.com/example/go@${query}`], go);
  const config = {
    npm_config_registry: npmUrl,
    npm_config_cache: join(folder, 'npm'),
    npm_config_userconfig: '/dev/null',
  };
  for (const version of ['0.1.0', kept[0]?.version, kept.at(-1)?.version])
    await run(['npm', 'pack', '--silent', `@example/sdk@${version}`], config);
}

needs('git', 'skopeo')('200 dev builds of an image at GitHub (stand-in of its API)', () => {
  test(
    'exactly what the plan says goes, and all else can be pulled',
    async () => {
      const history = await longHistory(BUILDS);
      const registry = await startOciRegistry({ auth: 'none', referrers: false });
      const github = await startGithub();
      onTestFinished(async () => {
        await Promise.all([registry.stop(), github.stop()]);
      });
      const repository = ociRepository(registry, 'example/sdk');
      const digests = new Map<string, string>();
      const image = `${registry.host}/example/sdk`;
      const deleted: string[] = [];
      const http: Http = {
        async request(request) {
          const response = await createHttp().request(request);
          const digest = digests.get(request.url.split('/').at(-1) ?? '');
          if (request.method !== 'DELETE' || response.status !== 204) return response;
          // What GitHub deletes is gone from its registry.
          deleted.push(digest ?? '');
          await repository.fetch(`manifests/${digest}`, { method: 'DELETE' });
          return response;
        },
      };
      const definition = ghcr({
        image,
        files: 'packages/sdk',
        token: github.token,
        packagesApi: github.apiUrl,
        ports: { http, sleep: async () => undefined },
      });
      await publishReal(history, [definition]);
      await pushImages(rawImages(repository), history.builds.slice(0, -1));
      const before = await repository.tags();
      const manifests = await allManifests(repository, before);
      const versions = [...manifests].map((digest) => ({
        digest,
        tags: Object.keys(before).filter((tag) => before[tag] === digest),
      }));
      for (const [at, id] of github.addContainerVersions('example/sdk', versions).entries())
        digests.set(`${id}`, versions[at]?.digest ?? '');

      const going = versionsOf(await prune(history, [definition], false), 'oci', 'remove');
      expect(going).toHaveLength(BUILDS - KEEP);
      expect(deleted).toEqual([]);
      const done = await prune(history, [definition], true);
      expect(done).toMatchObject({ problems: [], status: 'converged' });
      const after = await repository.tags();
      expect(after).toEqual(without(before, going));
      // Each has an index and two platforms, and some have a signature.
      const parts = manifests.size - (await allManifests(repository, after)).size;
      expect(parts).toBeGreaterThan(going.length * 3);
      expect(new Set(deleted).size).toBe(parts);
      const world = { image, authFile: { auths: {} }, repository, definition, mutations: () => 0 };
      await copyAll(
        world,
        Object.keys(after).filter((tag) => !tag.startsWith('sha256-')),
      );
      const again = await prune(history, [definition], true);
      expect(versionsOf(again, 'oci', 'remove')).toEqual([]);
      expect(deleted).toHaveLength(parts);
      expect(github.violations()).toEqual([]);
    },
    TIMEOUT,
  );
});

/** Returns the digests of what the tags name and contain. */
async function allManifests(
  repository: OciRepository,
  tags: Readonly<Record<string, string>>,
): Promise<ReadonlySet<string>> {
  const all = new Set(Object.values(tags));
  for (const digest of new Set(Object.values(tags))) {
    const body = (await (await repository.fetch(`manifests/${digest}`)).json()) as {
      manifests?: readonly { digest: string }[];
    };
    for (const child of body.manifests ?? []) all.add(child.digest);
  }
  return all;
}
