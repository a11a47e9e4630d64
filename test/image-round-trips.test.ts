import {
  holdAnswers,
  type Recorded,
  type RunningOciRegistry,
  recorded,
  startOciRegistry,
} from '@ameide/local-registries';
import { type MostRoundTrips, withinRoundTrips } from '@ameide/local-registries/round-trips';
import { ghcr } from '@ameide/publisher-ghcr';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { defineRelease, planRelease, publishRelease, traceCommit } from '@ameide/release';
import { expect, test } from 'vitest';

// Upper bounds. The table in publisher-ghcr/README.md says what each request is for.

const TIMEOUT = 60_000;
type All = Readonly<Record<'publish' | 'again' | 'plan' | 'trace', MostRoundTrips>>;

const ONE: All = {
  publish: [29, 12],
  again: [13, 5],
  plan: [8, 3],
  trace: [7, 3],
};
/** The tags are read again while the last blob is sent. */
const AFTER_A_BUILD: All = { ...ONE, publish: [32, 12] };
/**
 * Nothing that was read is recent when it is needed: tags are read again before they are set and before
 * moving tags move. Because the write of a moving tag took long, the registry is also searched for something
 * newer.
 */
const SLOW: All = {
  ...ONE,
  publish: [41, 15],
  again: [16, 6],
  plan: [9, 4],
  trace: [8, 4],
};
/** An index has a manifest and a config for each platform, and these manifests are pushed first. */
const INDEX: All = { ...ONE, publish: [33, 13] };
/** The images share the challenge and the check of the login. */
const FOUR: All = {
  publish: [4 * 27 + 2, 12],
  again: [4 * 11 + 2, 5],
  plan: [4 * 6 + 2, 3],
  trace: [4 * 6 + 1, 3],
};

/** A clock that stands still: the steps take no time. */
const quick = () => () => 0;
/** A clock that advances by a second each time it is read. */
function slow(): () => number {
  let now = 0;
  return () => (now += 1001);
}

/** A clock that advances by a minute before the first upload, as in a build. */
function building(proxy: Recorded<RunningOciRegistry>['proxy']): () => number {
  const isUpload = ({ method }: { readonly method: string }): boolean => method === 'POST';
  return () => (proxy.requests.some(isUpload) ? 60_000 : 0);
}

/** Runs a command and counts its requests to the registry. */
async function within(
  command: keyof All,
  bounds: All,
  { proxy }: Recorded<RunningOciRegistry>,
  run: () => Promise<{ readonly exitCode: number }>,
): Promise<void> {
  const report = await withinRoundTrips(command, proxy, bounds[command], run);
  expect(report).toMatchObject({ exitCode: 0 });
  // Only the request for the registry's challenge has no login.
  const anonymous = proxy.requests.filter(({ authorization }) => !authorization);
  expect(anonymous.map(({ path }) => path)).toEqual(['/v2/']);
}

test.each([
  ['one image', 'linux/amd64', 1, quick, ONE],
  ['one image, whose build takes a minute', 'linux/amd64', 1, building, AFTER_A_BUILD],
  ['one image, where each step takes seconds', 'linux/amd64', 1, slow, SLOW],
  ['an index of two platforms', ['linux/amd64', 'linux/arm64'], 1, quick, INDEX],
  ['four images, which share what is about the registry', 'linux/amd64', 4, quick, FOUR],
] as const)(
  'a release of %s asks no more than it has to',
  async (_name, platform, count, clock, bounds) => {
    await using repository = createTestRepository({ origin: 'https://github.com/ameide/mono.git' });
    const names = Array.from({ length: count }, (_, index) => `image${index}`);
    const files = Object.fromEntries(names.map((name) => [`${name}/index.html`, `${name}\n`]));
    const sha = repository.commit({ files: { 'version.json': { version: '0.1.0' }, ...files } });
    repository.git('tag', 'v0.1.0');
    await using world = await recorded(startOciRegistry(), holdAnswers(100));
    const { user, password: token } = world.registry;
    const { host } = new URL(world.proxy.url);
    const publishers = names.map((name) =>
      ghcr({
        image: `${host}/ameide/${name}`,
        files: name,
        platform,
        token,
        user,
        ports: { now: clock(world.proxy) },
      }),
    );
    const definition = defineRelease({ versionFile: 'version.json', publishers });
    const options = async () => ({
      repository: await repository.open(),
      definition,
      env: {},
      ref: 'refs/tags/v0.1.0',
    });
    await within('publish', bounds, world, async () => publishRelease(await options()));
    await within('again', bounds, world, async () => publishRelease(await options()));
    await within('plan', bounds, world, async () => planRelease(await options()));
    await within('trace', bounds, world, async () => traceCommit(sha, await options()));
  },
  TIMEOUT,
);
