import { literalCommit, openRun } from '@ameide/publisher-kit/testing';
import type { Removed } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import type { Run } from './support/publishing.ts';
import { type AnyRegistry, REGISTRIES, runAt, started } from './support/registries.ts';
import { makeRelease, releaseChannel } from './support/release.ts';

interface Lab extends Run {
  readonly registry: AnyRegistry;
  readonly remove: () => Promise<readonly Removed[]>;
}

/** 0.1.0 is released, and the dev build after it is published; `isNamed` leaves its upload's tag. */
async function devBuild(
  product: keyof typeof REGISTRIES = 'verdaccio',
  { isNamed = false } = {},
): Promise<Lab> {
  const registry = await started(REGISTRIES[product]());
  const released = await runAt(
    registry,
    makeRelease({ base: '0.1.0', channel: releaseChannel('0.1.0') }),
  );
  await released.publish();
  await released.publisher.promote?.(released.plan, released.step);
  const run = await runAt(registry, makeRelease());
  await run.publish();
  if (!isNamed) {
    const headers = { authorization: `Bearer ${registry.token}` };
    const url = `${registry.url}/-/package/@x%2fa/dist-tags/incoming`;
    expect((await fetch(url, { method: 'DELETE', headers })).ok).toBe(true);
  }
  const { plan, publisher, step } = run;
  const remove = async () => (await publisher.remove?.(plan, plan.coordinates, step)) ?? [];
  return { ...run, registry, remove };
}

test('a version that a dist-tag names stays, and the reason names the tag', async () => {
  const { registry, remove } = await devBuild('verdaccio', { isNamed: true });
  const [before, mutations] = [await registry.snapshot('@x/a'), registry.mutations()];
  expect(await remove()).toMatchObject([
    { outcome: 'kept', reason: 'the dist-tag incoming names it' },
  ]);
  expect(registry.mutations()).toBe(mutations);
  expect(await registry.snapshot('@x/a')).toEqual(before);
});

test('after a conflict of revisions it reads again, and removes', async () => {
  const { plan, registry, remove } = await devBuild();
  registry.fault = ({ count, method, path }) =>
    method === 'PUT' && path.includes('/-rev/') && count === 1
      ? { kind: 'status', status: 409 }
      : undefined;
  const requests = registry.requests.length;
  expect(await remove()).toMatchObject([{ outcome: 'removed' }]);
  const sent = registry.requests.slice(requests).map(({ method }) => method);
  expect(sent).toEqual(['GET', 'PUT', 'GET', 'PUT', 'GET', 'DELETE']);
  const { versions } = (await registry.snapshot('@x/a')) as { versions: object };
  expect(Object.keys(versions)).toEqual(['0.1.0']);
  expect(plan.version).not.toBe('0.1.0');
});

test('a registry that does not unpublish gives a problem, and nothing has changed', async () => {
  const { registry, remove } = await devBuild('GitLab (stand-in)');
  const before = await registry.snapshot('@x/a');
  expect(await remove()).toMatchObject([
    { outcome: 'incomplete', problem: { kind: 'incomplete' } },
  ]);
  expect(await registry.snapshot('@x/a')).toEqual(before);
});

describe('a registry that keeps versions is not asked to remove any', () => {
  test.each([
    ['https://registry.npmjs.org', false],
    ['https://npm.pkg.github.com', false],
    ['https://npm.acme.ghe.com', false],
    ['https://npm.acme.example', true],
  ])('%s', async (registry, canRemove) => {
    const definition = npm({ directory: 'a', registry, token: 'unused' });
    const files = { 'a/package.json': { name: '@x/a', version: '0.1.0' } };
    await using run = await openRun(definition, literalCommit(files, { release: makeRelease() }));
    expect('remove' in run.publisher).toBe(canRemove);
    expect('checkRemoval' in run.publisher).toBe(canRemove);
  });
});
