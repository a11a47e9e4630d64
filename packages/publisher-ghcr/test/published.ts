import type { PointerMove, Published, Relation } from '@ameide/versioning-core';
import {
  type GhcrBuilt,
  type GhcrOptions,
  type GhcrPlan,
  type GhcrPublisher,
  ghcr,
} from '../src/index.ts';
import type { World } from './registry-world.ts';
import { release, step, tree } from './release.ts';

/** One commit through all verbs. */
export interface Run {
  readonly publisher: GhcrPublisher;
  readonly plan: GhcrPlan;
  readonly built: GhcrBuilt;
  readonly publish: () => Promise<readonly Published[]>;
  readonly promote: (
    relation?: (a: string, b: string) => Relation | Promise<Relation>,
  ) => Promise<readonly PointerMove[]>;
}

/** Opens, plans and builds. The files hold the commit id, so that two commits have two images. */
export async function run(
  world: World,
  input: Parameters<typeof release>[0] = {},
  options: Partial<GhcrOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const publisher = await ghcr(world.options(options)).open(tree());
  const plan = publisher.plan(release(input));
  const result = await publisher.build(
    plan,
    await step({ 'sdk/index.js': `// ${plan.sha}\n`, ...files }),
  );
  if (result.value === undefined) throw new Error(result.problems[0].message);
  const { value: built } = result;
  return {
    publisher,
    plan,
    built,
    publish: async () => publisher.publish(plan, built, await step()),
    promote: async (relation) => publisher.promote(plan, await step({}, relation)),
  };
}
