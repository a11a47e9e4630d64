import type { Release } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { clientSuite } from './support/client-suite.ts';
import type { Run } from './support/publishing.ts';
import {
  type AnyRegistry,
  OTHER_REGISTRIES,
  REGISTRIES,
  runAt,
  started,
} from './support/registries.ts';
import { makeRelease, OTHER_SHA, releaseChannel, SHA } from './support/release.ts';

describe.each(Object.entries({ ...REGISTRIES, ...OTHER_REGISTRIES }))(
  'at %s',
  (_product, start) => {
    clientSuite(start);
  },
);

const coordinate = { ecosystem: 'npm', name: '@x/a', version: '0.1.0' } as const;
const CHANNEL = releaseChannel('0.1.0');

/** What the README's table of registries promises, without the faults of the contract. */
describe.each(Object.entries(OTHER_REGISTRIES))('at %s', (_product, start) => {
  const at = async (registry: AnyRegistry, release: Partial<Release> = {}): Promise<Run> =>
    runAt(registry, { ...makeRelease({ channel: CHANNEL }), ...release });

  test('a package is published once, refused from another commit, traced and promoted', async () => {
    const registry = await started(start());
    const run = await at(registry);
    expect(await run.publisher.check(run.plan, run.step)).toEqual([]);
    expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'absent' }]);
    expect(await run.publish()).toMatchObject({ outcome: 'published' });
    expect(await run.publisher.promote?.(run.plan, run.step)).toMatchObject([
      { pointer: { pointer: 'latest' }, outcome: 'moved' },
    ]);
    expect(await registry.snapshot('@x/a')).toMatchObject({ tags: { latest: '0.1.0' } });

    const writes = registry.mutations();
    expect(await run.publish()).toMatchObject({ outcome: 'already-there' });
    expect(await run.publisher.promote?.(run.plan, run.step)).toMatchObject([
      { outcome: 'already' },
    ]);
    const other = await at(registry, makeRelease({ channel: CHANNEL, sha: OTHER_SHA }));
    expect(await other.publish()).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'npm-version-conflict', message: expect.stringContaining(SHA) },
    });
    expect(registry.mutations()).toBe(writes);
    expect(await run.publisher.inspect({ coordinate }, run.step)).toMatchObject([
      { state: 'same-source', sha: SHA, digest: run.built.artifacts[0]?.digest },
    ]);
  });

  test('a run that uploads what another run has just uploaded', async () => {
    const registry = await started(start());
    const [mine, theirs] = [
      await at(registry),
      await at(registry, makeRelease({ channel: CHANNEL, sha: OTHER_SHA })),
    ];
    registry.intercept(async ({ method }) => {
      if (method !== 'PUT') return undefined;
      registry.intercept(undefined);
      await theirs.publish();
      return undefined;
    });
    expect(await mine.publish()).toMatchObject({
      outcome: 'conflict',
      problem: { code: 'npm-version-conflict' },
    });
  });
});
