import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem } from '@ameide/publisher-kit';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { verifyOutput } from './build/verify-output.ts';
import { builtFrom, type PypiBuilt } from './build.ts';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';

/** Writes the wheels and the sdist into the folder, under their own names. */
export async function saveDistributions({ files }: PypiBuilt, folder: string): Promise<void> {
  for (const { name, path } of files) await copyFile(path, join(folder, name));
}

/** Reads the files again, and checks them as a build's output. */
export async function loadDistributions(
  plan: PypiPlan,
  settings: PypiSettings,
  folder: string,
): Promise<Result<PypiBuilt>> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => ({
      name,
      bytes: await readFile(join(folder, name)),
    })),
  );
  if (files.length === 0) return failed(builtFolderProblem(plan.publisher, 'there are no files'));
  // The description was rendered after the build.
  const verified = await verifyOutput(plan, files, settings);
  if (verified.value !== undefined) return ok(builtFrom(plan, verified.value, folder));
  const asInput = (found: Problem): Problem => builtFolderProblem(plan.publisher, reasonOf(found));
  const [first, ...more] = verified.problems;
  return failed(asInput(first), ...more.map(asInput));
}

function reasonOf({ message }: Problem): string {
  return message.replace(/\.$/, '');
}
