import { type Canonical, canonical, deriveVersions, type Release } from '@ameide/versioning-core';

export const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
export const OTHER_SHA = '0123456789abcdef0123456789abcdef01234567';
export const REPOSITORY = 'https://github.com/ameideio/ameide';

/** A release of one commit on the dev channel, at a fixed time: 2025-11-13 15:32:11 UTC. */
export function devRelease(
  sha: string = SHA,
  repository: string | undefined = REPOSITORY,
): Release {
  const tuple: Canonical = canonical({ base: '0.1.0', sha, datetime: '20251113153211' });
  const channel = { kind: 'dev' } as const;
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags: [] }),
    members: [],
    ...(repository === undefined ? {} : { repository }),
  };
}
