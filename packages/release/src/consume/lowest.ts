import type { Relation } from '@ameide/versioning-core';
import { compareVersions } from '@ameide/versioning-core/clients';
import type { ReleasedArtifact } from './released.ts';

/** The lowest that a requirement admits. */
export type Lowest =
  | {
      readonly version: string /** True if only what is above it is admitted. */;
      readonly isExcluded?: true;
    }
  /** An image of a commit, and how that relates to the release's. */
  | { readonly commit: Relation }
  /** No lower bound: a tag that moves, a range that is open below. */
  | 'any'
  /** A requirement that cannot be read. */
  | 'unreadable';

/** The release, as the ecosystem of a requirement writes it. */
type Release = Pick<ReleasedArtifact, 'ecosystem' | 'version'>;

/**
 * Says why a place keeps what it asks for, unless the user named the version: nobody is downgraded by default. To
 * follow "left alone:". Undefined if the release is not below what the place admits.
 */
export function reasonNotToLower(
  shown: string,
  lowest: Lowest,
  { release, isNamed }: { readonly release: Release; readonly isNamed: boolean },
): string | undefined {
  if (isNamed || lowest === 'any') return undefined;
  if (lowest === 'unreadable')
    return `${shown} may be newer, and cannot be compared; to change it, use --version or --sha`;
  if ('commit' in lowest) return reasonOfCommit(shown, lowest.commit);
  const order = compareVersions(release.ecosystem, lowest.version, release.version);
  return order > 0 || (order === 0 && lowest.isExcluded === true) ? isNewer(shown) : undefined;
}

function reasonOfCommit(shown: string, relation: Relation): string | undefined {
  if (relation === 'same' || relation === 'ancestor') return undefined;
  if (relation === 'descendant') return isNewer(shown);
  return relation === 'diverged'
    ? `${shown} is of another branch; to change it, use --version or --sha`
    : `${shown} may be newer: its commit is not known here; to change it, use --version or --sha`;
}

function isNewer(shown: string): string {
  return `${shown} is newer; to go back, use --version or --sha`;
}
