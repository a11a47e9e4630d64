import { inParallel } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { readEntry } from '../map/read-entry.ts';
import type { RunContext } from '../run/context.ts';
import { commitTimeOf, type Entry, type EntryFacts, taggedVersions } from '../run/entries.ts';
import type { ReleasedCommit } from './decide.ts';
import type { OwnProblem } from './remove-builds.ts';

export interface ReleasedCommits {
  readonly commits: readonly ReleasedCommit[];
  /** Why the commit of a release is not known: a dev build of it could go. */
  readonly problems: readonly OwnProblem[];
}

/**
 * Returns the commits of the version tags, and those of the releases and candidates that registries
 * list. A clone may lack a tag: then asks the registry, if its list does not say of which commit a
 * release is.
 */
export async function releasedCommits(
  entries: readonly Entry[],
  facts: EntryFacts,
  context: RunContext,
): Promise<ReleasedCommits> {
  const tagged = taggedVersions(facts);
  const listed = entries.filter(({ facts: own }) => own.channel !== 'dev');
  const untold = listed.filter(
    ({ facts: { tagged: version }, sha }) =>
      sha === undefined && version !== undefined && !tagged.has(version),
  );
  const asked = await inParallel(untold, async (entry) => readEntry(entry, context));
  const shas = new Set([
    ...tagged.values(),
    ...[...listed, ...asked].flatMap(({ sha }) => sha ?? []),
  ]);
  const commits = await inParallel([...shas], async (sha) => ({
    sha,
    time: await commitTimeOf(sha, facts),
  }));
  const own = ({ id }: Entry['run'], problem: Problem): OwnProblem => ({ problem, id });
  const problems = asked.flatMap((one) => one.problems.map((problem) => own(one.run, problem)));
  return { commits, problems };
}
