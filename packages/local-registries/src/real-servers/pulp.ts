import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { postgresqlFolder } from '../component-servers.ts';
import type { RunningPythonIndex } from '../python-index/index.ts';
import { running } from '../running.ts';
import { createToken, type StateFolder } from '../state-folder.ts';
import { type Child, childEnvironment, startChild } from './child-server.ts';
import { freePort } from './free-port.ts';
import { type RealServerOptions, startReal } from './open.ts';

/** A Pulp server with one Python index, and the user who may upload to it. */
export interface RunningPulp extends RunningPythonIndex {
  readonly user: string;
}

export interface PulpOptions extends RealServerOptions {
  /**
   * Whose attestations it accepts: a Sigstore's `pythonEnvironment`. Default: those of the public one, whose keys
   * Pulp has no network to read.
   */
  readonly trust?: { readonly XDG_CACHE_HOME: string };
}

const USER = 'publisher';
/** The user id of `nobody` in Debian. PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/**
 * Starts Pulp on a PostgreSQL of its own, with one Python index that keeps its files and has both
 * forms of the Simple API. Anybody may read; uploads need the user and the token. Attestations (PEP 740)
 * are verified after the upload was accepted. Starting takes some twenty seconds. `directory`, if given, must be new or empty.
 */
export async function startPulp(options: PulpOptions = {}): Promise<RunningPulp> {
  return startReal('pulp', options.directory, async (state, [api = '']) => {
    const children: Child[] = [];
    const stop = async (): Promise<void> => {
      for (const child of children.toReversed()) await child.stop();
      await state.dispose();
    };
    try {
      const token = createToken('pulp-local-');
      children.push(await startPostgresql(state));
      const [apiPort, contentPort] = [await freePort(), await freePort()];
      const settings = await configure(state, { token, apiPort, contentPort });
      const env = { ...settings, ...options.trust };
      const program = (name: string): string => join(dirname(api), name);
      const manage = async (...args: readonly string[]): Promise<unknown> =>
        promisify(execFile)(program('pulpcore-manager'), args, {
          env: { ...childEnvironment(state), ...env },
        });
      await manage('migrate', '--noinput');
      await manage('createsuperuser', '--noinput');
      const bind = (port: number): string[] => ['--bind', `127.0.0.1:${port}`, '--workers', '1'];
      const bound = /Listening at: http:/;
      const commands = [
        { command: [api, ...bind(apiPort)], listening: bound },
        { command: [program('pulpcore-content'), ...bind(contentPort)], listening: bound },
        { command: [program('pulpcore-worker')], listening: /Starting pulpcore worker/ },
      ];
      for (const command of commands) children.push(await startChild(state, { ...command, env }));
      const url = `http://127.0.0.1:${apiPort}`;
      await createIndex(url, token);
      const index = `${url}/pypi/local`;
      const addresses = { uploadUrl: `${index}/legacy/`, simpleUrl: `${index}/simple/` };
      return Object.assign(running(url, state.logFile, stop), addresses, { user: USER, token });
    } catch (error) {
      await stop();
      throw error;
    }
  });
}

async function startPostgresql(state: StateFolder): Promise<Child> {
  const programs = postgresqlFolder() ?? '';
  const uid = userInfo().uid === 0 ? NOBODY : undefined;
  const data = join(state.directory, 'postgresql');
  await mkdir(data);
  if (uid !== undefined) {
    await chown(data, uid, -1);
    await chmod(state.directory, 0o711);
  }
  const as = uid === undefined ? {} : { uid };
  const create = ['-D', data, '-A', 'trust', '-U', USER, '-E', 'UTF8', '--no-sync'];
  await promisify(execFile)(join(programs, 'initdb'), create, {
    env: childEnvironment(state),
    cwd: data,
    ...as,
  });
  // A crash of the machine may cost the database of a test.
  const settings = ['listen_addresses=', 'fsync=off', 'full_page_writes=off'];
  return startChild(state, {
    command: [
      join(programs, 'postgres'),
      '-D',
      data,
      '-k',
      data,
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    listening: /ready to accept connections/,
    ...as,
  });
}

interface Configuration {
  readonly token: string;
  readonly apiPort: number;
  readonly contentPort: number;
}

/** Writes Pulp's settings. Returns the variables that lead Pulp's programs to them. */
async function configure(
  state: StateFolder,
  { token, apiPort, contentPort }: Configuration,
): Promise<NodeJS.ProcessEnv> {
  const at = (name: string): string => join(state.directory, name);
  for (const folder of ['media', 'work', 'static']) await mkdir(at(folder));
  const key = randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  await writeFile(at('key'), key, { mode: 0o600 });
  const database = { ENGINE: 'django.db.backends.postgresql', NAME: 'postgres', USER };
  const settings = {
    SECRET_KEY: randomBytes(32).toString('hex'),
    CONTENT_ORIGIN: `http://127.0.0.1:${contentPort}`,
    PYPI_API_HOSTNAME: `http://127.0.0.1:${apiPort}`,
    DB_ENCRYPTION_KEY: at('key'),
    MEDIA_ROOT: at('media'),
    WORKING_DIRECTORY: at('work'),
    FILE_UPLOAD_TEMP_DIR: at('work'),
    STATIC_ROOT: at('static'),
    DATABASES: { default: { ...database, HOST: at('postgresql') } },
  };
  const file = at('settings.py');
  const lines = Object.entries(settings).map(([k, value]) => `${k} = ${JSON.stringify(value)}\n`);
  const off = 'CACHE_ENABLED = False\nANALYTICS = False\n';
  await writeFile(file, lines.join('') + off, { mode: 0o600 });
  return {
    PULP_SETTINGS: file,
    DJANGO_SETTINGS_MODULE: 'pulpcore.app.settings',
    XDG_RUNTIME_DIR: state.directory,
    DJANGO_SUPERUSER_USERNAME: USER,
    DJANGO_SUPERUSER_EMAIL: `${USER}@example.org`,
    DJANGO_SUPERUSER_PASSWORD: token,
  };
}

async function createIndex(url: string, token: string): Promise<void> {
  const call = async (path: string, body?: object): Promise<Readonly<Record<string, string>>> => {
    const credentials = Buffer.from(`${USER}:${token}`).toString('base64');
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (response.ok) return (await response.json()) as Readonly<Record<string, string>>;
    throw new Error(`Pulp answered ${path} with ${response.status}: ${await response.text()}`);
  };
  const api = '/pulp/api/v3';
  const { pulp_href: repository } = await call(`${api}/repositories/python/python/`, {
    name: 'local',
  });
  const distribution = { name: 'local', base_path: 'local', repository };
  const { task = '' } = await call(`${api}/distributions/python/pypi/`, distribution);
  for (;;) {
    const { state } = await call(task);
    if (state === 'completed') return;
    if (state === 'failed') throw new Error('Pulp could not create the index');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
