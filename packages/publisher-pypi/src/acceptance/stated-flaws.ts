import { type Problem, pathIn, type SourceTree } from '@ameide/versioning-core';
import { isPublicPypi } from '../index-address.ts';
import type { PypiPlan } from '../plan.ts';
import type { StatedMetadata } from '../project/stated-metadata.ts';
import type { FormField } from '../upload/form-fields.ts';
import { mediaType } from './content-type.ts';
import { coreMetadataFlaws } from './core-metadata.ts';
import { type Flaw, pypiFlaw } from './flaw.ts';
import { formValues } from './form.ts';
import { statedFlawProblem } from './problems.ts';
import { pypiMetadataFlaws } from './pypi-metadata.ts';
import { rstFlaw } from './rst-flaw.ts';

export interface StatedIn {
  /** The project's folder in the repository. */
  readonly directory: string;
  readonly allow: readonly string[];
  readonly source: SourceTree;
  /** The names of the further variables of the build. */
  readonly variables: readonly string[];
}

/** Reports what the index refuses of the metadata that the commit states. Offline. */
export async function statedFlaws(
  stated: StatedMetadata,
  plan: PypiPlan,
  { allow, directory, source, variables }: StatedIn,
): Promise<readonly Problem[]> {
  const isPypi = isPublicPypi(plan.registry);
  const path = pathIn(directory, 'pyproject.toml');
  const isVerified = stated.isVerified && !variables.includes(NO_VERIFY);
  const problems = stated.fields.flatMap(({ place, field }) => {
    const form = formValues([...COMPLETE, field]);
    const flaws = [...coreMetadataFlaws(form), ...pypiMetadataFlaws(form, allow)];
    return flaws
      .filter(
        (flaw) => isPypi || flaw.everywhere || (isVerified && isUnknownClassifier(flaw, field)),
      )
      .map((flaw) =>
        isPypi || flaw.everywhere ? flaw : { ...flaw, backend: 'hatchling' as const },
      )
      .map((flaw) => statedFlawProblem(plan, flaw, { path, field: place }));
  });
  return isPypi ? [...problems, ...(await readmeFlaws(stated, plan, directory, source))] : problems;
}

const NO_VERIFY = 'HATCH_METADATA_CLASSIFIERS_NO_VERIFY';

/** hatchling takes what is private. */
function isUnknownClassifier({ field }: Flaw, [, value]: FormField): boolean {
  return field === 'classifiers' && !/^private ::/i.test(value);
}

/** What makes one field a form that lacks nothing. */
const COMPLETE = [
  ['metadata_version', '2.4'],
  ['name', 'a'],
  ['version', '0'],
] as const;

async function readmeFlaws(
  { readme }: StatedMetadata,
  plan: PypiPlan,
  directory: string,
  source: SourceTree,
): Promise<readonly Problem[]> {
  if (readme === undefined || mediaType(readme.contentType) !== 'text/x-rst') return [];
  const path = pathIn(directory, readme.file);
  // `prepare` may make the file; one outside the folder is the build backend's to refuse.
  const text = readme.file.split('/').includes('..') ? undefined : await source.readText(path);
  const flaw = text === undefined ? undefined : rstFlaw(text);
  if (flaw === undefined) return [];
  const reason = `its description does not render as reStructuredText: ${flaw.reason}`;
  return [statedFlawProblem(plan, pypiFlaw('description', reason), { path, line: flaw.line })];
}
