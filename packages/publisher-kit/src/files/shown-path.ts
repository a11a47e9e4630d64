import { printable } from '@ameide/versioning-core';

/** Returns the option `allow` for these paths as someone would write it in a definition. */
export function allowOption(...paths: readonly string[]): string {
  const literals = paths.map((path) =>
    /['\\]|[^\x20-\x7e]/.test(path) ? asJson(path) : `'${path}'`,
  );
  return `allow: [${literals.join(', ')}]`;
}

/** Returns a string literal in ASCII, so no control or bidi character reaches a terminal. */
function asJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Returns a path or another string of the repository in a form that is safe to show. */
export function shownPath(path: string): string {
  return /^[\x21-\x7e]+$/.test(path) ? path : printable(path);
}
