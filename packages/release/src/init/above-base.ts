import { createWorkspace, type Repository } from '@ameide/publisher-kit';
import { type BaseVersion, compareBase, parseVersionTag } from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { SYSTEM_CLOCK } from '../run/clock.ts';
import { createContext } from '../run/context.ts';
import { createEmitter } from '../run/emitter.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';
import { openRunsAtHead } from '../trace/open-publisher.ts';

/**
 * Names the releases on the registries that are above the base: people who have them are offered nothing
 * lower. A registry that does not answer is in the plan.
 */
export async function aboveBase(
  definition: ReleaseDefinition,
  base: BaseVersion,
  { repository, signal }: { readonly repository: Repository; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { commit, runs } = await openRunsAtHead({ repository, definition });
  await using workspace = await createWorkspace();
  const emitter = createEmitter({ clock: SYSTEM_CLOCK, env: process.env });
  const context = createContext({ repository, commit, workspace, signal, emitter });
  const lists = await listVersions(runs, context);
  const found = lists.flatMap(({ list, run }) => {
    const highest = highestOf(list?.versions ?? []);
    return highest === undefined || compareBase(highest, base) <= 0
      ? []
      : [{ highest, id: run.id, registry: run.plan.readFrom ?? run.plan.registry }];
  });
  const alike = Map.groupBy(found, ({ highest, registry }) => `${registry} has ${highest} of`);
  return [...alike].map(
    ([registryHas, group]) =>
      `${registryHas} ${group.map(({ id }) => id).join(', ')}, and the base ${base} is below it: clients that take the newest version keep taking ${group[0]?.highest}. ameide-release migrate says what to do.`,
  );
}

function highestOf(versions: NonNullable<ListedRun['list']>['versions']): BaseVersion | undefined {
  const bases = versions.flatMap(({ coordinate }) => {
    const found = parseVersionTag(coordinate.version.replace(/^v/, ''), '');
    return found?.kind === 'release' ? [found.base] : [];
  });
  return bases.toSorted((one, other) => compareBase(other, one))[0];
}
