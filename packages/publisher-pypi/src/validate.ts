import { validateFiles, validateFolderContent } from '@ameide/publisher-kit';
import { type Problem, pathIn, problem, type Step } from '@ameide/versioning-core';
import { directReference, REFERENCE_HINT } from './direct-references.ts';
import type { PypiPlan } from './plan.ts';
import { listCertainFiles } from './project/certain-files.ts';
import type { PythonProject } from './project/pyproject.ts';
import type { PypiSettings } from './settings.ts';

/**
 * What the commit decides: requirements by address, files that look like they hold credentials and
 * that the build backend is certain to take, and files without their content, whichever archive
 * they would end up in. The rest is known after the build. Offline.
 */
export async function validatePypi(
  project: PythonProject,
  plan: PypiPlan,
  { allow, directory }: PypiSettings,
  { source }: Step,
): Promise<readonly Problem[]> {
  const { publisher } = plan;
  const files = await listCertainFiles(source, directory, project.certainFiles);
  const content = await validateFolderContent(source, publisher, directory, allow);
  const found = await validateFiles({ source, project: publisher, files, allow, portable: false });
  return [
    ...statedReferences(project, plan, directory),
    ...found.filter(({ code, path }) => !content.some((p) => p.code === code && p.path === path)),
    ...content,
  ];
}

function statedReferences(
  { requirements, urlTable }: PythonProject,
  { publisher, registry }: PypiPlan,
  directory: string,
): readonly Problem[] {
  const path = pathIn(directory, urlTable === undefined ? 'setup.cfg' : 'pyproject.toml');
  return requirements.flatMap(({ field, text }) => {
    const reason = directReference(text, registry);
    if (reason === undefined) return [];
    const message = `${publisher} ${reason}.`;
    return [
      problem({
        code: 'pypi-direct-reference',
        kind: 'input',
        message,
        path,
        field,
        hint: REFERENCE_HINT,
      }),
    ];
  });
}
