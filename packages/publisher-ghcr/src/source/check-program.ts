import { shownPath } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import { followLinks } from '../folder/links.ts';
import type { FolderEntry } from '../folder/list-folder.ts';
import { readProgram } from '../folder/program.ts';
import type { RunOptions } from '../options.ts';
import { programOf } from '../parse-run.ts';

interface ProgramInput {
  readonly project: string;
  /** In the repository. */
  readonly directory: string;
  readonly found: readonly FolderEntry[];
  /** Where the files are in the image: `/opt/sdk/`. */
  readonly root: string;
  readonly run: RunOptions | undefined;
}

/** Why a container cannot start. */
interface Obstacle {
  readonly why: string;
  readonly hint: string;
}

/** Linux's limit for a script whose interpreter is a script. */
const MOST_INTERPRETERS = 5;

/**
 * Reports a program that no container of the image could start: an image of files holds nothing
 * but its files, neither a shell nor a libc. Code `ghcr-entrypoint`.
 */
export async function checkProgram(input: ProgramInput): Promise<readonly Problem[]> {
  const { directory, project, run = {} } = input;
  const program = programOf(run);
  if (program === undefined) return [];
  const obstacle = await obstacleOf(program, input);
  if (obstacle === undefined) return [];
  return [
    problem({
      code: 'ghcr-entrypoint',
      kind: 'incomplete',
      message: `A container of ${project} would run ${shownPath(program)}, which ${obstacle.why}.`,
      hint: obstacle.hint,
      path: directory,
      rerun: 'after-fix',
    }),
  ];
}

async function obstacleOf(program: string, input: ProgramInput): Promise<Obstacle | undefined> {
  const where = `among the files of ${shownPath(input.directory)}`;
  const entry = findEntry(program, input);
  if (entry?.kind !== 'file') return { why: `is not ${where}`, hint: PATH_HINT };
  if (!isExecutable(entry)) return { why: 'is not executable', hint: PATH_HINT };
  let facts = await readProgram(entry.absolute);
  if (facts.system !== undefined)
    return { why: `is a program for ${facts.system}, not for Linux`, hint: SYSTEM_HINT };
  for (let depth = 0; depth < MOST_INTERPRETERS; depth++) {
    const { interpreter, isScript = false } = facts;
    if (interpreter === undefined) return undefined;
    const next = findEntry(interpreter, input);
    if (next?.kind !== 'file' || !isExecutable(next)) {
      const why = `needs ${shownPath(interpreter)}, which is not an executable file ${where}`;
      return { why, hint: isScript ? SCRIPT_HINT : LIBRARY_HINT };
    }
    facts = await readProgram(next.absolute);
  }
  return undefined;
}

const PATH_HINT =
  'Give run the path of a program in the image, which begins with the value of the option path. If the file is not executable: git update-index --chmod=+x FILE.';
const SYSTEM_HINT = 'Build it for Linux and the platform of the image, in Go with GOOS=linux.';
const ONLY_FILES = 'An image of files holds nothing else.';
const SCRIPT_HINT = `${ONLY_FILES} Add the interpreter to the files, let run name a program that needs none, or use a dockerfile.`;
const LIBRARY_HINT = `${ONLY_FILES} Link the program statically (in Go CGO_ENABLED=0), add the loader and the libraries to the files, or use a dockerfile.`;

function isExecutable({ mode }: FolderEntry): boolean {
  return (mode & 0o100) !== 0;
}

/** Returns what a path of the image names, through links as in a container. */
function findEntry(path: string, { found, root }: ProgramInput): FolderEntry | undefined {
  const links = new Map(
    found.flatMap(({ path: below, target }) =>
      target === undefined ? [] : [[`${root}${below}`.slice(1), target.toString()] as const],
    ),
  );
  const end = followLinks(links, path);
  return found.find((entry) => `${root}${entry.path}` === `/${end?.path}`);
}
