import { InvalidInputError, type SourceFiles } from '@ameide/versioning-core';

/** Files and folders below the root, with `/`; `''` for the root itself. None stands for all. */
export type ChosenPaths = readonly string[];

export function isChosen(path: string, chosen: ChosenPaths): boolean {
  return chosen.length === 0 || chosen.some((one) => isAt(path, one));
}

function isAt(path: string, place: string): boolean {
  return place === '' || path === place || path.startsWith(`${place}/`);
}

/** A misspelt path has no consumers, and nothing would change. Throws `InvalidInputError` for it. */
export async function requirePaths(
  chosen: ChosenPaths,
  files: SourceFiles,
  isConsumer: (path: string) => boolean,
): Promise<void> {
  if (chosen.length === 0) return;
  const listed = (await files.list('')).map(({ path }) => path);
  for (const one of chosen) {
    const there = listed.filter((path) => isAt(path, one));
    if (there.some(isConsumer)) continue;
    throw new InvalidInputError({
      field: 'path',
      received: one,
      expected:
        there.length === 0
          ? 'a file or folder that this repository has (for a pull request, at HEAD)'
          : 'a file or folder of consumers: what the definition publishes, and what consumers.exclude names, is none',
      hint: 'Paths begin at the folder that the command is run in.',
    });
  }
}
