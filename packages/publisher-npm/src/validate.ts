import { assertNoCollisions, validateFiles } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type Step,
  type TreeFile,
} from '@ameide/versioning-core';
import type { Packer } from './pack/packer.ts';
import type { NpmPlan } from './plan.ts';

/**
 * What the commit decides of the files that the package would hold: names, credentials, content
 * that this clone lacks. Files that a program makes are looked at after the build. Offline.
 */
export async function validatePackage(
  packer: Packer,
  allow: readonly string[],
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const files = (await packer.committedFiles?.(plan, step)) ?? [];
  const found = await validateFiles({
    source: step.source,
    project: plan.publisher,
    files: files.filter(({ mode, path }) => mode !== 'submodule' || !allow.includes(path)),
    allow,
  });
  return [...found, ...collisions(files, plan)];
}

/** The first pair of names that Windows and macOS take for one file. */
function collisions(files: readonly TreeFile[], plan: NpmPlan): readonly Problem[] {
  try {
    assertNoCollisions(files.map(({ path }) => path));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const message = `${plan.publisher} would publish a file that other systems take for another: ${error.message}.`;
    return [
      inputProblem(error, {
        message,
        ...(error.received === undefined ? {} : { path: error.received }),
      }),
    ];
  }
}
