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
  boolean,
  branchName,
  exactPaths,
  func,
  httpsAddress,
  listOf,
  oneOf,
  optional,
  parsedBy,
  pathBelowRoot,
  secret,
  shape,
  string,
  union,
} from '@ameide/versioning-core/options';
import { githubPlace, type RepositorySettings } from './github/place.ts';

/**
 * The options of `goModule`. With `mirror` the module is published to its own repository, without
 * it in the source repository.
 */
export interface GoModuleOptions {
  /**
   * The module's directory in the source repository, `packages/ameide_sdk_go`; `''` or `.` for its
   * root.
   */
  readonly directory: string;
  /**
   * The git URL of the repository that the module path leads to,
   * `https://github.com/ameideio/ameide-sdk-go.git`.
   */
  readonly mirror?: string;
  /**
   * Only without `mirror`: the git URL to push tags to. Default: the source repository on its host.
   */
  readonly remote?: string;
  /**
   * The token for pushing. Default: GO_MIRROR_TOKEN (with `mirror`), for github.com also
   * GITHUB_TOKEN. `undefined` and `''` mean no token.
   */
  readonly token?: SecretInput | undefined;
  /** The user name for the token. Default `x-access-token`, as GitHub requires. */
  readonly user?: string;
  /**
   * The mirror's moving branches. Default `main` for the highest release and `dev` for the newest
   * dev build.
   */
  readonly branches?: { readonly release?: string; readonly dev?: string };
  /**
   * Only with `mirror`: files and folders of the module, relative to its directory, that the mirror
   * takes from the checkout after `prepare`: generated code that git ignores, or a link to replace
   * by its file.
   */
  readonly fromCheckout?: readonly string[];
  /**
   * Only with `mirror`: the full id of the commit that its branch names, if people have pushed to
   * it by hand. Our first commit gets it as its parent, and the branch moves forward from it. From
   * the first release on it can be omitted.
   */
  readonly takeOver?: string;
  /**
   * Only with `mirror`: what the `go` of this machine checks of the mirror's files, before anything
   * is sent: that all packages `build` or `vet`, that go.mod and go.sum are `tidy`. It downloads the modules
   * that are required. Default: nothing.
   */
  readonly verify?: readonly Verification[];
  /**
   * Only with `mirror`: GitHub's API of the mirror's host, `https://HOST/api/v3` for Enterprise Server,
   * `https://api.NAME.ghe.com` with data residency. Not needed for github.com. It gets the token, and
   * reports what git does not, for example that the mirror is archived.
   */
  readonly github?: { readonly baseUrl: string };
  /**
   * Only with a mirror on GitHub: if its repository is missing, `publish` creates it, empty and, unless
   * the settings say otherwise, private. Default false.
   */
  readonly createRepository?: boolean | RepositorySettings;
  /**
   * Only with `mirror`. True: the provenance of each published commit (SLSA provenance v1), signed by Sigstore for the
   * identity of the CI job, is pushed to the mirror as `refs/attestations/<commit>`. The release definition's
   * `identity` names whose is accepted. Default false.
   */
  readonly provenance?: boolean;
  /** Exact repository paths of files to publish although they would be refused. */
  readonly allow?: readonly string[];
  /** For tests. */
  readonly ports?: GoModulePorts;
}

/** What `go` can check of a mirror's files. */
export type Verification = 'build' | 'vet' | 'tidy';

export interface GoModulePorts {
  readonly http?: Http;
  readonly processes?: Processes;
  /** Where the default token, the CI job and its identity are looked up. Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Waits before it retries a git command that got no answer. Rejects on abort. */
  readonly sleep?: NonNullable<GitRemoteOptions['sleep']>;
}

/** The checked options. */
export interface ParsedOptions extends GoModuleOptions {
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly branches: { readonly release: string; readonly dev: string };
  readonly fromCheckout: readonly string[];
  readonly allow: readonly string[];
  readonly verify: readonly Verification[];
  readonly provenance: boolean;
}

type Branches = NonNullable<GoModuleOptions['branches']>;

const gitAddress = optional(parsedBy((value) => createGitRemote({ url: value as string }).url));

const pathInModule = pathBelowRoot(
  'a file or folder of the module other than its go.mod, relative to its directory, no pattern',
  (path) => path !== 'go.mod' && !path.split('/').includes('.git') && !/[*?]/.test(path),
);

const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

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
    fromCheckout: optional(listOf(pathInModule, "a list of paths, for example ['gen/api.pb.go']")),
    takeOver: optional(string('the full id of a commit of the mirror', FULL_ID)),
    verify: optional(
      listOf(oneOf('build', 'vet', 'tidy'), "a list, for example ['build', 'tidy']"),
    ),
    github: optional(
      shape<{ baseUrl: string }>({
        baseUrl: httpsAddress(
          'the https address of a REST API (plain http for loopback only), for example https://github.example.com/api/v3',
        ),
      }),
    ),
    createRepository: optional(
      union(
        boolean,
        shape<RepositorySettings>({
          private: optional(boolean),
          description: optional(string('one line of text', /^[^\p{Cc}]{0,350}$/u)),
        }),
      ),
    ),
    provenance: optional(boolean),
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

/** Throws `InvalidInputError` with the wrong option. */
export function parseOptions(options: GoModuleOptions): ParsedOptions {
  const parsed = checkOptions(options);
  const { allow = [], fromCheckout = [], mirror, remote, verify = [] } = parsed;
  const branches = { release: 'main', dev: 'dev', ...parsed.branches };
  if (mirror !== undefined && remote !== undefined)
    throw new InvalidInputError({ field: 'remote', expected: 'either mirror or remote, not both' });
  if (fromCheckout.length > 0 && mirror === undefined) {
    throw new InvalidInputError({
      field: 'fromCheckout',
      expected: 'to be omitted without mirror, because go downloads the commit itself',
      hint: 'Commit the files, or publish the module through a mirror.',
    });
  }
  for (const field of ['takeOver', 'verify', 'github', 'createRepository'] as const)
    if (parsed[field] !== undefined && mirror === undefined)
      throw new InvalidInputError({ field, expected: 'to be omitted without mirror' });
  githubPlace(parsed);
  const { provenance = false } = parsed;
  if (provenance && mirror === undefined)
    throw new InvalidInputError({
      field: 'provenance',
      expected: 'to be omitted without mirror, because the module is the source commit itself',
      hint: 'Nothing is built, so there is nothing to prove: the version of go names that commit.',
    });
  if (branches.release !== branches.dev)
    return { ...parsed, branches, fromCheckout, allow, verify, provenance };
  const expected = 'two branches, one for releases and one for dev builds';
  throw new InvalidInputError({ field: 'branches', received: branches.dev, expected });
}
