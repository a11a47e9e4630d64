import {
  type RawImages,
  type RunningGithub,
  rawImages,
  startGithub,
  startOciRegistry,
} from '@ameide/local-registries';
import { createHttp, type Http, type HttpRequest } from '@ameide/publisher-kit';
import type { Removed } from '@ameide/versioning-core';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { packagesApiOf } from '../src/packages/api-address.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, step, tree } from './release.ts';

const [OLD, NEW] = ['1', '3'].map((digit) => digit.repeat(40)) as [string, string];

/**
 * A registry that deletes nothing by its own protocol, as GHCR, and the stand-in of GitHub's API with
 * its versions.
 */
interface Lab extends World {
  readonly github: RunningGithub;
  readonly images: RawImages;
  /** The bodies and statuses to answer with instead; by the last part of the path. */
  readonly answers: Map<string, { readonly status: number; readonly message: string }>;
  /** What was sent to the API, as `DELETE 1003`. */
  readonly sent: string[];
  /** Milliseconds that were waited. */
  readonly waits: number[];
  /** Adds the manifests of the registry to the stand-in's package. */
  list(): Promise<void>;
  remove(tags: readonly string[], token?: string): Promise<readonly Removed[]>;
  check(token?: string): Promise<readonly string[]>;
}

let running: RunningGithub | undefined;

afterEach(() => {
  // What the stand-in was asked, and answered, is what GitHub's own document allows.
  expect(running?.violations() ?? []).toEqual([]);
  running = undefined;
});

async function start(owner: 'organisation' | 'user' = 'organisation'): Promise<Lab> {
  const world = await worldOf(await startOciRegistry({ auth: 'none', referrers: false }));
  const github = await startGithub({ users: owner === 'user' ? ['ameideio'] : [] });
  running = github;
  onTestFinished(async () => {
    await world[Symbol.asyncDispose]();
    await github.stop();
  });
  const [sent, waits]: [string[], number[]] = [[], []];
  const answers: Lab['answers'] = new Map();
  const digests = new Map<string, string>();
  const pushed: string[] = [];
  const http = createHttp({ sleep: async () => undefined });
  const watching: Http = {
    async request(request) {
      if (!request.url.startsWith(github.url)) return http.request(request);
      return answer(request);
    },
  };
  const answer = async (request: HttpRequest) => {
    const id = request.url.split('/').at(-1) ?? '';
    sent.push(`${request.method} ${id}`);
    const spoilt = request.method === 'DELETE' ? answers.get(id) : undefined;
    const response = await http.request(
      spoilt === undefined ? request : { ...request, method: 'GET' },
    );
    if (spoilt !== undefined)
      return { ...response, status: spoilt.status, json: () => ({ message: spoilt.message }) };
    const digest = digests.get(id);
    // What GitHub deletes is gone from its registry.
    if (request.method === 'DELETE' && response.status === 204 && digest !== undefined)
      await world.fetch(`manifests/${digest}`, { method: 'DELETE' });
    return response;
  };
  const open = async (token = github.token) =>
    ghcr(
      world.options({
        token,
        packagesApi: github.apiUrl,
        ports: { http: watching, sleep: async (ms) => void waits.push(ms) },
      }),
    ).open(tree());
  return {
    ...world,
    github,
    images: rawImages({
      fetch: async (path, init) => {
        const response = await world.fetch(path, init);
        const digest = response.headers.get('docker-content-digest');
        if (path.startsWith('manifests/') && digest !== null) pushed.push(digest);
        return response;
      },
    }),
    answers,
    sent,
    waits,
    async list() {
      const tags = Object.entries(await world.tags());
      const versions = [...new Set(pushed)].map((digest) => ({
        digest,
        tags: tags.filter(([, named]) => named === digest).map(([tag]) => tag),
      }));
      const ids = github.addContainerVersions('ameideio/sdk', versions);
      for (const [at, { digest }] of versions.entries()) digests.set(`${ids[at]}`, digest);
    },
    async remove(tags, token) {
      const publisher = await open(token);
      const plan = publisher.plan(release());
      const coordinates = tags.map(
        (version) => ({ ecosystem: 'oci', name: world.image, version }) as const,
      );
      return (await publisher.remove?.(plan, coordinates, await step())) ?? [];
    },
    async check(token) {
      const publisher = await open(token);
      const found = await publisher.checkRemoval?.(publisher.plan(release()), await step());
      return (found ?? []).map(({ code, kind }) => `${kind} ${code}`);
    },
  };
}

/** A dev build to remove and one to keep, each with a signature. */
async function twoBuilds(lab: Lab) {
  const old = await lab.images.devBuild(OLD);
  const signature = await lab.images.attach(old);
  const kept = await lab.images.devBuild(NEW);
  await lab.images.attach(kept);
  await lab.list();
  return { old, signature, kept };
}

test.each(['organisation', 'user'] as const)(
  'a version of a package of an %s goes with its untagged parts and its signature',
  async (owner) => {
    const lab = await start(owner);
    await twoBuilds(lab);
    expect(await lab.check()).toEqual([]);
    const before = await lab.tags();
    expect(await lab.remove([OLD])).toMatchObject([{ outcome: 'removed' }]);
    const after = await lab.tags();
    expect(Object.keys(before)).toHaveLength(4);
    expect(Object.keys(after)).toEqual(
      Object.keys(before).filter((tag) => after[tag] !== undefined),
    );
    expect(Object.keys(after)).toHaveLength(2);
    expect(after[NEW]).toBe(before[NEW]);
    // The index, its signature, two platforms: with a second between two of them.
    expect(lab.sent.filter((one) => one.startsWith('DELETE'))).toHaveLength(4);
    expect(lab.waits).toEqual([1000, 1000, 1000]);
    lab.sent.length = 0;
    expect(await lab.remove([OLD])).toMatchObject([{ outcome: 'gone' }]);
    expect(lab.sent).toEqual([]);
  },
);

test('a version that got another tag meanwhile stays', async () => {
  const lab = await start();
  const old = await lab.images.devBuild(OLD);
  lab.github.addContainerVersions('ameideio/sdk', [
    { digest: old.digest, tags: [OLD, 'customer'] },
  ]);
  expect(await lab.remove([OLD])).toMatchObject([
    { outcome: 'kept', reason: 'the tag customer names it, too' },
  ]);
  expect(lab.sent.filter((one) => one.startsWith('DELETE'))).toEqual([]);
});

test('a token that may only read, or sees nothing, gives a hint about the rights that it needs', async () => {
  const lab = await start();
  await twoBuilds(lab);
  const before = await lab.tags();
  const none = lab.github.createToken({ packages: 'none' });
  expect(await lab.check(none)).toEqual(['authentication ghcr-forbidden']);
  expect(await lab.check('')).toEqual(['authentication ghcr-unauthorized']);
  expect(await lab.check('wrong')).toEqual(['authentication ghcr-unauthorized']);
  const removed = await lab.remove([OLD], lab.github.createToken({ packages: 'read' }));
  expect(removed).toMatchObject([{ outcome: 'incomplete', problem: { code: 'ghcr-forbidden' } }]);
  expect(removed[0]?.problem?.hint).toContain('delete:packages');
  expect(await lab.tags()).toEqual(before);
});

test('a package that the token cannot see is no empty one', async () => {
  const lab = await start();
  await lab.images.devBuild(OLD);
  expect(await lab.check()).toEqual(['authentication ghcr-not-found']);
  expect(await lab.remove([OLD])).toMatchObject([
    { outcome: 'incomplete', problem: { code: 'ghcr-not-found' } },
  ]);
});

test('GitHub keeps the last tagged version, and the reason says so', async () => {
  const lab = await start();
  await lab.images.devBuild(OLD);
  await lab.list();
  const [removed] = await lab.remove([OLD]);
  expect(removed).toMatchObject({ outcome: 'kept' });
  expect(removed?.reason).toMatch(/does not delete the last tagged version/);
  expect(Object.keys(await lab.tags())).toEqual([OLD]);
});

test('GitHub keeps what many have downloaded, and its signature stays with it', async () => {
  const lab = await start();
  const { old } = await twoBuilds(lab);
  const message =
    'Publicly visible package versions with more than 5000 downloads cannot be deleted. Contact GitHub support for further assistance.';
  const before = await lab.tags();
  for (let id = 1; id < 1100; id += 1) lab.answers.set(`${id}`, { status: 400, message });
  const [removed] = await lab.remove([OLD]);
  expect(removed).toMatchObject({ outcome: 'kept' });
  expect(removed?.reason).toMatch(/more than 5,000 downloads/);
  expect((await lab.tags())[OLD]).toBe(old.digest);
  expect(await lab.tags()).toEqual(before);
});

test('it waits where GitHub asks for it, and ends where the wait is too long', async () => {
  const lab = await start();
  await twoBuilds(lab);
  lab.github.limit({ kind: 'secondary', requests: 1, seconds: 7, writesOnly: true });
  expect(await lab.remove([OLD])).toMatchObject([{ outcome: 'removed' }]);
  expect(lab.waits.some((ms) => ms >= 7000 && ms < 60_000)).toBe(true);
  lab.github.limit({ kind: 'primary', requests: 10, seconds: 1800 });
  expect(await lab.remove([NEW])).toMatchObject([
    { outcome: 'incomplete', problem: { code: 'ghcr-rate-limited', rerun: 'safe' } },
  ]);
  expect(Object.keys(await lab.tags())).toContain(NEW);
  lab.github.limit({ kind: 'primary', requests: 0, seconds: 1 });
});

test('the API of each GitHub is known by its registry', () => {
  expect(packagesApiOf('https://ghcr.io')).toBe('https://api.github.com');
  expect(packagesApiOf('https://containers.acme.ghe.com')).toBe('https://api.acme.ghe.com');
  expect(packagesApiOf('https://containers.git.example.com')).toBe(
    'https://git.example.com/api/v3',
  );
  expect(packagesApiOf('https://registry.example.com')).toBeUndefined();
});
