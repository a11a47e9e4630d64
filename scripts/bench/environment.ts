import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Variables that pnpm, CI and a test run set, and a user's shell does not have. */
const UNWANTED = /^(npm_|pnpm_|GITHUB_|GIT_|VITEST|CI$|NODE_OPTIONS$|INIT_CWD$|PIP_FIND_LINKS$)/i;

/**
 * The environment of everything that is measured: that of this process, without what a user's shell would
 * not have, without the configuration of the user's tools, and with the tools that `.ci/run` installs.
 */
export function benchEnvironment(): NodeJS.ProcessEnv {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'ameide-publishing/ci',
  );
  const kept = Object.entries(process.env).filter(
    ([name]) => !UNWANTED.test(name) || name.toLowerCase() === 'npm_config_registry',
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [process.env['PATH'], join(cache, 'python/bin'), join(cache, 'bin')].join(delimiter),
    GIT_AUTHOR_NAME: 'Bench',
    GIT_AUTHOR_EMAIL: 'bench@example.com',
    GIT_COMMITTER_NAME: 'Bench',
    GIT_COMMITTER_EMAIL: 'bench@example.com',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    NO_COLOR: '1',
    PIP_CONFIG_FILE: '/dev/null',
  };
}
