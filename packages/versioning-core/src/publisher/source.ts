import type { CommitSha } from '../canonical/sha.ts';

/** A tag on the commit or on an ancestor of it. */
export interface AncestorTag {
  /** Its name without `refs/tags/`: `v0.1.0`, `packages/sdk/v0.1.0-rc.1`. */
  readonly tag: string;
  /** The commit it names (peeled). */
  readonly sha: CommitSha;
}

/**
 * The tree of the one commit being released, for reading. Publishers read manifests here, at
 * `open`, and never from the working tree: what is uncommitted does not exist. Paths are relative
 * to the repository root, with `/`.
 */
export interface SourceTree {
  readonly sha: CommitSha;
  /** The file's text (UTF-8, a BOM removed), or undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  /** The file's bytes as they are committed, or undefined when there is no such file. */
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Where a symbolic link points, as it is written; undefined when there is no link of this path. */
  readLink(path: string): Promise<string | undefined>;
  /**
   * Every file below a directory (`''` for all), sorted by byte order. A name that is not UTF-8 has
   * U+FFFD in its place: such a file can be listed, not read.
   */
  list(directory: string): Promise<readonly TreeFile[]>;
  /**
   * What a checkout could not hold of the files below a directory, as this clone lacks their
   * content. Offline.
   */
  missingContent(directory: string): Promise<readonly MissingContent[]>;
  /** The git object id of a directory's tree, or undefined when there is no such directory. */
  treeId(directory: string): Promise<string | undefined>;
  /**
   * Every tag on the commit or on an ancestor of it, sorted by name. Needs a full clone: a shallow
   * one is refused earlier.
   */
  ancestorTags(): Promise<readonly AncestorTag[]>;
  /** Committer time of any commit of this repository, Unix seconds. */
  commitTime(sha: string): Promise<number>;
  /** The same repository seen at another commit. */
  at(sha: CommitSha): SourceTree;
  /**
   * Absolute path of the source repository's git directory: for publishers that hand objects to git
   * itself (a Go mirror). Never written to.
   */
  readonly gitDirectory: string;
}

export interface TreeFile {
  readonly path: string;
  readonly mode: 'file' | 'executable' | 'symlink' | 'submodule';
  readonly objectId: string;
}

/** A file that the commit names and whose content is not in the clone. */
export interface MissingContent {
  readonly path: string;
  /** `lfs`: a Git LFS pointer without its object. `submodule`: its commit was not fetched. */
  readonly reason: 'lfs' | 'submodule';
}

/**
 * How two commits of the source repository relate. `unknown` when one is not in this
 * clone.
 */
export type Relation = 'same' | 'ancestor' | 'descendant' | 'diverged' | 'unknown';

/**
 * Answers ancestry questions about the source repository; `promote` asks it before a pointer moves.
 */
export interface History {
  /** How `a` relates to `b`: `ancestor` when `b` was built on `a`. */
  relation(a: string, b: string): Promise<Relation>;
}
