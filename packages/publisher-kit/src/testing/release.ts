import {
  type Channel,
  canonical,
  deriveVersions,
  type Member,
  type Release,
  type Signing,
} from '@ameide/versioning-core';

/** The north star's own commit. */
export const TEST_SHA = '71e210beab37b68546d56dceccba18f09264ecc3';

export interface TestReleaseOptions {
  readonly sha?: string;
  /** Any time that `canonical` accepts. */
  readonly datetime?: string | number;
  readonly base?: string;
  /** Default `dev`. `candidate` means `rc.1`. */
  readonly channel?: 'dev' | 'release' | 'candidate' | Channel;
  readonly members?: readonly Member[];
  /** The tags on ancestors of the commit. */
  readonly tags?: readonly string[];
  /** Default `https://github.com/ameideio/ameide`. */
  readonly repository?: string;
  /** Default: nothing can be signed. */
  readonly signing?: Signing;
}

/** Makes the input that the engine would pass to `plan`, with fixed times. */
export function testRelease(options: TestReleaseOptions = {}): Release {
  const tuple = canonical({
    base: options.base ?? '0.1.0',
    sha: options.sha ?? TEST_SHA,
    datetime: options.datetime ?? '20251113153211',
  });
  const channel = channelOf(options.channel ?? 'dev', tuple.base);
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags: options.tags ?? [] }),
    members: options.members ?? [],
    repository: options.repository ?? 'https://github.com/ameideio/ameide',
    ...(options.signing === undefined ? {} : { signing: options.signing }),
  };
}

function channelOf(
  channel: NonNullable<TestReleaseOptions['channel']>,
  base: Release['canonical']['base'],
): Channel {
  if (channel === 'dev') return { kind: 'dev' };
  if (channel === 'release') return { kind: 'release', base };
  return channel === 'candidate' ? { kind: 'candidate', base, number: 1 } : channel;
}
