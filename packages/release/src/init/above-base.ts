import { createWorkspace, type Repository } from '@ameide/publisher-kit';
import { type BaseVersion, compareBase, parseVersionTag } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { SYSTEM_CLOCK } from '../run/clock.ts';
import { createContext } from '../run/context.ts';
import { createEmitter } from '../run/emitter.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { type ListedRun, listVersions } from '../run/version-lists.ts';

/** What the registries have above the base. */
export interface AboveBase {
  /** `unknown`: some registry was not asked, or did not answer. */
  readonly has: boolean | 'unknown';
  readonly notes: readonly string[];
}

/**
 * Names the releases on the registries that are above the base: people who have them are offered nothing
 * lower.
 */
export async function aboveBase(
  { commit, runs }: { readonly commit: Commit; readonly runs: readonly PublisherRun[] },
  base: BaseVersion,
  { repository, signal }: { readonly repository: Repository; readonly signal: AbortSignal },
): Promise<AboveBase> {
  await using workspace = await createWorkspace();
  const emitter = createEmitter({ clock: SYSTEM_CLOCK, env: process.env });
  const context = createContext({ repository, commit, workspace, signal, emitter });
  const lists = await listVersions(runs, context, { withdrawn: true });
  const found = lists.flatMap(({ list, run }) => {
    const highest = highestOf(list?.versions ?? []);
    return highest === undefined || compareBase(highest, base) <= 0
      ? []
      : [{ highest, id: run.id, registry: run.plan.readFrom ?? run.plan.registry }];
  });
  const alike = Map.groupBy(found, ({ highest, registry }) => `${registry} has ${highest} of`);
  const above = [...alike].map(
    ([registryHas, group]) =>
      `${registryHas} ${group.map(({ id }) => id).join(', ')}, and the base ${base} is below it: clients that take the newest version keep taking ${group[0]?.highest}.`,
  );
  const silent = lists.filter(({ problems }) => problems.length > 0).map(({ run }) => run.id);
  return {
    has: found.length > 0 || (silent.length > 0 && 'unknown'),
    notes: [
      ...above,
      ...(silent.length === 0
        ? []
        : [
            `Whether there are versions above the base ${base} is not known of ${silent.join(', ')}: the registry did not answer.`,
          ]),
    ],
  };
}

function highestOf(versions: NonNullable<ListedRun['list']>['versions']): BaseVersion | undefined {
  const bases = versions.flatMap(({ coordinate, isWithdrawn }) => {
    if (isWithdrawn === true) return [];
    const found = parseVersionTag(coordinate.version.replace(/^v/, ''), '');
    return found?.kind === 'release' ? [found.base] : [];
  });
  return bases.toSorted((one, other) => compareBase(other, one))[0];
}
