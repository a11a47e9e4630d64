import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parseBasicCredentials, sameSecret } from '../basic-credentials.ts';
import { listen, type Running } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';
import { createBareRepository, execPath, isRepository } from './bare-repository.ts';
import { runHttpBackend } from './http-backend.ts';
import { type Route, repositoryPath, routeOf } from './route.ts';

export interface GitHostOptions {
  /**
   * The folder of the bare repositories. A later host on the same folder serves them again.
   * Default: temporary.
   */
  readonly directory?: string;
  /** Repositories to create at the start, each as `owner/name`. */
  readonly repositories?: readonly string[];
  /** The only user, who may push. Default `x-access-token`, as on GitHub. */
  readonly user?: string;
  /** The user's password. Default: a new one. */
  readonly token?: string;
}

export interface RunningGitHost extends Running {
  readonly user: string;
  readonly token: string;
  /**
   * Creates an empty bare repository with default branch `main`, unless it exists. Returns its
   * clone URL (`…/owner/name.git`).
   */
  createRepository(repository: string): Promise<string>;
  /** Returns the bare repository's folder, for inspection. */
  path(repository: string): string;
}

/**
 * Starts a git host over HTTP: `git http-backend`, git's own server, behind `node:http`. Anybody
 * may clone and fetch; pushing needs Basic authentication; it refuses wrong credentials everywhere,
 * as GitHub does. Each repository has its name with and without `.git`. Each ref's reflog records
 * every update, also of tags, so a test can check each move and not only the end.
 */
export async function startGitHost(options: GitHostOptions = {}): Promise<RunningGitHost> {
  const user = options.user ?? 'x-access-token';
  const token = options.token ?? createToken('git_local_');
  const state = await openStateFolder('git-host', options.directory);
  const root = join(state.directory, 'repositories');
  const path = (repository: string): string => join(root, repositoryPath(repository));
  const server = await listen(state, async (request, response, signal) => {
    const route = routeOf(request.method ?? '', request.url ?? '');
    if (route === undefined || !(await isRepository(join(root, route.repository))))
      return answer(request, response, 404, 'Not found');
    const access = authorize(request, route, user, token);
    if (access === 'refused') return unauthorized(request, response);
    const remoteUser = access === 'known' ? user : undefined;
    await runHttpBackend(
      {
        executables: await execPath(),
        root,
        home: state.directory,
        route,
        remoteUser,
        log: state.log,
      },
      request,
      response,
      signal,
    );
  });
  const createRepository = async (repository: string): Promise<string> => {
    await createBareRepository(path(repository), state.directory);
    return `${server.url}/${repositoryPath(repository)}`;
  };
  try {
    await mkdir(root, { recursive: true });
    for (const repository of options.repositories ?? []) await createRepository(repository);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return Object.assign(server, { user, token, createRepository, path });
}

function authorize(
  request: IncomingMessage,
  route: Route,
  user: string,
  token: string,
): 'known' | 'anonymous' | 'refused' {
  const header = request.headers.authorization;
  if (header === undefined) return route.service === 'git-receive-pack' ? 'refused' : 'anonymous';
  const basic = parseBasicCredentials(header);
  return basic?.user === user && sameSecret(basic.password, token) ? 'known' : 'refused';
}

function unauthorized(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('www-authenticate', 'Basic realm="git"');
  answer(request, response, 401, 'Authentication is needed');
}

/**
 * Answers after reading the body: a client that is still sending would see a reset instead of the
 * answer.
 */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  request.resume();
  request.once('end', () =>
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${text}\n`),
  );
}
