import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Returns the absolute path of a program, or undefined. Ignores relative entries of PATH, because a
 * repository could put programs there.
 */
export async function findProgram(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const path = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  const candidates = isAbsolute(program)
    ? [program]
    : /[/\\]/.test(program)
      ? []
      : folders.map((folder) => join(folder, program));
  for (const candidate of candidates.flatMap((name) => endings.map((ending) => name + ending))) {
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
