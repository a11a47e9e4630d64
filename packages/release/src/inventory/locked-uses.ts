import type { LockedPackage, Lockfile } from '@ameide/source-files/lockfiles';
import type { Use, Used } from './service.ts';

const KINDS = { registry: 'registry', workspace: 'workspace', other: 'elsewhere' } as const;

/** What a project gets by all lockfiles that decide for it. */
export function lockedUses(
  directory: string,
  lockfiles: readonly Lockfile[],
  isOurs: (one: Used) => boolean,
): readonly Use[] {
  return lockfiles.flatMap((one) => one.packagesOf(directory).filter(isOurs).map(useOf));
}

function useOf({ ecosystem, isDirect, line, name, path, source, version }: LockedPackage): Use {
  return { ecosystem, name, kind: KINDS[source], version, path, line, isDirect };
}
