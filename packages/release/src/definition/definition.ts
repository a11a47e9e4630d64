import type { DeployOptions } from '@ameide/deploy-policy/policy';
import {
  classifyRef,
  InvalidInputError,
  type PublisherDefinition,
  type Sigstore,
  type VersionOptions,
} from '@ameide/versioning-core';
import {
  type Argv,
  anyObject,
  argv,
  boolean,
  branchName,
  type Check,
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
import { isVersionedFile } from '../commit/after-release.ts';
import { AFTER_RELEASE, type AfterRelease } from '../commit/after-release-rule.ts';
import type { CommitQuestion } from '../commit/commit.ts';
import { type ConsumersOptions, consumersOption } from './consumers.ts';
import { type DoctorOptions, doctorOption } from './doctor.ts';
import { type IdentityOption, identityOption, signingOf, sigstoreOption } from './signing.ts';

/** What `release.config.ts` exports. Paths are relative to the repository's root, with `/`. */
export interface ReleaseDefinition {
  /**
   * The file whose version is the base of all versions, read at the commit, never from the working
   * tree: `packages/ameide_sdk_ts/package.json` or another JSON file, `pyproject.toml`, `Cargo.toml`,
   * or a file that is only a version.
   */
  readonly versionFile?: string;
  /** `tags`, instead of a version file: the highest release tag before the commit is the base. */
  readonly versionFrom?: 'tags';
  /**
   * What comes before the version in the release tags: `sdk/v` for `sdk/v1.2.3`, `helm-`, `''`.
   * Default `v`. Several definitions in one repository each have their own.
   */
  readonly tagPrefix?: string;
  /**
   * What to publish, in display order. A nested list counts as its entries: `configuration` returns
   * one publisher for each carrier.
   */
  readonly publishers: readonly (PublisherDefinition | readonly PublisherDefinition[])[];
  /**
   * Programs that run once, in this order, before anything is built, in the root of the run's
   * private checkout: `[['pnpm', 'install', '--frozen-lockfile']]`.
   */
  readonly prepare?: readonly Argv[];
  /**
   * Fetches each submodule commit that the clone lacks, without history, into the run's private
   * checkout. Sends credentials only to the host of `origin`. Default false: the submodules stay
   * missing, and a publisher that needs them refuses.
   */
  readonly submodules?: boolean;
  /** See `VersionOptions`. */
  readonly stamp?: Required<VersionOptions>['stamp'];
  /** See `AfterRelease`. `changesets` needs a `versionFile` that is a package.json. */
  readonly afterRelease?: AfterRelease;
  /**
   * Only commits on these branches, here or at `origin`, are published as dev builds: `['main']`.
   * Default: any commit. Version tags are published from any branch.
   */
  readonly branches?: readonly string[];
  /**
   * What a first release does about higher versions that were published before it. `continue`, the default:
   * its base has to be above them. `reset`: it starts over below them, and `ameide-release migrate` shows how
   * everybody gets it.
   */
  readonly earlierVersions?: 'continue' | 'reset';
  /** The source repository, `https://github.com/ameideio/ameide`. Default: the `origin` remote. */
  readonly repository?: string;
  /**
   * Whose signatures and provenances are accepted: those of this workflow of this repository.
   * `{ repository: 'https://github.com/ameideio/ameide', workflow: '.github/workflows/publish.yml' }`.
   * Keyless signing needs it.
   */
  readonly identity?: IdentityOption;
  /** A Sigstore of your own. Default: the public one. */
  readonly sigstore?: Sigstore;
  /** How long to wait until a published version can be read, in milliseconds. Default 120,000. */
  readonly visibleWithinMs?: number;
  /**
   * Which of the images may run in which environment, and where manifests hold them: for
   * `ameide-release deploy`. Each part has a default.
   */
  readonly deploy?: DeployOptions;
  /** Which files of this repository use what it releases. */
  readonly consumers?: ConsumersOptions;
  /** The findings that `ameide-release doctor` allows. */
  readonly doctor?: DoctorOptions;
}

/** Returns the parts of the definition that decide how to read a commit and derive its versions. */
export function versionQuestion(
  definition: ReleaseDefinition,
): Pick<
  CommitQuestion,
  'base' | 'tagPrefix' | 'goModules' | 'submodules' | 'stamp' | 'afterRelease'
> {
  const { versionFile, submodules = false, stamp, afterRelease, tagPrefix } = definition;
  return {
    base: versionFile === undefined ? { versionFrom: 'tags' } : { versionFile },
    ...(tagPrefix === undefined ? {} : { tagPrefix }),
    goModules: publishersOf(definition).flatMap(({ goModule }) => goModule ?? []),
    submodules,
    ...(stamp === undefined ? {} : { stamp }),
    ...(afterRelease === undefined ? {} : { afterRelease }),
  };
}

/** Returns a release's publishers as one flat list. */
export function publishersOf({ publishers }: ReleaseDefinition): readonly PublisherDefinition[] {
  return publishers.flat();
}

const publisher = custom<PublisherDefinition>((value) => {
  const { open, label } = value as Readonly<Record<string, unknown>>;
  return typeof open === 'function' && typeof label === 'string';
}, 'what npm(), pypi(), goModule(), ghcr() or configuration() returns');

/** With digits or a dot at its end, nobody could say where the version begins. */
export const tagPrefix: Check<string> = custom<string>(
  (value) =>
    typeof value === 'string' &&
    /^(?:[\w@+][\w@+./-]*)?(?<![\d.])$/.test(value) &&
    isTag(`${value}1.0.0`, value),
  "what comes before the version in a tag, for example 'v', 'sdk/v', 'helm-' or ''",
);

function isTag(tag: string, prefix: string): boolean {
  return classifyRef(`refs/tags/${tag}`, prefix).kind === 'release';
}

const SOME = 'at least one publisher in a list, for example [npm({ directory: "packages/sdk" })]';

const parseDefinition = shape<ReleaseDefinition>(
  {
    versionFile: optional(
      pathBelowRoot(
        'a file, relative to the root of the repository, for example packages/ameide_sdk_ts/package.json',
      ),
    ),
    versionFrom: optional(oneOf('tags')),
    tagPrefix: optional(tagPrefix),
    publishers: listOf(union(publisher, listOf(publisher, SOME, 1)), SOME, 1),
    prepare: optional(listOf(argv, 'a list of commands, each a list of strings')),
    submodules: optional(boolean),
    stamp: optional(oneOf('datetime', 'date')),
    afterRelease: optional(oneOf(...AFTER_RELEASE)),
    earlierVersions: optional(oneOf('continue', 'reset')),
    branches: optional(listOf(branchName, "a list of branches, for example ['main']", 1)),
    repository: optional(
      httpsAddress(
        'an https URL without credentials or ".git", for example https://github.com/ameideio/ameide',
        ({ protocol, pathname }) => protocol === 'https:' && !/\/$|\.git$/.test(pathname),
      ),
    ),
    identity: optional(identityOption),
    sigstore: optional(sigstoreOption),
    visibleWithinMs: optional(milliseconds),
    // `loadDefinition` checks its parts: few commands need the code that knows them.
    deploy: optional(anyObject('an object { images?, environments?, places? }')),
    consumers: optional(consumersOption),
    doctor: optional(doctorOption),
  },
  { name: 'release', code: 'release-definition' },
);

/** Checks a definition's shape and returns it. Throws `InvalidInputError` with the wrong field. */
export function defineRelease(definition: ReleaseDefinition): ReleaseDefinition {
  parseDefinition(definition);
  signingOf(definition);
  const { versionFile, versionFrom } = definition;
  if ((versionFile === undefined) !== (versionFrom === undefined)) {
    requireVersionedFile(definition);
    return definition;
  }
  throw new InvalidInputError(
    {
      field: 'versionFile',
      expected:
        versionFile === undefined
          ? "the file that holds the base version; or versionFrom: 'tags' for a repository without one"
          : 'either versionFile or versionFrom, not both',
    },
    'release-definition',
  );
}

function requireVersionedFile({ afterRelease, versionFile = '' }: ReleaseDefinition): void {
  if (afterRelease !== 'changesets' || isVersionedFile(versionFile)) return;
  throw new InvalidInputError(
    {
      field: 'afterRelease',
      received: afterRelease,
      expected:
        "changesets only together with a versionFile that is a package.json, for example 'packages/sdk/package.json'",
    },
    'release-definition',
  );
}
