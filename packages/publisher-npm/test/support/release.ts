import {
  type Channel,
  canonical,
  deriveVersions,
  type Member,
  parseBase,
  type Release,
} from '@ameide/versioning-core';

/** The north star's own commit. */
export const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
export const OTHER_SHA = '0123456789abcdef0123456789abcdef01234567';

export const DEV: Channel = { kind: 'dev' };

export interface ReleaseOptions {
  readonly sha?: string;
  readonly datetime?: string;
  readonly base?: string;
  readonly channel?: Channel;
  readonly members?: readonly Member[];
  readonly repository?: string;
}

/** A release as the engine would derive it, with fixed times. */
export function makeRelease(options: ReleaseOptions = {}): Release {
  const tuple = canonical({
    base: options.base ?? '0.1.0',
    sha: options.sha ?? SHA,
    datetime: options.datetime ?? '20251113153211',
  });
  const channel = options.channel ?? DEV;
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags: [] }),
    members: options.members ?? [],
    ...(options.repository === undefined ? {} : { repository: options.repository }),
  };
}

export function releaseChannel(base: string): Channel {
  return { kind: 'release', base: parseBase(base) };
}
