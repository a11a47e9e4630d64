import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ifThere } from '../atomic-file.ts';
import { component } from '../component-detection.ts';
import type { RunningPythonIndex } from '../python-index/index.ts';
import { createToken } from '../state-folder.ts';
import { childEnvironment, startProgram } from './child-server.ts';
import { type RealServerOptions, startReal } from './open.ts';

export interface DevpiOptions extends RealServerOptions {
  /** The password of the user `__token__`. Default: a new one. */
  readonly token?: string;
}

export interface RunningDevpi extends RunningPythonIndex {
  /** Another index of the server, whose files `__token__/local` inherits; the same token. */
  readonly base: Pick<RunningPythonIndex, 'uploadUrl' | 'simpleUrl'>;
}

const USER = '__token__';
const INDEX = `${USER}/local`;
const BASE = `${USER}/base`;

/**
 * Starts devpi-server with an index, `__token__/local`, whose files cannot be replaced, and which
 * inherits those of another, `__token__/base`. It accepts local versions; anybody may read; uploads need `__token__` and the token.
 * Starting takes some ten seconds. `directory`, if given, must be new or empty.
 */
export async function startDevpi(options: DevpiOptions = {}): Promise<RunningDevpi> {
  const token = options.token ?? createToken('pypi-local-');
  return startReal('devpi', options.directory, async (state, command) => {
    const serverDirectory = join(state.directory, 'server');
    const initialised = await ifThere(access(serverDirectory).then(() => true));
    if (initialised === true)
      throw new Error(
        `${serverDirectory} holds a devpi server whose passwords are not known any more`,
      );
    const init = component('devpi').path?.replace(/server$/, 'init') ?? 'devpi-init';
    await promisify(execFile)(init, ['--serverdir', serverDirectory, '--no-root-pypi'], {
      env: childEnvironment(state),
    });
    const server = await startProgram(state, {
      command: [...command, '--serverdir', serverDirectory, '--host', '127.0.0.1', '--port', '0'],
      listening: /Serving on http:\/\/127\.0\.0\.1:([1-9]\d*)/,
    });
    try {
      await createIndexes(server.url, token);
    } catch (error) {
      await server.stop();
      throw error;
    }
    const addresses = (index: string) => ({
      uploadUrl: `${server.url}/${index}/`,
      simpleUrl: `${server.url}/${index}/+simple/`,
    });
    return Object.assign(server, { ...addresses(INDEX), base: addresses(BASE), token });
  });
}

/**
 * devpi-init leaves `root` without a password, so that argv contains none. Set a random one that
 * nobody knows.
 */
async function createIndexes(url: string, token: string): Promise<void> {
  const root = await login(url, 'root', '');
  await call(url, 'PATCH', '/root', root, { password: randomBytes(16).toString('hex') });
  await call(url, 'PUT', `/${USER}`, undefined, { password: token });
  const session = await login(url, USER, token);
  const settings = { type: 'stage', volatile: false, acl_upload: [USER] };
  await call(url, 'PUT', `/${BASE}`, session, { ...settings, bases: [] });
  await call(url, 'PUT', `/${INDEX}`, session, { ...settings, bases: [BASE] });
}

async function login(url: string, user: string, password: string): Promise<string> {
  const answer = await call(url, 'POST', '/+login', undefined, { user, password });
  return Buffer.from(
    `${user}:${(answer as { result: { password: string } }).result.password}`,
  ).toString('base64');
}

async function call(
  url: string,
  method: string,
  path: string,
  session: string | undefined,
  body: object,
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      ...(session === undefined ? {} : { 'x-devpi-auth': session }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok)
    throw new Error(
      `devpi answered ${method} ${path} with ${response.status}: ${await response.text()}`,
    );
  return response.json();
}
