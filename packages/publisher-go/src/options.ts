import {
  createGitRemote,
  type GitRemoteOptions,
  type Http,
  type Processes,
  Secret,
  type SecretInput,
} from '@ameide/publisher-kit';
import {
  classifyRef,
  InvalidInputError,
  parseRepositoryPath,
  received,
  refuseUnknownOptions,
} from '@ameide/versioning-core';

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
export interface ParsedOptions {
  /** `''` for the root of the repository. */
  readonly directory: string;
  readonly branches: { readonly release: string; readonly dev: string };
  readonly fromCheckout: readonly string[];
  readonly allow: readonly string[];
}

const OPTIONS: readonly (keyof GoModuleOptions)[] = [
  'directory',
  'mirror',
  'remote',
  'token',
  'user',
  'branches',
  'fromCheckout',
  'allow',
  'ports',
];

/** Throws `InvalidInputError` that names the option. */
export function parseOptions(options: GoModuleOptions): ParsedOptions {
  requireObject(options, 'options');
  refuseUnknownOptions(options, OPTIONS);
  const missing = Object.entries(options).find(
    ([name, value]) => value === undefined && name !== 'token' && name !== 'directory',
  );
  if (missing !== undefined) throw unset(missing[0]);
  const { directory, mirror, remote, user = '', token = '' } = options;
  if (mirror !== undefined && remote !== undefined)
    throw wrong('remote', undefined, 'either mirror or remote, not both');
  if (mirror !== undefined) parseUrl(mirror, 'mirror');
  if (remote !== undefined) parseUrl(remote, 'remote');
  if (typeof user !== 'string') throw wrong('user', user, 'a user name');
  // What it holds is not shown.
  if (!(typeof token === 'string' || typeof token === 'function' || token instanceof Secret))
    throw wrong('token', undefined, 'a string, a Secret, or a function that returns one');
  return {
    directory: parseRepositoryPath(directory),
    branches: parseBranches(options.branches ?? {}),
    fromCheckout: parseFromCheckout(options),
    allow: parsePaths(options.allow ?? [], 'allow'),
  };
}

function parseUrl(url: string, field: string): void {
  try {
    createGitRemote({ url });
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const { received: value, expected, hint } = error;
    throw new InvalidInputError({
      field,
      expected,
      ...(value === undefined ? {} : { received: value }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

function parseBranches(
  branches: NonNullable<GoModuleOptions['branches']>,
): ParsedOptions['branches'] {
  requireObject(branches, 'branches');
  refuseUnknownOptions(branches, ['release', 'dev']);
  const release = parseBranch(branches.release ?? 'main', 'branches.release');
  const dev = parseBranch(branches.dev ?? 'dev', 'branches.dev');
  if (release !== dev) return { release, dev };
  throw wrong('branches', dev, 'two branches, one for releases and one for dev builds');
}

function parseBranch(value: unknown, field: string): string {
  if (typeof value === 'string' && !value.startsWith('-') && !value.startsWith('.')) {
    try {
      classifyRef(`refs/heads/${value}`);
      return value;
    } catch {
      // Reported below, under the option's name.
    }
  }
  throw wrong(field, value, 'the name of a branch, for example main');
}

function parseFromCheckout({ fromCheckout = [], mirror }: GoModuleOptions): readonly string[] {
  const paths = parsePaths(fromCheckout, 'fromCheckout');
  if (paths.length > 0 && mirror === undefined)
    throw new InvalidInputError({
      field: 'fromCheckout',
      expected: 'none without mirror: go takes what the commit holds',
      hint: 'Commit the files, or publish the module through a mirror.',
    });
  const whole = paths.findIndex((path) => path === '' || path === 'go.mod');
  if (whole === -1) return paths;
  const expected = 'files and folders of the module, other than its go.mod and itself';
  throw wrong(`fromCheckout[${whole}]`, paths[whole], expected);
}

function parsePaths(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value)) throw wrong(field, value, 'a list of paths');
  return value.map((path, index) => parseRepositoryPath(path, `${field}[${index}]`));
}

function requireObject(value: unknown, field: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw wrong(field, value, 'an object');
}

function unset(field: string): InvalidInputError {
  const hint = 'Is it read from an environment variable that is not set?';
  return new InvalidInputError({
    field,
    received: 'undefined',
    expected: 'a value, or no such option',
    hint,
  });
}

function wrong(field: string, value: unknown, expected: string): InvalidInputError {
  const shown = value === undefined ? {} : { received: received(value) };
  return new InvalidInputError({ field, expected, ...shown });
}
