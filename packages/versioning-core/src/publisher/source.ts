import type { CommitSha } from '../canonical/sha.ts';

/** A tag of the repository. */
export interface SourceTag {
  /** Its name without `refs/tags/`: `v0.1.0`, `packages/sdk/v0.1.0-rc.1`. */
  readonly tag: string;
  /** The commit that it names (peeled); absent if it names another kind of object. */
  readonly sha?: CommitSha;
}

/** A tag on the commit or on an ancestor of it. */
export interface AncestorTag extends SourceTag {
  readonly sha: CommitSha;
}

/**
 * The files of a repository, for reading: of a commit, or of a working tree. Paths are relative to the
 * repository's root, with `/`.
 */
export interface SourceFiles {
  /** Returns a file's text (UTF-8, without a BOM), or undefined if there is no such file. */
  readText(path: string): Promise<string | undefined>;
  /** Returns a file's bytes, or undefined if there is no such file. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /**
   * Lists every file below a directory (`''` for all), sorted by bytes. In a name that is not
   * UTF-8, U+FFFD replaces the bad bytes; such a file can be listed but not read.
   */
  list(directory: string): Promise<readonly SourceFile[]>;
}

export interface SourceFile {
  readonly path: string;
  readonly mode: 'file' | 'executable' | 'symlink' | 'submodule';
}

/**
 * The tree of the released commit, for reading. Publishers read manifests from it in `open`, never
 * from the working tree, so uncommitted changes have no effect.
 */
export interface SourceTree extends SourceFiles {
  readonly sha: CommitSha;
  list(directory: string): Promise<readonly TreeFile[]>;
  /** Returns the target of a symbolic link as written, or undefined if the path is not a link. */
  readLink(path: string): Promise<string | undefined>;
  /**
   * Lists the files below a directory that a checkout would lack, because this clone does not have
   * their content. Offline.
   */
  missingContent(directory: string): Promise<readonly MissingContent[]>;
  /** The git object id of a directory's tree, or undefined when there is no such directory. */
  treeId(directory: string): Promise<string | undefined>;
  /** Returns every tag of the repository, sorted by name. */
  tags(): Promise<readonly SourceTag[]>;
  /**
   * Returns every tag on the commit or on an ancestor of it, sorted by name; with `among`, only tags of
   * these names. The cost grows with the history back to the oldest of the tags. Needs a full clone; an
   * earlier step refuses a shallow one.
   */
  ancestorTags(among?: readonly string[]): Promise<readonly AncestorTag[]>;
  /** Returns the committer time of any commit in this repository, Unix seconds. */
  commitTime(sha: string): Promise<number>;
  /** Returns the tree of another commit in the same repository. */
  at(sha: CommitSha): SourceTree;
  /**
   * Absolute path of the source repository's git directory, for publishers that pass objects to git
   * (a Go mirror). Only for reading.
   */
  readonly gitDirectory: string;
}

export interface TreeFile extends SourceFile {
  readonly objectId: string;
}

/** A file of the commit whose content the clone does not have. */
export interface MissingContent {
  readonly path: string;
  /**
   * `lfs`: a Git LFS pointer without its object. `submodule`: its commit was not fetched.
   * `partial-clone`: a filter of `git clone` left the file out.
   */
  readonly reason: 'lfs' | 'submodule' | 'partial-clone';
}

/** How two commits of the source repository relate. `unknown` if the clone lacks one of them. */
export type Relation = 'same' | 'ancestor' | 'descendant' | 'diverged' | 'unknown';

/** Answers questions about the ancestry of commits. `promote` asks before it moves a pointer. */
export interface History {
  /** Returns how `a` relates to `b`: `ancestor` if `b` was built on `a`. */
  relation(a: string, b: string): Promise<Relation>;
}
