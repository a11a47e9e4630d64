import { readPackage } from '@ameide/local-registries';
import type { PointerMove, Relation } from '@ameide/versioning-core';
import { expect } from 'vitest';
import { type Run, type RunOptions, startRun } from './publishing.ts';
import { makeRelease, OTHER_SHA, type ReleaseOptions, SHA } from './release.ts';
import type { RegistryWorld } from './world.ts';

export const [OLDER, NEWER] = [
  { sha: OTHER_SHA, datetime: '20251113150000' },
  { sha: SHA, datetime: '20251113160000' },
];
export const [OLDER_VERSION, NEWER_VERSION] = [
  '0.1.0-dev.20251113150000',
  '0.1.0-dev.20251113160000',
];
/** The address of the dist-tags of the package `@x/a`, and what is written there. */
export const TAGS = '/-/package/@x%2fa/dist-tags';
export const SET_DEV = `PUT ${TAGS}/dev`;
export const DROP_HOLD = `DELETE ${TAGS}/incoming`;

const relation = (a: string, b: string): Relation =>
  a === b ? 'same' : a === OTHER_SHA && b === SHA ? 'ancestor' : 'descendant';

/** A release of `@x/a` that is uploaded, and not promoted. NEWER was built on OLDER. */
export async function published(
  world: RegistryWorld,
  release: ReleaseOptions,
  options: RunOptions = {},
): Promise<Run> {
  const run = await startRun(world, makeRelease(release), { relation, ...options });
  expect((await run.publish()).outcome).toBe('published');
  return run;
}

export async function promote(run: Run): Promise<readonly PointerMove[]> {
  return (await run.publisher.promote?.(run.plan, run.step)) ?? [];
}

export const tags = async (world: RegistryWorld): Promise<object | undefined> =>
  (await readPackage(world.registry.url, '@x/a'))?.tags;
