import { InvalidInputError, received } from '@ameide/versioning-core';
import semver from 'semver';
import { HOLDING_TAG } from '../options.ts';

/**
 * A dist-tag. The registry refuses one that is also a SemVer range (`7`, `v1`, `x`): `name@7` would
 * mean two things. Throws `InvalidInputError`, code `npm-dist-tag`.
 */
export function parseDistTag(tag: unknown, field = 'distTag'): string {
  const isTag =
    typeof tag === 'string' &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag) &&
    semver.validRange(tag) === null;
  if (isTag && tag !== HOLDING_TAG) return tag;
  const hint =
    tag === HOLDING_TAG
      ? 'That tag holds uploads until they are verified.'
      : 'Tags that are SemVer ranges (7, v1, x) are refused by npm.';
  const expected = 'a dist-tag, for example latest';
  throw new InvalidInputError({ field, received: received(tag), expected, hint }, 'npm-dist-tag');
}
