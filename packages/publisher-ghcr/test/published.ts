import {
  type FileContent,
  literalCommit,
  type OpenedRun,
  openRun,
  type Relate,
} from '@ameide/publisher-kit/testing';
import type { PointerMove, Published } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { type GhcrBuilt, type GhcrOptions, type GhcrPublisher, ghcr } from '../src/index.ts';
import type { World } from './registry-world.ts';
import { release, step } from './release.ts';

/** One commit through all verbs. */
export interface Run extends OpenedRun<GhcrPublisher> {
  readonly built: GhcrBuilt;
  readonly publish: () => Promise<readonly Published[]>;
  readonly promote: (relation?: Relate) => Promise<readonly PointerMove[]>;
}

/** Opens, plans and builds. The files hold the commit id, so that two commits have two images. */
export async function run(
  world: World,
  input: Parameters<typeof release>[0] = {},
  options: Partial<GhcrOptions> = {},
  files: Readonly<Record<string, FileContent>> = {},
): Promise<Run> {
  const made = release(input);
  const content = { 'sdk/index.js': `// ${made.canonical.sha}\n`, ...files };
  const opened = await openRun(
    ghcr(world.options(options)),
    literalCommit(content, { release: made }),
  );
  onTestFinished(async () => opened[Symbol.asyncDispose]());
  const { plan, publisher } = opened;
  const built = await opened.build();
  return {
    ...opened,
    built,
    publish: async () => publisher.publish(plan, built, opened.step),
    promote: async (relation) => publisher.promote(plan, await step({}, relation)),
  };
}
