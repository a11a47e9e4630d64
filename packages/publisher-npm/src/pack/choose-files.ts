import type { JsonObject } from '@ameide/source-files/json';
import type { PackageManager } from '@ameide/source-files/npm';
import { bunFiles } from './bun/files.ts';
import { npmFiles } from './npm-files.ts';
import { pnpmFiles } from './pnpm-files.ts';
import { yarnFiles } from './yarn/files.ts';

/** A folder from which files are chosen for a package. */
export interface PackageFolder {
  /** Absolute: a checkout, or a layout that has only the names of its files. */
  readonly root: string;
  /** The folder to pack, relative to the root; `''` for the root itself. */
  readonly directory: string;
  /** The root of the package's workspace, in the same form. */
  readonly workspaceRoot: string;
  /** True for a package of the workspace: ignore files between its root and it may count. */
  readonly isMember: boolean;
  /**
   * True if a project of the workspace publishes this folder: as its own or as
   * `publishConfig.directory`.
   */
  readonly isOfProject: boolean;
  /** True for the folder of a project of the workspace. */
  isProject(directory: string): boolean;
  /** If this is the root of an npm workspace: the directories of its packages. */
  readonly members?: readonly string[];
  /** The tool whose choice counts. */
  readonly packer: PackageManager;
  /** What that tool writes for itself in the workspace, relative to the root. Yarn never packs it. */
  readonly toolFiles: readonly string[];
}

/** A package.json. */
export interface Manifests {
  /** As it is in the folder. */
  readonly source: JsonObject;
  /** As it is published. */
  readonly published: JsonObject;
}

/** A file of the package. */
export interface ChosenFile {
  /** The path in the package. */
  readonly path: string;
  /** The path in the repository. */
  readonly from: string;
  /** Absent if it is executable in the package when it is in the folder. */
  readonly executable?: boolean;
}

/** Returns all files of a package, except package.json. */
type FileChooser = (folder: PackageFolder, manifests: Manifests) => Promise<readonly ChosenFile[]>;

const CHOOSERS: Readonly<Record<PackageManager, FileChooser>> = {
  npm: npmFiles,
  pnpm: pnpmFiles,
  yarn: yarnFiles,
  bun: bunFiles,
};

/**
 * Chooses the files that the repository's own package manager would pack with this manifest, except
 * package.json. How each tool chooses was observed by running it (test/pack). Leaves out links,
 * FIFOs and devices: npm never packs them, and clients drop the links that pnpm and Yarn pack.
 */
export async function chooseFiles(
  folder: PackageFolder,
  manifests: Manifests,
): Promise<readonly ChosenFile[]> {
  return CHOOSERS[folder.packer](folder, manifests);
}
