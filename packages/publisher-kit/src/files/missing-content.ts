import {
  type MissingContent,
  type Problem,
  problem,
  type SourceTree,
  type TreeFile,
} from '@ameide/versioning-core';
import { FETCH_ALL } from '../git/repository/partial-clone.ts';
import { allowOption, shownPath } from './shown-path.ts';

/** Asks once, for the folder that contains all of the files. */
export async function missingAmong(
  files: readonly TreeFile[],
  source: SourceTree,
): Promise<readonly MissingContent[]> {
  const [first] = files;
  if (first === undefined) return [];
  const shared = files.reduce<readonly string[]>(
    (folder, { path }) => commonFolder(folder, path),
    first.path.split('/').slice(0, -1),
  );
  return source.missingContent(shared.join('/'));
}

function commonFolder(folder: readonly string[], path: string): readonly string[] {
  const parts = path.split('/');
  const end = folder.findIndex((part, index) => parts[index] !== part);
  return end === -1 ? folder : folder.slice(0, end);
}

export function isAbsent({ reason }: MissingContent): boolean {
  return reason === 'partial-clone';
}

/** A pointer or an empty folder can be published as it is. A file without content cannot. */
export function isAllowed(missing: MissingContent, allow: readonly string[]): boolean {
  return !isAbsent(missing) && allow.includes(missing.path);
}

/** A partial clone may lack thousands of files, so they are one problem. */
export function missingProblems(
  project: string,
  missing: readonly MissingContent[],
): readonly Problem[] {
  const absent = missing.filter(isAbsent).map(({ path }) => path);
  return [
    ...missing.flatMap(({ path, reason }) =>
      reason === 'partial-clone' ? [] : [missingContentProblem(project, { path, reason })],
    ),
    ...(absent.length === 0 ? [] : [partialCloneProblem(`${project} would publish`, absent)]),
  ];
}

/**
 * Reports files in a folder whose content this clone lacks, for a publisher that knows only after
 * the build which files it publishes. `isUnseen` is true for files that the build ignores.
 */
export async function validateFolderContent(
  source: SourceTree,
  project: string,
  directory: string,
  allow: readonly string[] = [],
  isUnseen: (path: string) => boolean = () => false,
): Promise<readonly Problem[]> {
  const missing = await source.missingContent(directory);
  return missingProblems(
    project,
    missing.filter((one) => !isAllowed(one, allow) && !isUnseen(one.path)),
  );
}

/**
 * The problem of a file whose content this clone lacks. Codes `lfs-content-missing`,
 * `submodule-missing`.
 */
export function missingContentProblem(
  project: string,
  { path, reason }: { readonly path: string; readonly reason: 'lfs' | 'submodule' },
): Problem {
  return reason === 'lfs'
    ? problem({
        code: 'lfs-content-missing',
        kind: 'input',
        message: `${project} would publish ${shownPath(path)}, whose content is in Git LFS and not in this clone.`,
        hint: `Fetch it: git lfs fetch (actions/checkout: lfs: true); git lfs fsck finds content that is damaged. If the pointer is meant to be published: ${allowOption(path)}.`,
        path,
      })
    : problem({
        code: 'submodule-missing',
        kind: 'input',
        message: `${project} would publish the submodule ${shownPath(path)}, whose commit is not in this clone.`,
        hint: `Fetch it: git submodule update --init --recursive (actions/checkout: submodules: recursive), or set submodules: true in the release definition. If consumers do not need it: ${allowOption(path)}.`,
        path,
      });
}

/** A Git LFS pointer that would be published in place of its content. */
export interface PublishedPointer {
  readonly code: string;
  readonly project: string;
  /** In the repository. */
  readonly path: string;
  /** What consumers would get: `go downloads the pointer`. */
  readonly effect: string;
  /** Another way than to keep the file in git. */
  readonly otherWay?: string;
}

/** The problem of a pointer that is published whether or not the clone has the content. */
export function lfsPointerProblem(pointer: PublishedPointer): Problem {
  const { code, effect, otherWay, path, project } = pointer;
  const ways = ['Keep the file in git itself', otherWay].filter((way) => way !== undefined);
  return problem({
    code,
    kind: 'input',
    message: `${project} would publish ${shownPath(path)}, which is a Git LFS pointer: ${effect}.`,
    hint: `${ways.join(', or ')}. If the pointer is meant to be published: ${allowOption(path)}.`,
    path,
  });
}

/**
 * Reports that a program which may read every file would not find all of them: see
 * `partialCloneProblem`. Offline.
 */
export async function validateForProgram(
  source: SourceTree,
  who: string,
): Promise<readonly Problem[]> {
  const absent = (await source.missingContent('')).filter(isAbsent).map(({ path }) => path);
  return absent.length === 0 ? [] : [partialCloneProblem(who, absent)];
}

/**
 * The problem of files that a filter of `git clone` left out. `who` is the message's beginning:
 * `npm:@ameideio/ameide-sdk-ts would publish`. Code `partial-clone`.
 */
function partialCloneProblem(who: string, paths: readonly string[]): Problem {
  const [path = ''] = paths;
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return problem({
    code: 'partial-clone',
    kind: 'input',
    message: `${who} ${shownPath(path)}${others}, whose content this clone lacks.`,
    hint: FETCH_ALL,
    path,
  });
}
