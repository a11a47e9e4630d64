import { InvalidInputError } from '@ameide/versioning-core';

// git-check-ref-format(1), plus: no leading "-" in any component (an option to some program), no
// invisible or bidirectional characters.
const FORBIDDEN = /[ ~^:?*[\\]|\p{C}|\.\.|@\{|\/\/|(?:^|\/)[.-]|\.lock(?:\/|$)|[./]$|^\/|^@$|^$/u;

/** A full ref, `refs/heads/main`: for the writing side, where nothing may be guessed. */
export function parseFullRef(value: unknown, field = 'ref'): string {
  if (
    typeof value === 'string' &&
    value.length <= 1000 &&
    /^refs\/[^/]+\/./.test(value) &&
    !FORBIDDEN.test(value)
  )
    return value;
  throw new InvalidInputError({
    field,
    received: String(value),
    expected: 'a full ref name, for example refs/heads/main or refs/tags/v0.1.0',
    hint: 'git check-ref-format lists what a name may hold.',
  });
}

/**
 * A name that can stand for a commit: a ref in full or in short, `HEAD`, or an id. No `~`, `^`, `:`
 * or `@{…}` expressions.
 */
export function parseRevision(value: unknown, field = 'ref'): string {
  if (typeof value === 'string' && value.length <= 1000 && !FORBIDDEN.test(value)) return value;
  throw new InvalidInputError({
    field,
    received: String(value),
    expected: 'a tag, a branch or a commit id, for example v0.1.0, refs/heads/main or 71e210b',
    hint: 'Expressions such as HEAD~1 are not taken; pass what this prints: git rev-parse --verify "HEAD~1^{commit}"',
  });
}
