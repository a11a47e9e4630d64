import { type TestReleaseOptions, testRelease } from '@ameide/publisher-kit/testing';
import { type Channel, parseBase, type Release } from '@ameide/versioning-core';

export { TEST_SHA as SHA } from '@ameide/publisher-kit/testing';
export const OTHER_SHA = '0123456789abcdef0123456789abcdef01234567';

export const DEV: Channel = { kind: 'dev' };

export type ReleaseOptions = TestReleaseOptions;

/** A release of a repository without an address, unless one is given. */
export function makeRelease(options: ReleaseOptions = {}): Release {
  const { repository: _, ...release } = testRelease(options);
  return options.repository === undefined
    ? release
    : { ...release, repository: options.repository };
}

export function releaseChannel(base: string): Channel {
  return { kind: 'release', base: parseBase(base) };
}
