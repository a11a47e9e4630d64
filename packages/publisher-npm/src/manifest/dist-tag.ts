import { InvalidInputError, received } from '@ameide/versioning-core';
import semver from 'semver';
import { UPLOAD_TAG } from '../options.ts';

/**
 * Checks a dist-tag. The registry refuses a tag that is also a SemVer range (`7`, `v1`, `x`),
 * because `name@7` would be ambiguous. Throws `InvalidInputError`, code `npm-dist-tag`.
 */
export function parseDistTag(tag: unknown, field = 'distTag'): string {
  const isTag =
    typeof tag === 'string' &&
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag) &&
    semver.validRange(tag) === null;
  if (isTag && tag !== UPLOAD_TAG) return tag;
  const hint =
    tag === UPLOAD_TAG
      ? 'This publisher uses that tag for uploads until they are verified.'
      : 'npm refuses tags that are SemVer ranges (7, v1, x).';
  const expected = 'a dist-tag, for example latest';
  throw new InvalidInputError({ field, received: received(tag), expected, hint }, 'npm-dist-tag');
}
