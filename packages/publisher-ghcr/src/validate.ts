import { allowOption, shownPath } from '@ameide/publisher-kit';
import { isBelow, type Problem, type ProblemKind, pathIn, problem } from '@ameide/versioning-core';
import { followLinks, type Links } from './folder/links.ts';
import { formatPlatform, type Platform } from './image/platform.ts';

/** A file or link that an image contains or would contain. */
interface ImageFile {
  /** Relative to `directory`. */
  readonly path: string;
  /** The target of a symbolic link, as written. */
  readonly target?: string;
}

interface ImageFiles {
  /** The project, for messages: `oci:ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly project: string;
  /** The directory of the files in the repository, or `''`. */
  readonly directory: string;
  readonly files: readonly ImageFile[];
  /** For a path relative to `directory`. */
  readonly isLeftOut: (path: string) => boolean;
  /** Repository paths of links to accept unchanged. */
  readonly allow: readonly string[];
  /** `input` for files of the commit, `incomplete` for built files. */
  readonly kind: ProblemKind;
}

/**
 * Reports files that an image cannot contain, or not as in the repository. Codes: `ghcr-whiteout`,
 * `ghcr-link`. Pure.
 */
export function imageFileProblems(input: ImageFiles): readonly Problem[] {
  const { project, directory, files, allow, isLeftOut, kind } = input;
  const links: Links = new Map(
    files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])),
  );
  const isMissing = (path: string): boolean =>
    isLeftOut(path) && !files.some((file) => file.path === path || isBelow(path, file.path));
  return files.flatMap(({ path }) => {
    const where = pathIn(directory, path);
    const about = { kind, path: where, rerun: 'after-fix' } as const;
    if (isWhiteout(path)) return [problem({ ...whiteout(project, where), ...about })];
    const why = allow.includes(where) ? undefined : whyLinkBreaks(links, path, isMissing);
    return why === undefined ? [] : [problem({ ...brokenLink(project, where, why), ...about })];
  });
}

/** A file of an image, and the architecture of the program or library that it is. */
export interface Program {
  /** In the repository. */
  readonly path: string;
  readonly architecture: string;
}

/**
 * Reports programs in images for platforms that cannot run them. Code `ghcr-foreign-program`. Pure.
 */
export function foreignPrograms(
  project: string,
  programs: readonly Program[],
  platforms: readonly Platform[],
  allow: readonly string[],
  kind: ProblemKind,
): readonly Problem[] {
  return programs.flatMap(({ architecture, path }) => {
    const foreign = platforms.find((platform) => platform.architecture !== architecture);
    if (foreign === undefined || allow.includes(path)) return [];
    return [
      problem({
        code: 'ghcr-foreign-program',
        kind,
        message: `${project} would contain ${shownPath(path)}, a program for linux/${architecture}, in the image for ${formatPlatform(foreign)}.`,
        hint: `Set the option platform, or files for each platform: without them the image is for every platform. If the image is right: ${allowOption(path)}.`,
        path,
        rerun: 'after-fix',
      }),
    ];
  });
}

/** True for a name that a program or a library has; what else holds machine code is data. */
export function mayBeProgram(path: string, isExecutable: boolean): boolean {
  return isExecutable || /\.(?:node|so(?:\.[\d.]+)?)$/.test(path);
}

/**
 * OCI image-spec, layer.md, "Whiteouts": such a name means that a file of a lower layer is deleted.
 */
function isWhiteout(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.wh.'));
}

function whiteout(project: string, path: string): { code: string; message: string; hint: string } {
  return {
    code: 'ghcr-whiteout',
    message: `${project} would contain ${shownPath(path)}, but in an image a name that begins with .wh. removes a file.`,
    hint: 'Rename it, or leave it out.',
  };
}

/**
 * Explains why a link breaks in an image; undefined if it does not. A link that is dead in the
 * repository stays dead.
 */
function whyLinkBreaks(
  links: Links,
  path: string,
  isMissing: (path: string) => boolean,
): string | undefined {
  if (!links.has(path)) return undefined;
  const end = followLinks(links, path);
  if (end?.leaves === true) return 'leads out of the directory';
  return end !== undefined && isMissing(end.path)
    ? `leads to ${shownPath(end.path)}, which is left out`
    : undefined;
}

function brokenLink(
  project: string,
  path: string,
  why: string,
): { code: string; message: string; hint: string } {
  return {
    code: 'ghcr-link',
    message: `${project} would contain the link ${shownPath(path)}, which ${why}: in the image it leads elsewhere.`,
    hint: `Replace the link by the file. To publish the link unchanged: ${allowOption(path)}.`,
  };
}
