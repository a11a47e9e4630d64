import { validateFiles } from '@ameide/publisher-kit';
import {
  InvalidInputError,
  inputProblem,
  type Problem,
  type Step,
  type TreeFile,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import { unsatisfiedNotes } from './manifest/unsatisfied.ts';
import type { Packer } from './pack/packer.ts';
import type { NpmPlan } from './plan.ts';
import { collisionProblems, manifestProblems } from './problems.ts';
import { provenanceFlaws } from './provenance/flaws.ts';

/**
 * Reports what is wrong with the commit's package.json and the files that the package would
 * contain: names, credentials, content that this clone lacks. Files that a program makes are
 * checked after the build. Offline.
 */
export async function validatePackage(
  packer: Packer,
  allow: readonly string[],
  plan: NpmPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const { manifest, publisher, stamp } = plan;
  for (const message of unsatisfiedNotes(manifest, stamp, publisher))
    step.emit({ publisher, message, isNote: true });
  const byMaker = (await packer.validate?.(plan, step)) ?? [];
  const { files, problems } = await committedFiles(packer, plan, step);
  const found = await validateFiles({
    source: step.source,
    project: publisher,
    files: files.filter(({ mode, path }) => mode !== 'submodule' || !allow.includes(path)),
    allow,
  });
  const paths = files.map(({ path }) => path);
  const unreadable = await manifestProblems(plan, manifest, 'input');
  return [
    ...byMaker,
    ...problems,
    ...unreadable,
    ...(unreadable.length === 0 ? await provenanceFlaws(plan) : []),
    ...found,
    ...collisionProblems(publisher, paths, {}),
  ];
}

async function committedFiles(
  packer: Packer,
  plan: NpmPlan,
  step: Step,
): Promise<{ readonly files: readonly TreeFile[]; readonly problems: readonly Problem[] }> {
  try {
    return { files: (await packer.committedFiles?.(plan, step)) ?? [], problems: [] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const about = { coordinate: formatNpm(plan) };
    return { files: [], problems: [inputProblem(error, about)] };
  }
}
