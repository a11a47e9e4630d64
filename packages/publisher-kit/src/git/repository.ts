import type { CommitSha, History, SourceTree } from '@ameide/versioning-core';

/** The reading port of a source repository. Reads only: no ref, index or working tree is ever written. */
export interface Repository {
  /** Absolute path of the top of the working tree. */
  readonly root: string;
  readonly gitDirectory: string;
  /** True when history is cut (`actions/checkout` without `fetch-depth: 0`): versions and ancestry cannot be trusted. */
  isShallow(): Promise<boolean>;
  /** The commit a ref, tag (annotated ones peeled) or abbreviation names. Throws `InvalidInputError` (field `ref`) if none or many. */
  resolve(ref: string): Promise<CommitSha>;
  /** Committer time, Unix seconds (`%ct`). */
  commitTime(sha: string): Promise<number>;
  /** `refs/heads/main`, or undefined when HEAD is detached. */
  currentBranch(): Promise<string | undefined>;
  /** Names of the tags on exactly this commit. */
  tagsAt(sha: string): Promise<readonly string[]>;
  /** Names of the tags on this commit or an ancestor. */
  mergedTags(sha: string): Promise<readonly string[]>;
  /** Paths that differ from HEAD or are untracked and not ignored. */
  dirtyPaths(): Promise<readonly string[]>;
  /** The `origin` remote as an https URL without credentials and `.git`, or undefined. */
  remoteUrl(): Promise<string | undefined>;
  source(sha: CommitSha): SourceTree;
  history(): History;
  /** Writes the commit's files below an existing empty directory, as `git archive` would without export-subst. */
  exportTree(sha: CommitSha, directory: string): Promise<void>;
}
