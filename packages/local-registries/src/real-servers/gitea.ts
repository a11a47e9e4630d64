import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Running } from '../running.ts';
import type { StateFolder } from '../state-folder.ts';
import { childEnvironment, startProgram } from './child-server.ts';
import { freePort } from './free-port.ts';
import { type RealServerOptions, startReal } from './open.ts';

/** Gitea: an npm registry, a Python index, an OCI registry and a git host of one user. */
export interface RunningGitea extends Running {
  /** The owner of every package and repository. */
  readonly user: string;
  /** A personal access token with every scope. */
  readonly token: string;
  /** The npm registry's address. */
  readonly npmUrl: string;
  readonly uploadUrl: string;
  readonly simpleUrl: string;
  /** `127.0.0.1:PORT`; images are `HOST/USER/IMAGE`. */
  readonly host: string;
  /** Creates an empty repository of the user that anybody may read. Returns its clone URL. */
  createRepository(name: string): Promise<string>;
}

const USER = 'ameide';

/**
 * Starts Gitea on SQLite, without SSH, mail and background jobs. Anybody may read; writing needs
 * the token. `directory`, if given, must be new or empty.
 */
export async function startGitea(options: RealServerOptions = {}): Promise<RunningGitea> {
  return startReal('gitea', options.directory, async (state, [program = 'gitea']) => {
    // It writes its own address into its answers, so it must know its port before it listens.
    const port = await freePort();
    const file = join(state.directory, 'app.ini');
    await mkdir(join(state.directory, 'custom'), { recursive: true });
    await writeFile(file, settings(state.directory, dirname(program), port), { mode: 0o600 });
    const gitea = async (...args: readonly string[]): Promise<string> =>
      callProgram(state, [program, '--config', file, ...args]);
    await gitea('migrate');
    const identity = ['--username', USER, '--email', `${USER}@example.org`];
    await gitea('admin', 'user', 'create', ...identity, '--random-password');
    const scopes = ['--username', USER, '--token-name', 'test', '--scopes', 'all', '--raw'];
    // Gitea may print log lines before the token.
    const printed = await gitea('admin', 'user', 'generate-access-token', ...scopes);
    const token = printed.trim().split('\n').at(-1) ?? '';
    const server = await startProgram(state, {
      command: [program, '--config', file, 'web'],
      listening: /Starting new Web server: tcp:127\.0\.0\.1:(\d+)/,
    });
    return Object.assign(server, addresses(server.url), {
      user: USER,
      token,
      createRepository: async (name: string) => createRepository(server.url, token, name),
    });
  });
}

function addresses(url: string): Pick<RunningGitea, 'npmUrl' | 'uploadUrl' | 'simpleUrl' | 'host'> {
  const packages = `${url}/api/packages/${USER}`;
  return {
    npmUrl: `${packages}/npm/`,
    uploadUrl: `${packages}/pypi`,
    simpleUrl: `${packages}/pypi/simple/`,
    host: new URL(url).host,
  };
}

async function callProgram(state: StateFolder, argv: readonly string[]): Promise<string> {
  const [file = '', ...args] = argv;
  const { stdout } = await promisify(execFile)(file, args, { env: childEnvironment(state) });
  return stdout;
}

async function createRepository(url: string, token: string, name: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/user/repos`, {
    method: 'POST',
    headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, default_branch: 'main' }),
  });
  if (!response.ok) throw new Error(`Gitea answered ${response.status}: ${await response.text()}`);
  return `${url}/${USER}/${name}.git`;
}

/** `program` is the folder with Gitea's `options`, `public` and `templates`. */
function settings(directory: string, program: string, port: number): string {
  const sections: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
    '': {
      RUN_MODE: 'prod',
      RUN_USER: userInfo().username,
      I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: true,
      WORK_PATH: directory,
    },
    server: {
      PROTOCOL: 'http',
      HTTP_ADDR: '127.0.0.1',
      HTTP_PORT: port,
      ROOT_URL: `http://127.0.0.1:${port}/`,
      STATIC_ROOT_PATH: program,
      DISABLE_SSH: true,
      OFFLINE_MODE: true,
    },
    database: { DB_TYPE: 'sqlite3', PATH: join(directory, 'gitea.db') },
    security: { INSTALL_LOCK: true },
    service: { DISABLE_REGISTRATION: true },
    repository: { ROOT: join(directory, 'repositories') },
    log: { MODE: 'console', LEVEL: 'Info' },
    packages: { ENABLED: true },
    actions: { ENABLED: false },
    indexer: { ISSUE_INDEXER_TYPE: 'db' },
    session: { PROVIDER: 'memory' },
  };
  return Object.entries(sections)
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
      return `${name === '' ? '' : `[${name}]\n`}${lines.join('')}`;
    })
    .join('\n');
}
