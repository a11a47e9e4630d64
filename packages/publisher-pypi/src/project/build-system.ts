import { InvalidInputError } from '@ameide/versioning-core';
import { type Table, tableAt } from './toml.ts';

/**
 * Returns the names of the build requirements (PEP 503); none if the table does not follow PEP 518.
 */
export function requiredNames(root: Table): ReadonlySet<string> {
  const { requires } = tableAt(root, 'build-system');
  return new Set((Array.isArray(requires) ? requires : []).map(requirementName));
}

/** Returns the normalised name (PEP 503) that a requirement (PEP 508) begins with. */
export function requirementName(requirement: unknown): string {
  const [, name = ''] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(String(requirement)) ?? [];
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Returns the object path of the build backend. Without one, and without a `[build-system]` at all,
 * pip, uv and `build` take setuptools' legacy backend (PEP 517).
 */
export function buildBackend(root: Table): string {
  const backend = tableAt(root, 'build-system')['build-backend'];
  return typeof backend === 'string' ? backend : 'setuptools.build_meta:__legacy__';
}

/** True if poetry-core or one of its plugins builds the project. */
export function isPoetrys(root: Table): boolean {
  return /^poetry[._]/.test(buildBackend(root));
}

/**
 * Throws `InvalidInputError`, code `pypi-no-build-system`, for a table that no front end accepts;
 * there may be none.
 */
export function requireBuildSystem(root: Table, file: string): void {
  if (root['build-system'] === undefined) return;
  const { requires } = tableAt(root, 'build-system');
  if (Array.isArray(requires) && requires.every((requirement) => typeof requirement === 'string'))
    return;
  throw new InvalidInputError(
    {
      field: file,
      expected: 'a [build-system] table with requires = ["…"] (PEP 518)',
      hint: 'Add for example: [build-system] requires = ["hatchling==1.28.0"], build-backend = "hatchling.build". Pin it: another build tool makes other bytes.',
    },
    'pypi-no-build-system',
  );
}
