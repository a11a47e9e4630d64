import { createCipheriv } from 'node:crypto';
import {
  type FaultSubject,
  type RecordingProxyOptions,
  type RunningOciRegistry,
  startCraneRegistry,
  startDistribution,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { type ComponentName, needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';

/** What no compression makes smaller: a mount has to be worth its requests. */
const LARGE = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
  Buffer.alloc(1024 * 1024),
);

/**
 * Publishes two images of the same files in one run: `sdk`, and `other` once `begin` is fulfilled.
 */
async function publishBoth(
  world: World,
  begin = Promise.resolve(),
  data: Uint8Array = LARGE,
): Promise<void> {
  const { signal } = new AbortController();
  const files = { 'sdk/data': data };
  const one = await run(world, {}, {}, files);
  const image = `${world.image.replace(/\/sdk$/, '')}/other`;
  const two = await run(world, {}, { image }, files);
  world.proxy.clear();
  const publish = async ({
    built,
    plan,
    publisher,
    step,
  }: typeof one): Promise<readonly unknown[]> =>
    publisher.publish(plan, built, { ...step, signal });
  const outcomes = await Promise.all([publish(one), begin.then(async () => publish(two))]);
  expect(outcomes.flat()).toMatchObject([{ outcome: 'published' }, { outcome: 'published' }]);
}

interface Sent {
  /** How often bytes of a blob were sent. */
  readonly uploads: number;
  /** The answers to requests that mount a blob. */
  readonly mounts: readonly number[];
}

function sent({ proxy }: World): Sent {
  const of = (method: string, part: string) =>
    proxy.requests.filter((request) => request.method === method && request.path.includes(part));
  return {
    uploads: of('PUT', 'digest=').filter(({ bodyBytes }) => bodyBytes > 0).length,
    mounts: of('POST', 'mount=').map(({ status }) => status),
  };
}

// Two images of one run have one large layer and two configs.
const MOUNTED: Sent = { uploads: 3, mounts: [201] };

const SERVERS: readonly (readonly [string, ComponentName[], () => Promise<RunningOciRegistry>])[] =
  [
    ['ours, with Bearer tokens', [], () => startOciRegistry({ isPrivate: true })],
    ['docker-registry 2.8', ['docker-registry'], startDockerRegistry],
    ['distribution 3', ['distribution'], startDistribution],
  ];

for (const [name, needed, start] of SERVERS) {
  needs(...needed)(name, () => {
    test('mounts a layer that another image of the run has', async () => {
      await using world = await worldOf(await start());
      await publishBoth(world);
      expect(sent(world)).toEqual(MOUNTED);
    });
  });
}

needs('ocireg')('go-containerregistry, which mounts nothing', () => {
  test('gets the layer in the session that it began instead', async () => {
    await using world = await worldOf(await startCraneRegistry());
    await publishBoth(world);
    expect(sent(world)).toEqual({ uploads: 4, mounts: [202] });
    const begun = world.proxy.requests.filter(({ method }) => method === 'POST');
    expect(begun, 'one session for each blob').toHaveLength(4);
  });
});

test('a small layer is sent to both: a mount takes a token of its own, and waits', async () => {
  await using world = await worldOf(await startOciRegistry({ isPrivate: true }));
  await publishBoth(world, undefined, Buffer.from('small\n'));
  expect(sent(world)).toEqual({ uploads: 4, mounts: [] });
  expect(world.proxy.requests.filter(({ path }) => path.startsWith('/token'))).toHaveLength(2);
});

type Answer = ReturnType<NonNullable<RecordingProxyOptions['fault']>>;

async function faulty(fault: (request: FaultSubject) => Answer): Promise<World> {
  return worldOf(await startOciRegistry({ isPrivate: true }), { fault });
}

const isMount = ({ path }: FaultSubject): boolean => path.includes('mount=');

describe('a layer is sent again', () => {
  test.each<[string, Answer]>([
    ['refuses (Harbor, without rights for the other)', { kind: 'status', status: 401, body: '{}' }],
    ['forbids it', { kind: 'status', status: 403, body: '{}' }],
    ['knows no such repository', { kind: 'status', status: 404, body: '{}' }],
    ['does not know mounting', { kind: 'status', status: 405 }],
    ['has a fault', { kind: 'status', status: 500 }],
    ['does not answer', { kind: 'reset' }],
  ])('if the registry %s', async (_, answer) => {
    await using world = await faulty((request) => (isMount(request) ? answer : undefined));
    await publishBoth(world);
    expect(sent(world)).toMatchObject({ uploads: 4, mounts: [expect.any(Number)] });
  });

  test('if the token is for one of the repositories alone', async () => {
    await using world = await faulty(({ path }) =>
      path.startsWith('/token') && path.split('scope=').length > 2
        ? { kind: 'status', status: 403, body: '{}' }
        : undefined,
    );
    await publishBoth(world);
    expect(sent(world)).toEqual({ uploads: 4, mounts: [] });
  });

  test('if the other image did not get it', async () => {
    const refused = Promise.withResolvers<void>();
    await using world = await faulty(({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/ameideio/sdk/blobs/')) return undefined;
      refused.resolve();
      return { kind: 'status', status: 400, body: '{}' };
    });
    await expect(publishBoth(world, refused.promise)).rejects.toThrow('published');
    expect(Object.keys(await world.tags())).toEqual([]);
    const ofOther = world.proxy.requests.filter(({ path }) => path.includes('/other/blobs/'));
    expect(ofOther.filter(({ method, status }) => method === 'PUT' && status === 201)).toHaveLength(
      2,
    );
    expect(sent(world).mounts).toEqual([]);
  });
});
