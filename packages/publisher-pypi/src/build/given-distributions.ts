import { constants, copyFile, glob, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { cleanText } from '@ameide/publisher-kit';
import {
  failed,
  formatCoordinate,
  ok,
  type Problem,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';

/**
 * Copies the files that the definition names into the output folder: those of the checkout, or of
 * other machines. Each pattern must find one.
 */
export async function collectDistributions(
  plan: PypiPlan,
  patterns: readonly string[],
  step: Step,
  output: string,
): Promise<Result<true>> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const paths = await filesOf(pattern, step.checkout);
    if (paths.length === 0)
      return failed(
        unusable(
          plan,
          `The distributions of ${plan.publisher} have no file ${cleanText(pattern)}.`,
        ),
      );
    for (const path of paths) found.add(path);
  }
  for (const path of found) {
    step.signal.throwIfAborted();
    const name = basename(path);
    try {
      await copyFile(path, join(output, name), constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return failed(
        unusable(plan, `The distributions of ${plan.publisher} have ${cleanText(name)} twice.`),
      );
    }
  }
  return ok(true);
}

/** Without hidden files: uv writes a .gitignore into dist. */
async function filesOf(pattern: string, checkout: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, { cwd: checkout })) {
    const absolute = isAbsolute(path) ? path : join(checkout, path);
    const isFile = (await stat(absolute).catch(() => undefined))?.isFile() === true;
    if (isFile && !basename(path).startsWith('.')) found.push(absolute);
  }
  return found.sort();
}

function unusable({ coordinates }: PypiPlan, message: string): Problem {
  const coordinate = coordinates[0] === undefined ? undefined : formatCoordinate(coordinates[0]);
  return problem({
    code: 'pypi-no-distribution',
    kind: 'incomplete',
    rerun: 'after-fix',
    message,
    coordinate,
    hint: 'Let prepare make the files in its checkout, or name the files of other machines by an absolute path. Patterns begin at the repository root.',
  });
}
