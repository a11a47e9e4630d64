import type {
  CommitSha,
  History,
  MissingContent,
  Result,
  SourceTree,
} from '@ameide/versioning-core';

/**
 * The reading port of a source repository. Reads only: no ref, index or working tree is ever
 * written. Tags are those of the moment they were first asked for: one Repository shows one state.
 */
export interface Repository {
  /**
   * Absolute path of the top of the working tree; of the git directory when the repository is bare.
   */
  readonly root: string;
  /** Absolute. A linked worktree has one of its own. */
  readonly gitDirectory: string;
  /**
   * True when history is cut (`actions/checkout` without `fetch-depth: 0`): versions and ancestry
   * cannot be trusted.
   */
  isShallow(): Promise<boolean>;
  /**
   * The commit a ref, tag (annotated ones peeled) or abbreviation names. Throws `InvalidInputError`
   * (field `ref`) if none or many.
   */
  resolve(ref: string): Promise<CommitSha>;
  /**
   * Committer time, Unix seconds (`%ct`). Throws `InvalidInputError` (field `sha`) when there is no
   * such commit.
   */
  commitTime(sha: string): Promise<number>;
  /** `refs/heads/main`, or undefined when HEAD is detached. */
  currentBranch(): Promise<string | undefined>;
  /** Names of the tags on exactly this commit, sorted. */
  tagsAt(sha: string): Promise<readonly string[]>;
  /** Names of the tags on this commit or an ancestor, sorted. Throws as `refuseShallow` does. */
  mergedTags(sha: string): Promise<readonly string[]>;
  /**
   * Paths that differ from HEAD, or are untracked and not ignored (an untracked directory as one
   * path that ends in `/`). Asks `git status`, which starts the clean filters that the user's
   * configuration names.
   */
  dirtyPaths(): Promise<readonly string[]>;
  /**
   * The `origin` remote as an https URL without credentials and `.git`, or undefined (see
   * `sourceUrl`).
   */
  remoteUrl(): Promise<string | undefined>;
  /** `options` as `checkout` will get them: they decide what `missingContent` reports. */
  source(sha: CommitSha, options?: CheckoutOptions): SourceTree;
  history(): History;
  /**
   * Lays the commit out in an existing empty directory, as `createCheckout` says: a real checkout,
   * with a `.git` of its own. Returns the files whose content it lacks; the commit's `source` knows
   * of them from then on. A failed fetch is a problem. Throws `InvalidInputError` (`no-checkout`,
   * `unsafe-path`, `submodule-refused`) where git, or the rule for fetching, refuses.
   */
  checkout(
    sha: CommitSha,
    directory: string,
    options?: CheckoutOptions & { readonly signal?: AbortSignal },
  ): Promise<Result<readonly MissingContent[]>>;
  /** Ends the one git process that answers reads. Reading afterwards is an error. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface CheckoutOptions {
  /** Fetch the submodules that the clone lacks. Without it their folders stay empty. */
  readonly submodules?: boolean | undefined;
}
