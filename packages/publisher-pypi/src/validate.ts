import { validateFiles, validateFolderContent } from '@ameide/publisher-kit';
import { type Problem, pathIn, problem, type Step } from '@ameide/versioning-core';
import { statedFlaws } from './acceptance/stated-flaws.ts';
import { attestationFlaws } from './attestations/flaws.ts';
import { directReference, REFERENCE_HINT } from './direct-references.ts';
import { statedMembers } from './member-problems.ts';
import { notePlainHttp } from './plain-http.ts';
import type { PypiPlan } from './plan.ts';
import { listCertainFiles } from './project/certain-files.ts';
import { memberVersion } from './project/members.ts';
import type { CommittedProject } from './read-project.ts';
import type { PypiSettings } from './settings.ts';

/**
 * Reports the problems that the commit decides: requirements by address, or on members of the
 * release that its version is not in, metadata that the index refuses, files that look like
 * credentials and that the build backend certainly publishes, and files without their content,
 * whatever archive they would go into. Everything else is known after the build. Offline.
 */
export async function validatePypi(
  project: CommittedProject,
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Problem[]> {
  const { publisher } = plan;
  const { allow, directory } = settings;
  const { source } = step;
  const variables = Object.keys(settings.buildEnvironment);
  notePlainHttp(settings, publisher, step);
  const stated = [
    ...attestationFlaws(plan),
    ...statedReferences(project, plan, directory),
    ...statedMembers(project, plan, directory),
    ...(await statedFlaws(project.stated, plan, { directory, allow, source, variables })),
  ];
  // What other programs make of the commit is known when the files are there.
  if (plan.isPrebuilt) return stated;
  const files = await listCertainFiles(source, directory, project.certainFiles);
  const content = await validateFolderContent(source, publisher, directory, allow);
  const found = await validateFiles({ source, project: publisher, files, allow, portable: false });
  return [
    ...stated,
    ...found.filter(({ code, path }) => !content.some((p) => p.code === code && p.path === path)),
    ...content,
  ];
}

function statedReferences(
  { requirements, urlTable }: CommittedProject,
  { members, publisher, registry }: PypiPlan,
  directory: string,
): readonly Problem[] {
  const path = pathIn(directory, urlTable === undefined ? 'setup.cfg' : 'pyproject.toml');
  return requirements.flatMap(({ field, name, place, text }) => {
    const reason =
      memberVersion(members, name) === undefined ? directReference(text, registry) : undefined;
    if (reason === undefined) return [];
    const message = `${publisher} ${reason}.`;
    return [
      problem({
        code: 'pypi-direct-reference',
        kind: 'input',
        message,
        path: place === undefined ? path : pathIn(directory, place.file),
        field,
        line: place?.line,
        hint: REFERENCE_HINT,
      }),
    ];
  });
}
