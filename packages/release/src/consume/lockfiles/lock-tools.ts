import type { LockKind } from './lock-job.ts';

/** How a tool renews its lockfile, and nothing else. */
export interface LockTool {
  /** Run one after the other in the lockfile's folder. The first word is a program on PATH. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** For its environment. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface LockRequest {
  /** The Go modules that changed, with their versions: `example.org/sdk@v0.2.0`. */
  readonly modules: readonly string[];
  /** True if `go mod tidy` would have changed nothing before. */
  readonly wasTidy: boolean;
}

/** Undefined for a tool that consume does not run. */
export function lockTool(kind: LockKind, { modules, wasTidy }: LockRequest): LockTool | undefined {
  if (kind === 'pnpm')
    return {
      commands: [
        ['pnpm', 'install', '--lockfile-only', '--ignore-scripts', '--no-frozen-lockfile'],
      ],
    };
  if (kind === 'npm')
    return {
      commands: [
        ['npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'],
      ],
    };
  if (kind === 'yarn')
    return {
      commands: [['yarn', 'install', '--mode=update-lockfile']],
      // It skips scripts in this mode, and would refuse to write in a CI run.
      settings: { YARN_ENABLE_IMMUTABLE_INSTALLS: 'false', YARN_ENABLE_TELEMETRY: '0' },
    };
  if (kind === 'yarn-classic')
    return {
      commands: [['yarn', 'install', '--ignore-scripts', '--non-interactive', '--no-progress']],
    };
  if (kind === 'bun')
    return { commands: [['bun', 'install', '--lockfile-only', '--ignore-scripts']] };
  if (kind === 'uv') return { commands: [['uv', 'lock']] };
  if (kind === 'poetry') return { commands: [['poetry', 'lock', '--no-interaction']] };
  if (kind === 'go')
    return {
      // In a go.mod that was not tidy, `tidy` would change what has nothing to do with the release.
      commands: wasTidy ? [['go', 'mod', 'tidy']] : [['go', 'get', ...modules]],
      settings: { GOWORK: 'off' },
    };
  return undefined;
}

/** What a person has to do instead. */
export const BY_HAND: Readonly<Partial<Record<LockKind, string>>> = {
  'bun-binary':
    'bun install --save-text-lockfile --lockfile-only, and commit bun.lock in its place',
  pdm: 'pdm lock --update-reuse',
  pipenv: 'pipenv lock',
};

/** The settings of the user's own that a tool needs to find and read registries. None is a token for publishing. */
const SETTINGS: Readonly<Record<'npm' | 'python' | 'go', RegExp>> = {
  npm: /^(?:(?:npm|pnpm)_config_(?:registry|@.+:registry|\/\/.+|userconfig|globalconfig|cafile|ca|cert|key|strict_ssl|https?_proxy|proxy|noproxy|legacy_peer_deps|min_?release_age|minimum_release_age|before|store_dir|fetch_.+)|YARN_(?!ENABLE_SCRIPTS|IGNORE_PATH|RC_FILENAME).+|BUN_(?:CONFIG_.+|INSTALL.*)|COREPACK_.+)$/i,
  python:
    /^(?:UV_(?!WORKING|PROJECT|FROZEN|LOCKED|NO_SYNC|DRY_RUN|PUBLISH).+|POETRY_(?:HTTP_BASIC|REPOSITORIES|CERTIFICATES|CACHE|VIRTUALENVS|SYSTEM|KEYRING).*|NETRC)$/,
  go: /^(?:GO(?:PROXY|PRIVATE|NOPROXY|NOSUMDB|NOSUMCHECK|SUMDB|FLAGS|INSECURE|VCS|AUTH|TOOLCHAIN|EXPERIMENT|ENV|CACHEPROG)|GIT_(?:CONFIG_.+|SSH|SSH_COMMAND|SSL_.+|TERMINAL_PROMPT)|SSH_AUTH_SOCK|NETRC)$/,
};

const FAMILY: Readonly<Partial<Record<LockKind, keyof typeof SETTINGS>>> = {
  uv: 'python',
  poetry: 'python',
  go: 'go',
};

/**
 * Returns the variables that a tool gets: the user's settings, and what files of the registry's configuration name
 * (`${NPM_TOKEN}`). `configuration`: the contents of such files.
 */
export function toolEnvironment(
  kind: LockKind,
  env: Readonly<Record<string, string | undefined>>,
  configuration: readonly string[],
): Readonly<Record<string, string>> {
  const pattern = SETTINGS[FAMILY[kind] ?? 'npm'];
  const named = new Set(
    configuration.flatMap((text) =>
      [...text.matchAll(/\$\{([A-Za-z_]\w*)(?:[:?-][^}]*)?\}/g)].map(([, name]) => name),
    ),
  );
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (pattern.test(name) || named.has(name)) ? [[name, value]] : [],
    ),
  );
}
