import type { ComponentName } from '@ameide/local-registries';

/** A program and its arguments; never a shell line. */
export type Argv = readonly [string, ...string[]];

/**
 * A small copy of a kind of project that people have. Its files are in `fixtures/<name>`; what git
 * must know besides is said here. Paths are from the repository's root.
 */
export interface Shape {
  readonly name: string;
  /** The situation, in one line. */
  readonly title: string;
  readonly needs: readonly ComponentName[];
  /** Files that our own git would obey (`.gitignore`) or change (CRLF) if they were in `fixtures`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Link to its target, as it is written into the link. */
  readonly links?: Readonly<Record<string, string>>;
  readonly executables?: readonly string[];
  /** Names of files in Latin-1: `third_party/caf\xe9` is not UTF-8. */
  readonly latin1Files?: readonly string[];
  /** Where a submodule is, and the folder of `fixtures` that it holds. */
  readonly submodules?: Readonly<Record<string, string>>;
  /** Clones get the submodules: `git clone --recurse-submodules`. Otherwise their folders stay empty. */
  readonly recurseSubmodules?: boolean;
  /** git-lfs is set up, for the repository and its clones. */
  readonly lfs?: boolean;
  /** Run in the new repository before its first commit. */
  readonly beforeCommit?: readonly Argv[];
  /** Tags besides `v0.1.0`, which every shape has. */
  readonly tags?: readonly string[];
  /** HEAD is one commit after `v0.1.0`, so that a dev build is published. */
  readonly afterRelease?: boolean;
  /** Run at the clone's root before anything is built, by the real tool's user and by us. */
  readonly prepare?: readonly Argv[];
  /** Files in the folder that holds temporary files when we publish. */
  readonly inTemporaryFolder?: Readonly<Record<string, string>>;
  readonly artifacts: readonly ShapeArtifact[];
  /** It cannot be published as it is: the problem must name this path. */
  readonly refusedFor?: string;
}

export type ShapeArtifact = PythonArtifact | NpmArtifact | GoArtifact | ImageArtifact;

export interface PythonArtifact {
  readonly kind: 'python';
  readonly directory: string;
  /** Name of the distribution. */
  readonly name: string;
  /** Files whose content a plugin or a compiler makes from the version or the folder: only their names are compared. */
  readonly namesOnly?: readonly string[];
}

export interface NpmArtifact {
  readonly kind: 'npm';
  readonly directory: string;
  readonly name: string;
  /** Whose `pack` is right. */
  readonly tool: 'npm' | 'pnpm' | 'yarn';
  readonly build?: Argv;
  /** Run in the clone before `build`: what a maintainer does for the version. */
  readonly versionBy?: Argv;
}

export interface GoArtifact {
  readonly kind: 'go';
  readonly directory: string;
  /** Module path. */
  readonly name: string;
  /** Published as a repository of its own, not by a tag in place. */
  readonly mirror?: boolean;
}

export interface ImageArtifact {
  readonly kind: 'image';
  readonly name: string;
  /** The build context. */
  readonly directory: string;
  /** Dockerfile, from the context. */
  readonly file?: string;
}

/** Path to content. A text stands for itself, other bytes are `sha256:…`, a link is `-> target`. */
export type Files = Readonly<Record<string, string>>;

/** `acme_sdk-py3-none-any.whl` or another file's name without its version, to its files. */
export type Archives = Readonly<Record<string, Files>>;
