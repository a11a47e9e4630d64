import type { FaultSubject, RecordingProxyOptions } from '@ameide/local-registries';
import { startOciRegistry } from '@ameide/local-registries';
import { describe, expect, test } from 'vitest';
import { run as open, type Run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER } from './release.ts';

type Fault = ReturnType<NonNullable<RecordingProxyOptions['fault']>>;

/**
 * A registry that refuses a request for a tag that is not there, as people report of Artifactory's
 * virtual repositories. `lists` is what it does to a request for the list of tags.
 */
async function refusing(lists: (request: FaultSubject) => Fault = () => undefined): Promise<World> {
  const there = new Set<string>();
  return worldOf(await startOciRegistry(), {
    onRequest({ method, path }) {
      const tag = /\/manifests\/([^/]+)$/.exec(path)?.[1];
      if (method === 'PUT' && tag !== undefined) there.add(tag);
    },
    fault(request) {
      const { method, path } = request;
      if (path.includes('/tags/list')) return lists(request);
      const tag = /\/manifests\/([^/]+)$/.exec(path)?.[1] ?? '';
      const isAbsent = method !== 'PUT' && tag !== '' && !tag.startsWith('sha256:');
      return isAbsent && !there.has(tag) ? { kind: 'status', status: 403 } : undefined;
    },
  });
}

/** A run that has signed in: these answers come to a token, too. */
async function run(...input: Parameters<typeof open>): Promise<Run> {
  const opened = await open(...input);
  expect(await opened.publisher.check(opened.plan, opened.step)).toEqual([]);
  return opened;
}

describe('a registry that refuses a request for an absent tag', () => {
  test('gets the first image, and the second run changes nothing', async () => {
    await using world = await refusing();
    const first = await run(world, { channel: 'release' });
    expect((await first.publish()).map(({ outcome }) => outcome)).toEqual([
      'published',
      'published',
    ]);
    expect((await first.promote()).map(({ outcome }) => outcome)).toEqual(['moved', 'moved']);
    world.proxy.clear();
    const again = await run(world, { channel: 'release' });
    expect((await again.publish()).map(({ outcome }) => outcome)).toEqual([
      'already-there',
      'already-there',
    ]);
    expect(world.proxy.mutating()).toEqual([]);
    const next = await run(world, { sha: OTHER, base: '0.2.0', channel: 'release' });
    expect((await next.publish()).map(({ outcome }) => outcome)).toEqual([
      'published',
      'published',
    ]);
  });

  test.each<[string, Fault]>([
    ['refuses its list, too', { kind: 'status', status: 403 }],
    ['answers with a page', { kind: 'status', status: 200, body: '<html>' }],
    ['hides the list', { kind: 'status', status: 404, body: '{}' }],
    [
      'has the rest of its list elsewhere',
      {
        kind: 'status',
        status: 200,
        body: '{"tags":[]}',
        headers: { link: '<https://elsewhere.example/v2/x/tags/list>; rel="next"' },
      },
    ],
  ])('is unknown if it %s, and gets nothing', async (_, fault) => {
    await using world = await refusing(() => fault);
    const one = await run(world);
    expect((await one.publish()).map(({ outcome }) => outcome)).not.toContain('published');
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each([
    ['names itself as its next page', () => '</v2/ameideio/sdk/tags/list?n=1000>; rel="next"', 1],
    [
      'has no end',
      (count: number) => `</v2/ameideio/sdk/tags/list?n=1000&last=${count}>; rel="next"`,
      100,
    ],
  ] as const)('is unknown if its list %s', async (_, link, most) => {
    let lists = 0;
    await using world = await refusing(() => ({
      kind: 'status',
      status: 200,
      body: '{"tags":[]}',
      headers: { link: link(++lists) },
    }));
    const one = await run(world);
    lists = 0;
    const found = await one.publisher.inspect({ plan: one.plan }, one.step);
    expect(found).toMatchObject([{ state: 'unknown' }]);
    expect(lists).toBe(most * 2);
  });

  test('is unknown if its list has the tag', async () => {
    const one = { tags: [] as string[] };
    await using world = await refusing(() => ({
      kind: 'status',
      status: 200,
      body: JSON.stringify(one),
    }));
    const opened = await run(world);
    one.tags = [opened.plan.sha];
    expect((await opened.publish()).map(({ outcome }) => outcome)).not.toContain('published');
    expect(world.proxy.mutating()).toEqual([]);
  });
});
