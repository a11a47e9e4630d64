import type { Repository } from '@ameide/publisher-kit/git';
import {
  type CommitSha,
  compareBase,
  formatVersionTag,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import type { ReleaseDefinition } from '../definition/definition.ts';

/** What is to be consumed: at most one of the first two. */
export interface ConsumeTarget {
  /** `X.Y.Z` or `X.Y.Z-rc.N`: the commit of its tag. Default: the highest X.Y.Z that has a tag and is not withdrawn. */
  readonly version?: string;
  /** A commit: as a release if it has a tag, else as a dev build. */
  readonly sha?: string;
  /** True to take a release also if a registry says that it is withdrawn. */
  readonly allowWithdrawn?: boolean;
}

/** A commit to ask for, and the tag that names it. */
export interface TargetCommit {
  readonly sha: CommitSha;
  readonly tag?: string;
}

interface Asked {
  readonly repository: Repository;
  readonly definition: Pick<ReleaseDefinition, 'tagPrefix'>;
}

/** The commits to ask for: the named one, else those of all releases, the highest first. Throws `InvalidInputError`. */
export async function targetCommits(
  { sha, version }: ConsumeTarget,
  { definition: { tagPrefix }, repository }: Asked,
): Promise<readonly TargetCommit[]> {
  if (version === undefined && sha === undefined) return releaseTags(repository, tagPrefix);
  const named =
    sha === undefined
      ? undefined
      : await resolve(repository, sha, 'sha', sha, 'a commit of this clone');
  if (version === undefined) return named === undefined ? [] : [{ sha: named }];
  const tag = versionTag(version, tagPrefix);
  const expected = `a version that is released: this clone has no tag ${tag}`;
  const commit = await resolve(repository, `refs/tags/${tag}`, 'version', version, expected);
  if (named === undefined || named === commit) return [{ sha: commit, tag }];
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

async function releaseTags(
  repository: Repository,
  prefix: string | undefined,
): Promise<readonly TargetCommit[]> {
  const found = (await repository.tags()).flatMap(({ sha, tag }) => {
    const channel = parseVersionTag(tag, prefix);
    return channel?.kind === 'release' ? [{ channel, sha }] : [];
  });
  if (found.length === 0)
    throw new InvalidInputError({
      field: 'version',
      expected: `a release: this clone has no tag ${prefix ?? 'v'}X.Y.Z`,
      hint: 'Fetch the tags (git fetch --tags), or name a commit that was published: --sha.',
    });
  return found
    .toSorted((one, other) => compareBase(other.channel.base, one.channel.base))
    .map(({ channel, sha }) => ({ sha, tag: formatVersionTag(channel, prefix) }));
}
