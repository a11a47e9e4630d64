import type { PublisherDefinition, VersionOptions } from '@ameide/versioning-core';
import {
  type Argv,
  argv,
  boolean,
  branchName,
  custom,
  httpsAddress,
  listOf,
  milliseconds,
  oneOf,
  optional,
  pathBelowRoot,
  shape,
  union,
} from '@ameide/versioning-core/options';
import type { CommitQuestion } from '../commit/commit.ts';

/** What `release.config.ts` exports. Paths are relative to the repository's root, with `/`. */
export interface ReleaseDefinition {
  /**
   * The JSON file whose `version` is the base of everything, `packages/ameide_sdk_ts/package.json`:
   * read at the commit, never from the working tree.
   */
  readonly versionFile: string;
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
  /**
   * Fetches the submodules that the clone lacks, each commit alone, into the run's private copy.
   * Credentials are for the host of `origin` alone. Default false: what the clone lacks stays away,
   * and whoever would publish it is refused.
   */
  readonly submodules?: boolean;
  /** See `VersionOptions`. */
  readonly stamp?: Required<VersionOptions>['stamp'];
  /** See `VersionOptions`. */
  readonly afterRelease?: Required<VersionOptions>['afterRelease'];
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

/** What the definition says of how a commit is read and its versions are derived. */
export function versionQuestion(
  definition: ReleaseDefinition,
): Pick<CommitQuestion, 'base' | 'submodules' | 'stamp' | 'afterRelease'> {
  const { versionFile, submodules = false, stamp, afterRelease } = definition;
  return {
    base: { versionFile },
    submodules,
    ...(stamp === undefined ? {} : { stamp }),
    ...(afterRelease === undefined ? {} : { afterRelease }),
  };
}

/** A release's publishers, one level deep. */
export function publishersOf({ publishers }: ReleaseDefinition): readonly PublisherDefinition[] {
  return publishers.flat();
}

const publisher = custom<PublisherDefinition>((value) => {
  const { open, label } = value as Readonly<Record<string, unknown>>;
  return typeof open === 'function' && typeof label === 'string';
}, 'what npm(), pypi(), goModule(), ghcr() or configuration() returns');

const SOME = 'at least one publisher in a list, for example [npm({ directory: "packages/sdk" })]';

const parseDefinition = shape<ReleaseDefinition>(
  {
    versionFile: pathBelowRoot(
      'a file, relative to the root of the repository, for example packages/ameide_sdk_ts/package.json',
    ),
    publishers: listOf(union(publisher, listOf(publisher, SOME, 1)), SOME, 1),
    prepare: optional(listOf(argv, 'a list of commands, each a list of strings')),
    submodules: optional(boolean),
    stamp: optional(oneOf('datetime', 'date')),
    afterRelease: optional(oneOf('next-patch', 'keep', 'error')),
    branches: optional(listOf(branchName, "a list of branches, for example ['main']", 1)),
    repository: optional(
      httpsAddress(
        'an https URL without credentials or ".git", for example https://github.com/ameideio/ameide',
        ({ protocol, pathname }) => protocol === 'https:' && !/\/$|\.git$/.test(pathname),
      ),
    ),
    visibleWithinMs: optional(milliseconds),
  },
  { name: 'release', code: 'release-definition' },
);

/** Checks a definition's shape and returns it. Throws `InvalidInputError` that names the field. */
export function defineRelease(definition: ReleaseDefinition): ReleaseDefinition {
  parseDefinition(definition);
  return definition;
}
