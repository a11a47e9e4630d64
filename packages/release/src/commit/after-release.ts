import {
  type BaseVersion,
  InvalidInputError,
  parseRepositoryPath,
  type SourceTree,
  type VersionOptions,
  type Versions,
} from '@ameide/versioning-core';
import type { AfterRelease } from './after-release-rule.ts';
import type { BaseSource } from './base.ts';

interface Derived {
  readonly versions: Versions;
  /** Explains to people what the changesets decided; absent if they were not read. */
  readonly note?: string;
}

/**
 * Derives versions by the rule. Reads changesets only if the base is released. Throws
 * `InvalidInputError`.
 */
export async function deriveAfterRelease(
  rule: AfterRelease | undefined,
  { base, from, source }: { base: BaseVersion; from: BaseSource; source: SourceTree },
  derive: (options: Pick<VersionOptions, 'afterRelease' | 'nextBase'>) => Versions,
): Promise<Derived> {
  if (rule !== 'changesets')
    return { versions: derive(rule === undefined ? {} : { afterRelease: rule }) };
  const file = versionedFile(from);
  const versions = derive({});
  if (versions.target === base) return { versions };
  const { readNextBase } = await import('../changesets/next-base.ts');
  const { nextBase, note } = await readNextBase(source, file);
  return { versions: nextBase === undefined ? versions : derive({ nextBase }), note };
}

/** Throws unless the version file is a package.json: changesets raise no other file. */
function versionedFile(from: BaseSource): string {
  const file = 'versionFile' in from ? parseRepositoryPath(from.versionFile, 'versionFile') : '';
  if (isVersionedFile(file)) return file;
  throw new InvalidInputError({
    field: 'afterRelease',
    received: 'changesets',
    expected: 'changesets only together with a version file that is a package.json',
    hint: 'Name it: --version-file packages/sdk/package.json, or versionFile in the definition.',
  });
}

export function isVersionedFile(file: string): boolean {
  return /(?:^|\/)package\.json$/.test(file);
}
