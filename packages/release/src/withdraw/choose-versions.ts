import {
  type BaseVersion,
  compareBase,
  type ListedVersion,
  type PointerFinding,
} from '@ameide/versioning-core';
import { compareVersions } from '@ameide/versioning-core/clients';
import { versionFacts } from '../run/version-facts.ts';

/** Which versions are withdrawn, and for what. */
export interface Selection {
  /** The release that people should get instead. */
  readonly to?: BaseVersion;
  /** The release or candidate to withdraw: `0.2.0`. Absent: every version above `to`. */
  readonly version?: string;
  /** What this train has released and people may be sent to: no registry shows it as withdrawn. */
  readonly released: ReadonlySet<string>;
  /** Releases and candidates that this train made after `to`. They stay. */
  readonly later: ReadonlySet<string>;
}

/** True for a version that nobody should get any more. Never for a dev build: `prune` removes those. */
function isSelected({ coordinate }: ListedVersion, { later, to, version }: Selection): boolean {
  const facts = versionFacts(coordinate);
  if (version !== undefined) return facts.tagged === version;
  if (to === undefined || (facts.isOurs && facts.channel === 'dev')) return false;
  if (facts.tagged !== undefined && later.has(facts.tagged)) return false;
  return compareVersions(coordinate.ecosystem, coordinate.version, asEcosystem(coordinate, to)) > 0;
}

/** A release as its ecosystem compares it. */
function asEcosystem({ ecosystem }: ListedVersion['coordinate'], release: BaseVersion): string {
  return ecosystem === 'go' ? `v${release}` : release;
}

/**
 * Returns the releases of this train that stay, the highest first: none above `to`, because a release in
 * parts may lack the artifact.
 */
export function goodVersions(
  versions: readonly ListedVersion[],
  selection: Selection,
): readonly ListedVersion[] {
  const { released, to } = selection;
  return versions
    .flatMap((listed) => {
      const { release } = versionFacts(listed.coordinate);
      const isGood =
        release !== undefined &&
        released.has(release) &&
        !isSelected(listed, selection) &&
        (to === undefined || compareBase(release, to) <= 0);
      return isGood ? [{ listed, release }] : [];
    })
    .toSorted((a, b) => compareBase(b.release, a.release))
    .map(({ listed }) => listed);
}

/** The selected versions, the highest first. */
export function selectedVersions(
  versions: readonly ListedVersion[],
  selection: Selection,
): readonly ListedVersion[] {
  return versions
    .filter((one) => isSelected(one, selection))
    .toSorted((a, b) =>
      compareVersions(b.coordinate.ecosystem, b.coordinate.version, a.coordinate.version),
    );
}

/** True if a pointer names a selected version. */
export function namesSelected({ pointer, version }: PointerFinding, selection: Selection): boolean {
  if (version === undefined) return false;
  const { ecosystem, name } = pointer;
  // For an image without a version, made by another tool, only the digest is known.
  if (version.startsWith('sha256:')) return selection.version === undefined;
  return isSelected({ coordinate: { ecosystem, name, version } }, selection);
}
