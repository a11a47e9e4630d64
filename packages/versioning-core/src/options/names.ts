import { classifyRef } from '../canonical/channel.ts';
import { InvalidInputError, received } from '../errors.ts';
import { isLoopback } from '../names/loopback.ts';
import { parseRepositoryPath } from '../names/repository-path.ts';
import type { Check } from './check.ts';
import { listOf } from './collections.ts';
import { custom } from './values.ts';

/**
 * Checks a path below the repository's root (or below what `expected` names) and returns it as
 * `parseRepositoryPath` does. `fits` adds a further condition.
 */
export function pathBelowRoot(
  expected: string,
  fits: (path: string) => boolean = () => true,
): Check<string> {
  return (value, field = 'path', code) => {
    const path = parsePath(value);
    if (path !== '' && fits(path)) return path;
    throw new InvalidInputError({ field, received: received(value), expected }, code);
  };
}

/** Returns `''` for anything that is not a path, too. */
function parsePath(value: unknown): string {
  try {
    return parseRepositoryPath(value);
  } catch {
    return '';
  }
}

/** True for every path of a file that a commit can have: only `/` is special in it. */
function isFilePath(value: unknown): value is string {
  if (typeof value !== 'string' || value.includes('\0')) return false;
  return value.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

const exactPath: Check<string> = (value, field, code) => {
  const expected = 'the exact path of a file, relative to the root of the repository';
  const path = isFilePath(value) ? value : pathBelowRoot(expected)(value, field, code);
  if (!/[*?]/.test(path)) return path;
  const hint = 'Patterns do not work here: name each file.';
  throw new InvalidInputError({ field: field ?? 'path', received: path, expected, hint }, code);
};

/** Checks the option `allow`: files to publish although a rule would refuse them. */
export const exactPaths: Check<readonly string[]> = listOf(
  exactPath,
  "a list of exact paths, for example ['packages/sdk/test/key.pem']",
);

/** Checks a branch name by the rule of `classifyRef`: no pattern, full ref or merge queue's. */
export const branchName: Check<string> = custom(
  (value) =>
    typeof value === 'string' &&
    !value.startsWith('refs/') &&
    classifyRef(`refs/heads/${value}`).kind === 'dev',
  'the name of a branch without refs/heads/ and patterns, for example main',
);

const PLAIN_ADDRESS = /^https?:\/\/[^\s/?#@\\\p{C}]+(?:\/[^\s?#\\\p{C}]*)?$/iu;

/**
 * Checks an address that we may send a token to: https, or http on loopback, without user,
 * password, query or fragment. Messages do not show an address that may hold a credential. `fits`
 * adds a further condition.
 */
export function httpsAddress(
  expected: string,
  fits: (url: URL) => boolean = () => true,
): Check<string> {
  return webAddress(
    expected,
    (url) => (url.protocol === 'https:' || isLoopback(url.hostname)) && fits(url),
  );
}

/** As `httpsAddress`, but accepts http to every host: the caller checks which hosts are allowed. */
export function webAddress(
  expected: string,
  fits: (url: URL) => boolean = () => true,
): Check<string> {
  return (value, field = 'url', code) => {
    const text = typeof value === 'string' ? value : '';
    const url = PLAIN_ADDRESS.test(text) ? URL.parse(text) : null;
    if (url !== null && fits(url)) return text;
    const shown = /[@?#]/.test(text)
      ? { hint: 'Pass the token as the option token, never in an address.' }
      : { received: received(value) };
    throw new InvalidInputError({ field, expected, ...shown }, code);
  };
}
