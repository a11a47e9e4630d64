import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LockKind } from './lock-job.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Files that say where packages come from. git ignores them in many repositories, because they hold tokens. */
export const CONFIGURATION: readonly string[] = [
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'bunfig.toml',
  'uv.toml',
  'poetry.toml',
  '.netrc',
];

/** What a tool reads of the user's own. */
interface Family {
  /** The variables with its settings. None is a token for publishing. */
  readonly settings: RegExp;
  /** Its files that may name variables. */
  readonly files: readonly string[];
  /** Variables that name one more such file. */
  readonly named: readonly string[];
}

const NPM =
  '(?:registry|@.+:registry|\\/\\/.+|userconfig|globalconfig|cafile|ca|cert|key|strict_ssl|https?_proxy|proxy|noproxy|legacy_peer_deps|min_?release_age|minimum_release_age|before|store_dir|fetch_.+)';
const NPM_FILES = ['npm_config_userconfig', 'npm_config_globalconfig'];
const YARN = 'YARN_(?!ENABLE_SCRIPTS|IGNORE_PATH|RC_FILENAME).+';

const FAMILIES: Readonly<Record<LockKind, Family>> = {
  npm: {
    settings: new RegExp(
      `^(?:npm_config_${NPM}|COREPACK_(?!NPM_(?:TOKEN|USERNAME|PASSWORD)).+)$`,
      'i',
    ),
    files: ['.npmrc'],
    named: NPM_FILES,
  },
  pnpm: {
    settings: new RegExp(`^(?:p?npm_config_${NPM}|COREPACK_.+)$`, 'i'),
    files: ['.npmrc'],
    named: [...NPM_FILES, 'pnpm_config_userconfig', 'pnpm_config_globalconfig'],
  },
  yarn: {
    settings: new RegExp(`^(?:${YARN}|COREPACK_.+)$`, 'i'),
    files: ['.yarnrc.yml'],
    named: [],
  },
  // It reads npm's settings, too: https://classic.yarnpkg.com/en/docs/envvars
  'yarn-classic': {
    settings: new RegExp(`^(?:npm_config_${NPM}|${YARN}|COREPACK_.+)$`, 'i'),
    files: ['.npmrc', '.yarnrc'],
    named: NPM_FILES,
  },
  bun: {
    settings: new RegExp(`^(?:npm_config_${NPM}|BUN_(?:CONFIG_.+|INSTALL.*))$`, 'i'),
    files: ['.npmrc', 'bunfig.toml'],
    named: NPM_FILES,
  },
  uv: {
    settings: /^(?:UV_(?!WORKING|PROJECT|FROZEN|LOCKED|NO_SYNC|DRY_RUN|PUBLISH).+|NETRC)$/,
    files: ['uv.toml'],
    named: ['UV_CONFIG_FILE'],
  },
  poetry: {
    settings:
      /^(?:POETRY_(?:HTTP_BASIC|REPOSITORIES|CERTIFICATES|CACHE|VIRTUALENVS|SYSTEM|KEYRING).*|NETRC)$/,
    files: ['poetry.toml'],
    named: [],
  },
  go: {
    settings:
      /^(?:GO(?:PROXY|PRIVATE|NOPROXY|NOSUMDB|NOSUMCHECK|SUMDB|FLAGS|INSECURE|VCS|AUTH|TOOLCHAIN|EXPERIMENT|ENV|CACHEPROG)|GIT_(?:CONFIG_.+|SSH|SSH_COMMAND|SSL_.+|TERMINAL_PROMPT)|SSH_AUTH_SOCK|NETRC)$/,
    files: [],
    named: [],
  },
  // consume runs none of these.
  'bun-binary': { settings: /^$/, files: [], named: [] },
  pdm: { settings: /^$/, files: [], named: [] },
  pipenv: { settings: /^$/, files: [], named: [] },
};

export interface ConfigurationPlace {
  readonly env: Env;
  /** The private copy, and the folder in it that the tool runs in. */
  readonly copy: string;
  readonly folder: string;
}

/**
 * Returns the contents of the files that a tool reads for a folder of the copy: in it, above it, in the user's home,
 * and those that variables name, as actions/setup-node does with NPM_CONFIG_USERCONFIG.
 */
export async function configurationOf(
  kind: LockKind,
  { copy, env, folder }: ConfigurationPlace,
): Promise<readonly string[]> {
  const { files, named } = FAMILIES[kind];
  const parts = folder === '' ? [] : folder.split('/');
  const folders = [
    env['HOME'] ?? env['USERPROFILE'] ?? homedir(),
    ...[...parts.keys(), parts.length].map((count) => join(copy, ...parts.slice(0, count))),
  ];
  const more = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && named.some((one) => one.toLowerCase() === name.toLowerCase())
      ? [value]
      : [],
  );
  const paths = [...folders.flatMap((one) => files.map((name) => join(one, name))), ...more];
  return Promise.all(paths.map(async (path) => readFile(path, 'utf8').catch(() => '')));
}

/**
 * Returns the variables that a tool gets: the user's settings of this tool, and what its files name (`${NPM_TOKEN}`).
 * `configuration`: the contents of such files.
 */
export function toolEnvironment(
  kind: LockKind,
  env: Env,
  configuration: readonly string[],
): Readonly<Record<string, string>> {
  const { settings } = FAMILIES[kind];
  const named = new Set(configuration.flatMap((text) => namedVariables(kind, text)));
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (settings.test(name) || named.has(name)) ? [[name, value]] : [],
    ),
  );
}

/** `${NAME}`; of npm also `${NAME?}`, of Yarn `${NAME-other}` and `${NAME:-other}`. */
const BRACED = /\$\{([A-Za-z_]\w*)(?:[:?-][^}]*)?\}/g;
/** bunfig.toml has `$NAME`. */
const PLAIN = /\$([A-Za-z_]\w*)/g;
/** Of npm, Yarn and TOML: a line, or what follows white space outside of quotes. */
const COMMENT = /^\s*[#;].*$|\s[#;][^'"]*$/;

function namedVariables(kind: LockKind, text: string): readonly string[] {
  const patterns = kind === 'bun' ? [BRACED, PLAIN] : [BRACED];
  const lines = text.split('\n').map((line) => line.replace(COMMENT, ''));
  return lines.flatMap((line) =>
    patterns.flatMap((pattern) => [...line.matchAll(pattern)].flatMap(([, name]) => name ?? [])),
  );
}
