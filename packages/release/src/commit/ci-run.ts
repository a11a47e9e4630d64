import { type CommitSha, classifyRef } from '@ameide/versioning-core';

/** The variables of `process.env`, where CI systems say what a run is for. */
export type RunEnvironment = Readonly<Record<string, string | undefined>>;

/** What a CI run was started for. */
export interface CiRun {
  /** The ref that decides the channel. Absent if the clone decides. */
  readonly ref?: string;
  /**
   * In a pull request: the commit that its author pushed. GITHUB_SHA, which is checked out, is a
   * merge of it that exists only in this run.
   */
  readonly head?: CommitSha;
  /** Present if the checked-out commit may be anybody's. */
  readonly limit?: CommitLimit;
}

/** Which commits are known to be the repository's own, in a run that anybody may start. */
interface CommitLimit {
  readonly commits: readonly OwnCommit[];
  /** Why no other commit is published, for people. */
  readonly reason: string;
}

/** A commit that somebody with write access put into the repository. */
export interface OwnCommit {
  readonly sha: string;
  /** The ref that the run is for, in full. */
  readonly ref?: string;
  /** Or its short name, if the CI system does not say whether it is a branch or a tag. */
  readonly name?: string;
}

export const NOT_MERGED = 'a pull request, or what a merge queue tests, is not published';

/**
 * Returns why this commit may not be published in this run, because it may be a stranger's; else
 * undefined.
 */
export function notOwn({ limit, ref }: CiRun, sha: string | undefined): string | undefined {
  if (limit !== undefined && !limit.commits.some((own) => own.sha === sha)) return limit.reason;
  return ref !== undefined && isPullRequest(ref) ? NOT_MERGED : undefined;
}

/** False for anything else, too: a variable may have any value, and tags may have any prefix. */
export function isPullRequest(ref: string): boolean {
  try {
    return classifyRef(ref).kind === 'pull-request';
  } catch {
    return false;
  }
}
