import { settleAll } from '@ameide/publisher-kit';
import { type Repository, refuseShallow } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  compareBase,
  formatCoordinate,
  formatVersionTag,
  InvalidInputError,
  isOurs,
  type Problem,
  parseVersionTag,
  problem,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { EXIT_CODES, statusOf } from '../report/status.ts';
import { findingProblems } from '../run/findings.ts';
import { inObservedContext } from '../run/observed-context.ts';
import { openDefinition } from '../run/open-definition.ts';
import { type PublisherRun, statesOf } from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';
import { builds } from '../trace/builds.ts';
import type { TraceOptions } from '../trace/trace.ts';
import { type ReleasedArtifact, releasedArtifacts } from './released.ts';

/** What is to be consumed: at most one of the two. */
export interface ConsumeTarget {
  /** `X.Y.Z` or `X.Y.Z-rc.N`: the commit of its tag. Default: the highest X.Y.Z that has a tag. */
  readonly version?: string;
  /** A commit: as a release if it has a tag, else as a dev build. */
  readonly sha?: string;
}

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
 * Asks the registries for everything that was published from the commit of a target. Throws `InvalidInputError` if
 * there is no such commit, or nothing can be named there.
 */
export async function findRelease(
  target: ConsumeTarget,
  options: FindOptions,
): Promise<FoundRelease> {
  const { definition, repository } = options;
  await refuseShallow(repository);
  const { sha, tag } = await commitOf(target, options);
  const possible = await builds(repository, sha, definition);
  const commits = possible.commits.filter(
    ({ ref }) => tag === undefined || ref === `refs/tags/${tag}`,
  );
  let first: FoundRelease | undefined;
  for (const commit of commits) {
    const found = await askFor(commit, options);
    if (found.problems.length === 0 || target.sha === undefined) return found;
    first ??= found;
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

async function commitOf(
  { sha, version }: ConsumeTarget,
  { definition, repository }: Pick<FindOptions, 'definition' | 'repository'>,
): Promise<{ readonly sha: CommitSha; readonly tag?: string }> {
  if (version === undefined && sha !== undefined)
    return { sha: await resolve(repository, sha, 'sha', sha, 'a commit of this clone') };
  const tag =
    version === undefined
      ? await newestTag(repository, definition)
      : versionTag(version, definition.tagPrefix);
  const expected = `a version that is released: this clone has no tag ${tag}`;
  const commit = await resolve(repository, `refs/tags/${tag}`, 'version', version ?? tag, expected);
  if (sha === undefined) return { sha: commit, tag };
  const other = await resolve(repository, sha, 'sha', sha, 'a commit of this clone');
  if (other === commit) return { sha: commit, tag };
  throw new InvalidInputError({
    field: 'sha',
    received: sha,
    expected: `the commit of version ${version}, ${commit}, or --version alone`,
  });
}

async function resolve(
  repository: Repository,
  ref: string,
  field: string,
  received: string,
  expected: string,
): Promise<CommitSha> {
  try {
    return await repository.resolve(ref);
  } catch (error) {
    if (!(error instanceof InvalidInputError && error.field === 'ref')) throw error;
    throw error.with({ field, received, expected });
  }
}

function versionTag(version: string, prefix: string | undefined): string {
  const channel = parseVersionTag(`${prefix ?? 'v'}${version}`, prefix);
  if (channel !== undefined) return formatVersionTag(channel, prefix);
  throw new InvalidInputError({
    field: 'version',
    received: version,
    expected: 'a version X.Y.Z or X.Y.Z-rc.N, for example 0.1.0',
    hint: 'A dev build is named by its commit: --sha.',
  });
}

async function newestTag(
  repository: Repository,
  { tagPrefix }: ReleaseDefinition,
): Promise<string> {
  const [newest] = (await repository.tags())
    .flatMap(({ tag }) => {
      const channel = parseVersionTag(tag, tagPrefix);
      return channel?.kind === 'release' ? [channel] : [];
    })
    .toSorted((one, other) => compareBase(other.base, one.base));
  if (newest !== undefined) return formatVersionTag(newest, tagPrefix);
  throw new InvalidInputError({
    field: 'version',
    expected: `a release: this clone has no tag ${tagPrefix ?? 'v'}X.Y.Z`,
    hint: 'Fetch the tags (git fetch --tags), or name a commit that was published: --sha.',
  });
}

async function askFor(commit: Commit, options: FindOptions): Promise<FoundRelease> {
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
    return { ...base, artifacts: [], problems: opened.problems };
  const subject = { command: 'consume', commit, runs: opened.runs, sha: canonical.sha } as const;
  const asked = await inObservedContext(subject, surroundings, async (context) => {
    const runs = await settleAll(opened.runs.map(async (run) => readRegistry(run, context)));
    const problems = runs.flatMap(notConsumable);
    const status = statusOf(problems);
    return { runs, problems, status, exitCode: EXIT_CODES[status] };
  });
  return { ...base, artifacts: releasedArtifacts(asked.runs), problems: asked.problems };
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
