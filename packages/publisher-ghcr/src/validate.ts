import { shownPath } from '@ameide/publisher-kit';
import { type Problem, type ProblemKind, pathIn, problem } from '@ameide/versioning-core';
import { followLinks, type Links } from './folder/links.ts';

/** A file or link that an image holds or would hold. */
interface ImageFile {
  /** Relative to `directory`. */
  readonly path: string;
  /** Of a symbolic link: where it points, as it is written. */
  readonly target?: string;
}

interface ImageFiles {
  /** For the messages: `oci:ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly project: string;
  /** Where the files are in the repository, or `''`. */
  readonly directory: string;
  readonly files: readonly ImageFile[];
  /** Repository paths of links that are meant as they are. */
  readonly allow: readonly string[];
  /** `input` for files of the commit, `incomplete` for what was built. */
  readonly kind: ProblemKind;
}

/**
 * What an image cannot hold, or not as it is in the repository. Codes: `ghcr-whiteout`, `ghcr-link`.
 * Pure.
 */
export function imageFileProblems(input: ImageFiles): readonly Problem[] {
  const { project, directory, files, allow, kind } = input;
  const links: Links = new Map(
    files.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target]])),
  );
  return files.flatMap(({ path }) => {
    const where = pathIn(directory, path);
    const about = { kind, path: where, rerun: 'after-fix' } as const;
    if (isWhiteout(path)) return [problem({ ...whiteout(project, where), ...about })];
    const why = allow.includes(where) ? undefined : whyLinkBreaks(links, path);
    return why === undefined ? [] : [problem({ ...brokenLink(project, where, why), ...about })];
  });
}

/** Folders that are never part of an image made from files. */
const LEFT_OUT = new Set(['.git', 'node_modules']);

/** True for a path that an image always leaves out. */
export function isLeftOut(path: string): boolean {
  return path.split('/').some((part) => LEFT_OUT.has(part));
}

/** OCI image-spec, layer.md, "Whiteouts": such a name says that a file of a layer below is gone. */
function isWhiteout(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.wh.'));
}

function whiteout(project: string, path: string): { code: string; message: string; hint: string } {
  return {
    code: 'ghcr-whiteout',
    message: `${project} would hold ${shownPath(path)}, and an image takes a name that begins with .wh. for the removal of a file.`,
    hint: 'Rename it, or leave it out.',
  };
}

/** A link that is dead in the repository as well is the same in an image. */
function whyLinkBreaks(links: Links, path: string): string | undefined {
  if (!links.has(path)) return undefined;
  const end = followLinks(links, path);
  if (end?.leaves === true) return 'leads out of the directory';
  return end !== undefined && isLeftOut(end.path)
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
    message: `${project} would hold the link ${shownPath(path)}, which ${why}: in the image it leads elsewhere.`,
    hint: `Put the file in its place. If the link is meant as it is: allow: ['${path}'].`,
  };
}
