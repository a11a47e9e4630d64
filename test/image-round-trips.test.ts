import {
  countByKind,
  holdAnswers,
  type Recorded,
  type RunningOciRegistry,
  recorded,
  serialRoundTrips,
  startOciRegistry,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { defineRelease, planRelease, publishRelease, traceCommit } from '@ameide/release';
import { expect, test } from 'vitest';

// Upper bounds. The table in publisher-ghcr/README.md says what each request is for.

interface Bounds {
  readonly requests: number;
  readonly serial: number;
}

const TIMEOUT = 60_000;
type All = Readonly<Record<'publish' | 'again' | 'plan' | 'trace', Bounds>>;

const ONE: All = {
  publish: { requests: 29, serial: 13 },
  again: { requests: 13, serial: 5 },
  plan: { requests: 8, serial: 3 },
  trace: { requests: 7, serial: 3 },
};
/**
 * Tags are read again before they are set and before moving tags move. Because the write of a moving tag
 * took long, the registry is also searched for something newer.
 */
const SLOW: All = {
  ...ONE,
  publish: { requests: 39, serial: 16 },
  again: { requests: 19, serial: 9 },
  plan: { requests: 9, serial: 4 },
  trace: { requests: 8, serial: 4 },
};
/** An index has a manifest and a config for each platform, and these manifests are pushed first. */
const INDEX: All = { ...ONE, publish: { requests: 33, serial: 14 } };
/** The images share the challenge and the check of the login. */
const FOUR: All = {
  publish: { requests: 4 * 27 + 2, serial: 13 },
  again: { requests: 4 * 11 + 2, serial: 5 },
  plan: { requests: 4 * 6 + 2, serial: 3 },
  trace: { requests: 4 * 6 + 1, serial: 3 },
};

/** A clock that stands still: the steps take no time. */
const quick = () => () => 0;
/** A clock that advances by a second each time it is read. */
function slow(): () => number {
  let now = 0;
  return () => (now += 1001);
}

async function startWorld(): Promise<Recorded<RunningOciRegistry>> {
  return recorded(startOciRegistry(), holdAnswers(100));
}

/** Runs a command and counts its requests to the registry. */
async function within(
  { requests: most, serial }: Bounds,
  { proxy }: Recorded<RunningOciRegistry>,
  run: () => Promise<{ readonly exitCode: number }>,
): Promise<void> {
  proxy.clear();
  expect(await run()).toMatchObject({ exitCode: 0 });
  const asked = JSON.stringify(countByKind(proxy.requests), undefined, 1);
  expect(proxy.requests.length, asked).toBeLessThanOrEqual(most);
  expect(serialRoundTrips(proxy.requests), asked).toBeLessThanOrEqual(serial);
  // Only the request for the registry's challenge has no login.
  const anonymous = proxy.requests.filter(({ authorization }) => !authorization);
  expect(anonymous.map(({ path }) => path)).toEqual(['/v2/']);
}

test.each([
  ['one image', 'linux/amd64', 1, quick, ONE],
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
    await using world = await startWorld();
    const { user, password: token } = world.registry;
    const { host } = new URL(world.proxy.url);
    const publishers = names.map((name) =>
      ghcr({
        image: `${host}/ameide/${name}`,
        files: name,
        platform,
        token,
        user,
        ports: { now: clock() },
      }),
    );
    const definition = defineRelease({ versionFile: 'version.json', publishers });
    const options = async () => ({
      repository: await repository.open(),
      definition,
      env: {},
      ref: 'refs/tags/v0.1.0',
    });
    await within(bounds.publish, world, async () => publishRelease(await options()));
    await within(bounds.again, world, async () => publishRelease(await options()));
    await within(bounds.plan, world, async () => planRelease(await options()));
    await within(bounds.trace, world, async () => traceCommit(sha, await options()));
  },
  TIMEOUT,
);
