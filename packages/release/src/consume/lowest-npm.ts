import minVersion from 'semver/ranges/min-version.js';
import validRange from 'semver/ranges/valid.js';
import type { Lowest } from './lowest.ts';

// https://github.com/npm/npm-package-arg/blob/main/lib/npa.js: a range is read loosely, anything else is a tag.
const LOOSE = { loose: true };

/** The lowest version that a range admits, also with `workspace:` before it. */
export function lowestNpm(range: string): Lowest {
  const bare = range.replace(/^workspace:/, '').trim();
  if (validRange(bare, LOOSE) === null)
    return /^(?:[\^~]|[a-z][\w.-]*)$/i.test(bare) ? 'any' : 'unreadable';
  // A range that admits nothing keeps nobody from anything.
  const lowest = minVersion(bare, LOOSE);
  return lowest === null ? 'any' : { version: lowest.version };
}
