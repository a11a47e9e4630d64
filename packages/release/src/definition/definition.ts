import {
  InvalidInputError,
  type PublisherDefinition,
  parseRepositoryPath,
  received,
  refuseUnknownOptions,
  type VersionOptions,
} from '@ameide/versioning-core';
import type { CommitQuestion } from '../commit/commit.ts';

/** What `release.config.ts` exports. Paths are relative to the repository's root, with `/`. */
export interface ReleaseDefinition {
  /**
   * The JSON file whose `version` is the canonical base, `packages/ameide_sdk_ts/package.json`:
   * read at the commit, never from the working tree.
   */
  readonly canonical: string;
  /**
   * What is published, in the order it is shown. A list in the list is taken as its entries:
   * `configuration` gives one for each carrier.
   */
  readonly publishers: readonly (PublisherDefinition | readonly PublisherDefinition[])[];
  /**
   * Programs run once, in order, at the root of the run's private copy of the commit before
   * anything is built: `[['pnpm', 'install', '--frozen-lockfile']]`.
   */
  readonly prepare?: readonly Argv[];
  /** See `VersionOptions`. */
  readonly stamp?: VersionOptions['stamp'];
  /** See `VersionOptions`. */
  readonly afterRelease?: VersionOptions['afterRelease'];
  /**
   * The branches, here or at `origin`, whose commits are published as dev builds: `['main']`. Any
   * commit when left out. A version tag is published wherever it is.
   */
  readonly branches?: readonly string[];
  /**
   * The source repository, `https://github.com/ameideio/ameide`; taken from the `origin` remote
   * when left out.
   */
  readonly repository?: string;
  /** How long a published version may take to become readable, in milliseconds. Default 120,000. */
  readonly visibleWithinMs?: number;
}

/** What the definition says of how a commit's versions are derived. */
export function versionQuestion(
  definition: ReleaseDefinition,
): Pick<CommitQuestion, 'base' | 'stamp' | 'afterRelease'> {
  const { canonical, stamp, afterRelease } = definition;
  return {
    base: { canonicalFile: canonical },
    ...(stamp === undefined ? {} : { stamp }),
    ...(afterRelease === undefined ? {} : { afterRelease }),
  };
}

/** A release's publishers, one level deep. */
export function publishersOf({ publishers }: ReleaseDefinition): readonly PublisherDefinition[] {
  return publishers.flat();
}

/** A program and its arguments; never a shell line. */
export type Argv = readonly [string, ...string[]];

const KEYS = [
  'canonical',
  'publishers',
  'prepare',
  'stamp',
  'afterRelease',
  'branches',
  'repository',
  'visibleWithinMs',
];
const CODE = 'release-definition';

/** Checks a definition's shape and returns it. Throws `InvalidInputError` that names the field. */
export function defineRelease(definition: ReleaseDefinition): ReleaseDefinition {
  const input: unknown = definition;
  if (typeof input !== 'object' || input === null)
    fail('release', input, 'an object with canonical and publishers');
  refuseUnknownOptions(definition, KEYS, CODE);
  checkFile('canonical', definition.canonical);
  checkPublishers(definition.publishers);
  checkPrepare(definition.prepare);
  oneOf('stamp', definition.stamp, ['datetime', 'date']);
  oneOf('afterRelease', definition.afterRelease, ['next-patch', 'keep', 'error']);
  checkBranches(definition.branches);
  checkRepository(definition.repository);
  const wait = definition.visibleWithinMs;
  if (wait !== undefined && !(Number.isInteger(wait) && wait >= 0))
    fail('visibleWithinMs', wait, 'milliseconds, a whole number of 0 or more');
  return definition;
}

function checkFile(field: string, value: unknown): void {
  if (parseRepositoryPath(value, field, CODE) === '')
    fail(field, value, 'a file, for example packages/ameide_sdk_ts/package.json');
}

function checkPublishers(value: unknown): void {
  if (!Array.isArray(value) || value.flat().length === 0)
    fail(
      'publishers',
      value,
      'a list of at least one publisher, for example [npm({ directory: "packages/sdk" })]',
    );
  for (const [index, publisher] of value.flat().entries()) {
    const good =
      typeof publisher === 'object' &&
      publisher !== null &&
      typeof publisher.open === 'function' &&
      typeof publisher.label === 'string';
    if (!good)
      fail(
        `publishers[${index}]`,
        publisher,
        'what npm(), pypi(), goModule(), ghcr() or configuration() returns',
      );
  }
}

function checkPrepare(value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) fail('prepare', value, 'a list of commands, each a list of words');
  for (const [index, argv] of value.entries()) {
    const good =
      Array.isArray(argv) &&
      argv.length > 0 &&
      argv.every((word) => typeof word === 'string' && !word.includes('\0')) &&
      argv[0] !== '';
    if (!good)
      // A shell line may hold anything: its program alone is shown.
      fail(
        `prepare[${index}]`,
        typeof argv === 'string' ? (argv.trim().split(/\s/)[0] ?? '') : argv,
        "a program and its arguments as a list, for example ['pnpm', 'install', '--frozen-lockfile']",
      );
  }
}

function checkBranches(value: unknown): void {
  if (value === undefined) return;
  const good =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => typeof name === 'string' && isBranch(name));
  if (!good)
    fail(
      'branches',
      value,
      "a list of branch names without patterns or refs/heads/, for example ['main', 'release/1.x']",
    );
}

/** What `git check-ref-format --branch` takes, near enough that a pattern or a full ref is told. */
function isBranch(name: string): boolean {
  return name !== '' && !/^(?:refs\/|-|\/)|\.\.|@\{|[\0-\x20\x7f~^:?*[\\]|[/.]$/.test(name);
}

function checkRepository(value: unknown): void {
  if (value === undefined) return;
  const good =
    typeof value === 'string' &&
    /^https:\/\/[^\s?#@]+[^\s?#@/]$/.test(value) &&
    !value.endsWith('.git');
  if (!good)
    fail(
      'repository',
      value,
      'an https URL without credentials or ".git", for example https://github.com/ameideio/ameide',
    );
}

function oneOf(field: string, value: unknown, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value as string))
    fail(field, value, allowed.join(' or '));
}

function fail(field: string, value: unknown, expected: string): never {
  throw new InvalidInputError({ field, received: received(value), expected }, CODE);
}
