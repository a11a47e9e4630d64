import { settleAll } from '@ameide/publisher-kit';
import { refuseShallow } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  formatCoordinate,
  InvalidInputError,
  isOurs,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import { findingProblems } from '../run/findings.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { openDefinition } from '../run/open-definition.ts';
import { type PublisherRun, statesOf } from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';
import { builds } from '../trace/builds.ts';
import type { TraceOptions } from '../trace/trace.ts';
import { type ReleasedArtifact, releasedArtifacts } from './released.ts';
import { type ConsumeTarget, type TargetCommit, targetCommits } from './target-commit.ts';
import { isWithdrawnProblem, readMarks } from './withdrawn.ts';

/** A release of which the registries have everything, or why not. */
export interface FoundRelease {
  readonly sha: CommitSha;
  readonly kind: 'release' | 'candidate' | 'dev';
  /** As npm has it: `0.2.0`, `0.2.1-dev.20251113153211`. */
  readonly version: string;
  readonly artifacts: readonly ReleasedArtifact[];
  /** If there is any, nothing may be written. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

interface FindOptions extends TraceOptions {
  /** Ids of publishers. Default: all. */
  readonly only: readonly string[];
}

/**
 * Asks the registries for everything that was published from the commit of a target; without one, of the highest release
 * that no registry says is withdrawn. Throws `InvalidInputError` if there is no such commit, or nothing can be named there.
 */
export async function findRelease(
  target: ConsumeTarget,
  options: FindOptions,
): Promise<FoundRelease> {
  const { repository } = options;
  await refuseShallow(repository);
  const passedOver: Asked[] = [];
  const isNamed = target.version !== undefined || target.sha !== undefined;
  for (const commit of await targetCommits(target, options)) {
    const asked = await askForAny(commit, target, options);
    const { found, withdrawn } = asked;
    const notes = [...found.notes, ...passedOver.map(passedOverNote)];
    if (withdrawn.length === 0) return { ...found, notes };
    if (target.allowWithdrawn === true)
      return { ...found, notes: [...notes, withdrawnText(asked)] };
    if (isNamed) return refused(asked);
    passedOver.push(asked);
  }
  const [highest, ...others] = passedOver;
  if (highest === undefined) throw new Error('a target has at least one commit');
  return refused(highest, others);
}

/** A release, and what registries say against it. */
interface Asked {
  readonly found: FoundRelease;
  readonly withdrawn: readonly string[];
}

function refused(asked: Asked, others: readonly Asked[] = []): FoundRelease {
  const { found } = asked;
  const problems = [...found.problems, isWithdrawnProblem(withdrawnText(asked))];
  return { ...found, problems, notes: [...found.notes, ...others.map(passedOverNote)] };
}

function withdrawnText({ found, withdrawn }: Asked): string {
  return `${found.version} is withdrawn: ${withdrawn.join(', ')}.`;
}

function passedOverNote(asked: Asked): string {
  return `${withdrawnText(asked)} It was passed over.`;
}

/** As a release if that is what the target means, else as any build that may have been made of the commit. */
async function askForAny(
  { sha, tag }: TargetCommit,
  target: ConsumeTarget,
  options: FindOptions,
): Promise<Asked> {
  const possible = await builds(options.repository, sha, options.definition);
  const commits = possible.commits.filter(
    ({ ref }) => tag === undefined || ref === `refs/tags/${tag}`,
  );
  let first: Asked | undefined;
  for (const commit of commits) {
    const asked = await askFor(commit, options);
    if (asked.found.problems.length === 0 || target.sha === undefined) return asked;
    first ??= asked;
  }
  if (first !== undefined) return first;
  throw new InvalidInputError(
    {
      field: target.version === undefined ? 'sha' : 'version',
      received: target.version ?? sha,
      expected: 'a commit at which the artifacts of this release can be named',
      ...(possible.notes.length === 0 ? {} : { hint: possible.notes.join('; ') }),
    },
    'nothing-to-ask',
  );
}

async function askFor(commit: Commit, options: FindOptions): Promise<Asked> {
  const { only, ...surroundings } = options;
  const { definition, repository } = options;
  const opened = await openDefinition(definition, commit, repository, { only });
  const { canonical, channel, versions } = commit;
  const base = {
    sha: canonical.sha,
    kind: channel.kind === 'pull-request' ? ('dev' as const) : channel.kind,
    version: versions.npm.version,
    notes: commit.note === undefined ? [] : [commit.note],
  };
  if (opened.problems.length > 0 || opened.runs.length === 0)
    return { found: { ...base, artifacts: [], problems: opened.problems }, withdrawn: [] };
  const subject = { command: 'consume', commit, runs: opened.runs, sha: canonical.sha } as const;
  const asked = await inObservedContext(subject, surroundings, async (context) => {
    const runs = await settleAll(opened.runs.map(async (run) => readRegistry(run, context)));
    const unfit = runs.flatMap(notConsumable);
    const marks = await readMarks(runs, context);
    const problems = [...unfit, ...marks.problems];
    const status = statusOf(problems);
    return { runs, problems, marks, status, exitCode: EXIT_CODES[status] };
  });
  const { marks, problems, runs } = asked;
  const notes = [...base.notes, ...marks.notes];
  const found = { ...base, artifacts: releasedArtifacts(runs), problems, notes };
  return { found, withdrawn: marks.withdrawn };
}

/** Why files must not ask for what a publisher made of the commit. */
function notConsumable({ findings, problems }: PublisherRun): readonly Problem[] {
  if (findings.length === 0) return problems;
  return findings.flatMap((finding): readonly Problem[] => {
    const states = statesOf(finding);
    if (states.every(isOurs)) return [];
    const reasons = findingProblems(finding);
    return reasons.length > 0 ? reasons : [notPublished(formatCoordinate(finding.coordinate))];
  });
}

function notPublished(coordinate: string): Problem {
  return problem({
    code: 'consume-not-published',
    kind: 'incomplete',
    message: `${coordinate} is not on its registry, or not with all its files.`,
    hint: 'Publish it (ameide-release publish), or wait until the registry shows it. To leave it out, name the others with --only.',
    coordinate,
  });
}
