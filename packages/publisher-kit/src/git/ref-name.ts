import { InvalidInputError } from '@ameide/versioning-core';

// git-check-ref-format(1). Also forbids a leading "-", which a program would take for an option, and
// invisible or bidirectional characters.
const FORBIDDEN = /[ ~^:?*[\\]|\p{C}|\.\.|@\{|\/\/|(?:^|\/)\.|^-|\.lock(?:\/|$)|[./]$|^\/|^@$|^$/u;

/** Parses a full ref, `refs/heads/main`. Used for writing, where we must not guess. */
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
    hint: 'git help check-ref-format lists what a name may contain.',
  });
}

/**
 * Parses a name for a commit: a full or short ref, `HEAD`, or an id. Refuses `~`, `^`, `:` and
 * `@{…}` expressions.
 */
export function parseRevision(value: unknown, field = 'ref'): string {
  if (typeof value === 'string' && value.length <= 1000 && !FORBIDDEN.test(value)) return value;
  throw new InvalidInputError({
    field,
    received: String(value),
    expected: 'a tag, a branch or a commit id, for example v0.1.0, refs/heads/main or 71e210b',
    hint: 'Expressions such as HEAD~1 do not work here; pass what this prints: git rev-parse --verify "HEAD~1^{commit}"',
  });
}
