import { type Problem, problem } from '@ameide/versioning-core';
import type { Mark } from '../report/inventory-mark.ts';
import type { InventoryService, InventoryUse } from './inventory-report.ts';

/** Why the commit of something that is used is not known. What a registry did not answer has its own problem. */
export function unknownProblem(use: InventoryUse): Problem | undefined {
  const why = WHY[use.state];
  if (why === undefined) return undefined;
  const { line, path } = use;
  const { hint, message } = why(use);
  return problem({
    code: `inventory-${use.state}`,
    kind: 'policy',
    message: `${nameOf(use)} in ${path}:${line} ${message}`,
    hint,
    path,
    line,
  });
}

interface Why {
  readonly message: string;
  readonly hint: string;
}

const WHY: Readonly<Partial<Record<InventoryUse['state'], (use: InventoryUse) => Why>>> = {
  'not-published': () => ({
    message: 'was never published: the registry has no such version.',
    hint: 'Use a version that map shows, or publish this one.',
  }),
  'no-commit': () => ({
    message: 'names no commit on its registry, so what it was built from is not known.',
    hint: 'It was not published by a release of this definition: use one that was.',
  }),
  conflict: ({ shas = [] }) => ({
    message: `is of different commits on its registries: ${shas.join(', ')}.`,
    hint: 'One of them was not published by a release. ameide-release trace shows what each registry has.',
  }),
  'not-locked': ({ ecosystem }) =>
    ecosystem === 'oci'
      ? {
          message: 'has a variable in it, whose value is known only when it is built or rendered.',
          hint: 'Write the version there, or give the variable a default.',
        }
      : {
          message: 'is a range that no lockfile pins, so each build may get another version.',
          hint: 'Commit the lockfile, update it, or ask for an exact version.',
        },
  elsewhere: () => ({
    message: 'does not come from a registry.',
    hint: 'Use a published version.',
  }),
};

/** A mark that a CI job must not pass with. */
export function markProblems(
  services: readonly InventoryService[],
  marks: readonly Mark[],
): readonly Problem[] {
  return services.flatMap((service) => [
    ...(marks.includes('mixed') && service.marks.includes('mixed') ? [mixedProblem(service)] : []),
    ...service.uses.flatMap((use) =>
      marks
        .filter((mark) => mark !== 'mixed' && mark !== 'unknown' && use.marks.includes(mark))
        .map((mark) => markProblem(service, use, mark)),
    ),
  ]);
}

const MARK_MEANINGS: Readonly<Record<Exclude<Mark, 'mixed' | 'unknown'>, string>> = {
  behind: 'is behind the newest release',
  withdrawn: 'is withdrawn: nobody should use it any more',
  dev: 'is a dev build',
  candidate: 'is a release candidate',
};

function markProblem({ name }: InventoryService, use: InventoryUse, mark: Mark): Problem {
  const { line, path } = use;
  const meaning = mark === 'mixed' || mark === 'unknown' ? '' : MARK_MEANINGS[mark];
  return problem({
    code: `inventory-${mark}`,
    kind: 'policy',
    message: `${name} uses ${nameOf(use)}, which ${meaning}.`,
    hint: 'ameide-release consume updates what consumers ask for; ameide-release deploy pin updates the images in manifests.',
    path,
    line,
  });
}

function mixedProblem({ name, path, shas }: InventoryService): Problem {
  return problem({
    code: 'inventory-mixed',
    kind: 'policy',
    message: `${name} uses artifacts of ${shas.length} commits: ${shas.map((sha) => sha.slice(0, 12)).join(', ')}.`,
    hint: 'Bring all artifacts of the release to one version.',
    path,
  });
}

function nameOf({ ecosystem, name, version }: InventoryUse): string {
  if (version === '') return `${ecosystem}:${name}`;
  if (/^[:@]/.test(version) && ecosystem === 'oci') return `${ecosystem}:${name}${version}`;
  // A range, or the whole image as it is written.
  if (!/^[\w]/.test(version) || version.includes('$') || version.includes(name))
    return `${ecosystem}:${name} (${version})`;
  const separator =
    ecosystem === 'pypi' ? '==' : ecosystem === 'oci' && !version.startsWith('sha') ? ':' : '@';
  return `${ecosystem}:${name}${separator}${version}`;
}
