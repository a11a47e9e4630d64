import type { FoundPackage } from '@ameide/source-files/packages';
import { type BaseVersion, compareBase } from '@ameide/versioning-core';
import { modulesOf, versionLiterals } from '../doctor/rules/python-version-repeated.ts';
import type { RepositoryFacts } from './facts.ts';
import { realBase } from './real-base.ts';

/** A version that the code of a Python package says: `__version__ = "1.4.2"`. */
export interface CodeVersion {
  readonly base: BaseVersion;
  /** The module. */
  readonly from: string;
}

/** The highest of them. A module is a program, so its version can be where to start, but is never read again. */
export async function codeVersion(
  { files, paths }: Pick<RepositoryFacts, 'files' | 'paths'>,
  packages: readonly FoundPackage[],
): Promise<CodeVersion | undefined> {
  const all = [...paths];
  const modules = packages
    .filter(({ ecosystem, version }) => ecosystem === 'pypi' && version === undefined)
    .flatMap(({ directory, name }) => modulesOf(directory, { name }, all));
  const found = await Promise.all(
    modules.map(async (from) => {
      const { found: literal } = versionLiterals((await files.readText(from)) ?? '');
      const base = realBase(literal?.[3]);
      return base === undefined ? [] : [{ base, from }];
    }),
  );
  return found.flat().toSorted((one, other) => compareBase(other.base, one.base))[0];
}
