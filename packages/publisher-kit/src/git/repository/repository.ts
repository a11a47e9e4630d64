import type {
  AncestorTag,
  CommitSha,
  History,
  MissingContent,
  Result,
  SourceFiles,
  SourceTree,
} from '@ameide/versioning-core';
import type { Origin } from './origin.ts';

/** A line that makes git ignore a path. */
export interface IgnoreRule {
  /**
   * A .gitignore, relative to the repository's root; else the absolute path of `.git/info/exclude`, or of what
   * `core.excludesFile` names, which others do not have.
   */
  readonly source: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Reads a source repository. Never writes a ref, the index or the working tree. Reads HEAD and the
 * tags once, so one Repository always shows the same state.
 */
export interface Repository {
  /**
   * Absolute path of the top of the working tree, or of the git directory if the repository is
   * bare.
   */
  readonly root: string;
  /** Absolute. A linked worktree has its own. */
  readonly gitDirectory: string;
  /**
   * True if the history is cut off (`actions/checkout` without `fetch-depth: 0`), so that versions
   * and ancestry would be wrong.
   */
  isShallow(): Promise<boolean>;
  /**
   * Returns the commit that a full ref, a short name or an abbreviated id names; tags are peeled.
   * Looks names up exactly: a full ref means that ref alone. Throws `InvalidInputError` (field
   * `ref`) if the name means no commit, or several.
   */
  resolve(ref: string): Promise<CommitSha>;
  /**
   * Returns the committer time, Unix seconds (`%ct`). Throws `InvalidInputError` (field `sha`) if
   * there is no such commit.
   */
  commitTime(sha: string): Promise<number>;
  /**
   * Returns the first line of the commit's message, `''` if it has none. Throws `InvalidInputError`
   * (field `sha`) if there is no such commit.
   */
  subject(sha: string): Promise<string>;
  /**
   * Returns the commits up to HEAD that changed a file, the newest first, and its path at each: back
   * through renames, if git sees them, and not to the file that it is a copy of. Follows first parents,
   * so that a merge is one change: what a branch had, not what was tried before it was merged. None for
   * a file that was never committed. `path` is relative to the root.
   */
  fileHistory(path: string): Promise<readonly FileChange[]>;
  /**
   * Returns how many commits HEAD has that this one does not have: 0 for HEAD itself. Undefined if this clone
   * does not have the commit, or its history is cut off.
   */
  commitsSince(sha: string): Promise<number | undefined>;
  /** `refs/heads/main`, or undefined when HEAD names no branch. */
  currentBranch(): Promise<string | undefined>;
  /** Returns every tag of a commit, sorted by name. */
  tags(): Promise<readonly AncestorTag[]>;
  /** Names of the tags on exactly this commit, sorted. */
  tagsAt(sha: string): Promise<readonly string[]>;
  /**
   * Lists paths that differ from HEAD, or are untracked and not ignored (an untracked directory as
   * one path with a trailing `/`). Runs `git status`, which starts the clean filters of the user's
   * configuration.
   */
  dirtyPaths(): Promise<readonly string[]>;
  /**
   * The files of the working tree as they are now: those that git tracks, and new ones that it does not
   * ignore; a link has no text. Empty if the repository is bare. What is published is read from
   * `source`; this is for what helps to edit the repository.
   */
  workingTree(): SourceFiles;
  /** The rule because of which git leaves a path, relative to the root, out of commits; undefined if there is none. */
  ignoredBy(path: string): Promise<IgnoreRule | undefined>;
  /** Returns the remote that the clone comes from, to compare it (`isSameRepository`). */
  origin(): Promise<Origin | undefined>;
  /**
   * Returns the `origin` remote as an https URL without credentials and `.git`, or undefined (see
   * `sourceUrl`).
   */
  remoteUrl(): Promise<string | undefined>;
  /** `options` must be those for `checkout`: they decide what `missingContent` reports. */
  source(sha: CommitSha, options?: CheckoutOptions): SourceTree;
  history(): History;
  /**
   * Lays the commit out in an existing empty directory, as `createCheckout` does: a real checkout
   * with its own `.git`. Returns the files whose content is missing; `source` reports them from
   * then on, too. A failed fetch is a problem. Throws `InvalidInputError` (`no-checkout`,
   * `unsafe-path`, `submodule-refused`) if git, or our rule for fetching, refuses.
   */
  checkout(
    sha: CommitSha,
    directory: string,
    options?: CheckoutOptions & { readonly signal?: AbortSignal },
  ): Promise<Result<readonly MissingContent[]>>;
  /** Ends the git process that reads objects. Later reads fail. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One commit that changed a file. */
export interface FileChange {
  readonly sha: CommitSha;
  /** The file's path at that commit. */
  readonly path: string;
}

export interface CheckoutOptions {
  /** Fetches the submodules that the clone lacks. Otherwise their folders stay empty. */
  readonly submodules?: boolean | undefined;
}
