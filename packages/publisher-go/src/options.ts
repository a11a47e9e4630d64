import {
  createGitRemote,
  type GitRemoteOptions,
  type Http,
  type Processes,
  Secret,
  type SecretInput,
} from '@ameide/publisher-kit';
import { InvalidInputError, parseRepositoryPath } from '@ameide/versioning-core';
import {
  anyObject,
  branchName,
  exactPaths,
  func,
  optional,
  parsedBy,
  secret,
  shape,
  string,
} from '@ameide/versioning-core/options';

/**
 * What `goModule` takes. With `mirror` the module lives in a repository of its own; without, in the
 * source repository.
 */
export interface GoModuleOptions {
  /**
   * The module's directory in the source repository, `packages/ameide_sdk_go`; `''` or `.` for its
   * root.
   */
  readonly directory: string;
  /**
   * Git URL of the repository that the module path leads to,
   * `https://github.com/ameideio/ameide-sdk-go.git`.
   */
  readonly mirror?: string;
  /**
   * In place: git URL that tags are pushed to. Default: that of the source repository on its host.
   */
  readonly remote?: string;
  /**
   * For pushing. Left out: the environment's GO_MIRROR_TOKEN (with `mirror`); for github.com alone
   * also GITHUB_TOKEN. `undefined` and `''` mean none.
   */
  readonly token?: SecretInput | undefined;
  /** The user name that goes with the token. Default `x-access-token`, as GitHub wants it. */
  readonly user?: string;
  /**
   * The mirror's moving branches. Default `main` for the highest release and `dev` for the newest
   * dev build.
   */
  readonly branches?: { readonly release?: string; readonly dev?: string };
  /**
   * With `mirror`: files and folders of the module, relative to its directory, that the mirror takes
   * from the checkout as `prepare` left them: generated code that git ignores, a link that shall be
   * the file it leads to.
   */
  readonly fromCheckout?: readonly string[];
  /** Files that are published although they would be refused, each by its exact repository path. */
  readonly allow?: readonly string[];
  /** For tests. */
  readonly ports?: GoModulePorts;
}

export interface GoModulePorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token is looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits before a git command that got no answer is tried again; rejects on abort. */
  readonly sleep?: NonNullable<GitRemoteOptions['sleep']>;
}

/** Options, checked before anything is read. */
export interface ParsedOptions extends GoModuleOptions {
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly branches: { readonly release: string; readonly dev: string };
  readonly fromCheckout: readonly string[];
  readonly allow: readonly string[];
}

type Branches = NonNullable<GoModuleOptions['branches']>;

const gitAddress = optional(parsedBy((value) => createGitRemote({ url: value as string }).url));

const checkOptions = shape<GoModuleOptions>(
  {
    directory: parseRepositoryPath,
    mirror: gitAddress,
    remote: gitAddress,
    token: secret(Secret),
    user: optional(string('a user name')),
    branches: optional(
      shape<Branches>({ release: optional(branchName), dev: optional(branchName) }),
    ),
    fromCheckout: optional(exactPaths),
    allow: optional(exactPaths),
    ports: optional(
      shape<GoModulePorts>({
        http: optional(anyObject()),
        processes: optional(anyObject()),
        env: optional(anyObject()),
        sleep: optional(func()),
      }),
    ),
  },
  { name: 'goModule' },
);

/** Throws `InvalidInputError` that names the option. */
export function parseOptions(options: GoModuleOptions): ParsedOptions {
  const parsed = checkOptions(options);
  const { allow = [], fromCheckout = [], mirror, remote } = parsed;
  const branches = { release: 'main', dev: 'dev', ...parsed.branches };
  if (mirror !== undefined && remote !== undefined)
    throw new InvalidInputError({ field: 'remote', expected: 'either mirror or remote, not both' });
  if (fromCheckout.length > 0 && mirror === undefined) {
    throw new InvalidInputError({
      field: 'fromCheckout',
      expected: 'none without mirror: go takes what the commit holds',
      hint: 'Commit the files, or publish the module through a mirror.',
    });
  }
  const goMod = fromCheckout.indexOf('go.mod');
  if (goMod !== -1) {
    const expected = 'files and folders of the module, other than its go.mod and itself';
    throw new InvalidInputError({
      field: `fromCheckout[${goMod}]`,
      received: 'go.mod',
      expected,
    });
  }
  if (branches.release !== branches.dev) return { ...parsed, branches, fromCheckout, allow };
  const expected = 'two branches, one for releases and one for dev builds';
  throw new InvalidInputError({ field: 'branches', received: branches.dev, expected });
}
