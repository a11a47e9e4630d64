import type { BaseVersion } from '@ameide/versioning-core';
import { type EntryFacts, taggedVersions } from './entries.ts';

/** True for a release that this repository made; false for what another tool published under the name. */
export type IsOwnRelease = (release: BaseVersion) => boolean;

/**
 * A release of this repository has its tag, which is what `consume` and `withdraw` go by, too. A clone without any
 * release tag cannot tell, so every release counts there: otherwise nothing would ever be behind.
 */
export function ownReleases(facts: Pick<EntryFacts, 'tags' | 'tagPrefix'>): IsOwnRelease {
  const tagged = taggedVersions(facts);
  const hasRelease = [...tagged.keys()].some((version) => !version.includes('-'));
  return (release) => !hasRelease || tagged.has(release);
}
