import { inParallel, type Repository } from '@ameide/publisher-kit';
import { type BaseVersion, compareBase, parseBase } from '@ameide/versioning-core';
import { isMarked } from '../run/marks.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { ListedRun } from '../run/version-lists.ts';
import { hasDefinition } from '../trace/definition-at-commit.ts';

interface Question {
  readonly repository: Repository;
  readonly definitionFile: string | undefined;
  /** The commits of the version tags, by the version. */
  readonly tagged: ReadonlyMap<string, string>;
  readonly to: BaseVersion;
  /** The commit of the release that people should get. */
  readonly toSha: string;
}

/**
 * Returns the releases and candidates above `to` that this repository made after it: an older checkout must not
 * take them back. What another tool published before has commits before `to`, or on branches without a definition,
 * or none that this clone has. Leaves out what is withdrawn already.
 */
export async function laterReleases(
  lists: readonly ListedRun[],
  question: Question,
): Promise<ReadonlySet<string>> {
  const { tagged, to } = question;
  const candidates = lists.flatMap(({ list }) =>
    (list?.versions ?? []).flatMap((listed) => {
      const { coordinate, sha } = listed;
      const { tagged: version } = versionFacts(coordinate);
      if (version === undefined || isMarked(listed) || !isAbove(version, to)) return [];
      const commit = tagged.get(version) ?? sha;
      if (commit === undefined) return [];
      // A mirror names our commits; in its own repository, a module's tags may be of any tool.
      const isOurs = coordinate.ecosystem === 'go' && list?.isPartial !== true && sha !== undefined;
      return [{ version, commit, isOurs }];
    }),
  );
  const later = await inParallel(candidates, async (one) =>
    (await isLater(one, question)) ? [one.version] : [],
  );
  return new Set(later.flat());
}

function isAbove(version: string, to: BaseVersion): boolean {
  const [base = ''] = version.split('-');
  return compareBase(parseBase(base), to) > 0;
}

async function isLater(
  { commit, isOurs }: { readonly commit: string; readonly isOurs: boolean },
  { definitionFile, repository, toSha }: Question,
): Promise<boolean> {
  const relation = await repository.history().relation(toSha, commit);
  if (relation === 'unknown') return isOurs;
  if (relation !== 'diverged') return relation === 'ancestor';
  return (
    isOurs ||
    definitionFile === undefined ||
    (await hasDefinition(definitionFile, repository, commit))
  );
}
