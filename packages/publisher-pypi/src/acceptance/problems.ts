import { formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';
import type { Flaw } from './flaw.ts';

const HINTS: Readonly<Record<string, string>> = {
  classifiers:
    'Take it from https://pypi.org/classifiers/. If PyPI has it, and this version of the publisher does not know it yet, add it to the option allow.',
  description:
    'Correct the README, and look at it with `uvx twine check dist/*`; or write it in Markdown, which always renders.',
  platform:
    'Build Linux wheels in a manylinux or musllinux image and repair them with auditwheel, as cibuildwheel does.',
  archive: 'See https://docs.pypi.org/archives, and update the build backend.',
};
const HATCHLING_HINT =
  'Use a classifier of https://pypi.org/classifiers/, or one that begins with "Private ::", which hatchling accepts and pypi.org refuses. To build with this one: buildEnvironment: { HATCH_METADATA_CLASSIFIERS_NO_VERIFY: "1" }.';
const HINT =
  "Correct the project's metadata: https://packaging.python.org/en/latest/specifications/core-metadata/";

/** The problems of the built files; a flaw that several files have is one. */
export function builtFlawProblems(
  plan: PypiPlan,
  found: readonly { readonly name: string; readonly flaw: Flaw }[],
): readonly Problem[] {
  const [coordinate] = plan.coordinates;
  return [...Map.groupBy(found, ({ flaw }) => flaw.reason)].map(([reason, same]) => {
    const names = same.map(({ name }) => name).join(' and ');
    const field = same[0]?.flaw.field ?? '';
    return problem({
      code: 'pypi-not-accepted',
      kind: 'incomplete',
      message: `${refuser(plan, same[0]?.flaw)} would refuse the built ${names} of ${plan.publisher}: ${reason}.`,
      rerun: 'after-fix',
      coordinate: coordinate && formatCoordinate(coordinate),
      hint: HINTS[field] ?? HINT,
    });
  });
}

/** Where a flaw of the commit is. */
export interface FlawLocation {
  readonly path: string;
  readonly field?: string | undefined;
  readonly line?: number | undefined;
}

/** The problem of a flaw that the commit shows. */
export function statedFlawProblem(plan: PypiPlan, flaw: Flaw, location: FlawLocation): Problem {
  return problem({
    ...location,
    code: 'pypi-not-accepted',
    kind: 'input',
    message: `${refuser(plan, flaw)} would refuse ${plan.publisher}: ${flaw.reason}.`,
    hint: flaw.backend === undefined ? (HINTS[flaw.field] ?? HINT) : HATCHLING_HINT,
  });
}

function refuser({ registry }: PypiPlan, flaw: Flaw | undefined): string {
  if (flaw?.backend !== undefined) return flaw.backend;
  return flaw?.everywhere === true ? 'Installers' : new URL(registry).hostname;
}
