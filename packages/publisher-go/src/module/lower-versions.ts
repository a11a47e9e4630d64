import { compareGoVersions } from '@ameide/versioning-core/go';

/**
 * Returns those of some versions that come before one and that the same consumers get: before a
 * release only releases. Keeps the order.
 */
export function lowerVersions(version: string, versions: readonly string[]): readonly string[] {
  const mayBe = (one: string): boolean => isPrerelease(version) || !isPrerelease(one);
  return versions.filter((one) => mayBe(one) && compareGoVersions(one, version) < 0);
}

/** Also of a pseudo-version. The versions have no build metadata. */
function isPrerelease(version: string): boolean {
  return version.includes('-');
}
