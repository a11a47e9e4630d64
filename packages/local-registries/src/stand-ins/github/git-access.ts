import type { IncomingMessage, ServerResponse } from 'node:http';
import { execPath } from '../../git-host/bare-repository.ts';
import { runHttpBackend } from '../../git-host/http-backend.ts';
import { routeOf } from '../../git-host/route.ts';
import { type Holder, mayDo } from './access.ts';
import { keyOf, type StoredRepository, type World } from './world.ts';

interface GitPlace {
  readonly world: World;
  readonly root: string;
  readonly home: string;
  readonly log: (line: string) => void;
}

/** Serves git itself: the same repositories, the same tokens. */
export async function answerGit(
  { world, root, home, log }: GitPlace,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const route = routeOf(request.method ?? '', request.url ?? '');
  const [owner = '', name = ''] = route?.repository.replace(/\.git$/, '').split('/') ?? [];
  const repository = world.repositories.get(keyOf(owner, name));
  const holder = world.tokens.find(request.headers.authorization);
  if (route === undefined || repository === undefined) return refuseGit(request, response, 404);
  if (holder === 'unknown') return refuseGit(request, response, 401);
  const refused = refusalOf(repository, holder, route.service === 'git-receive-pack');
  if (refused !== undefined) return refuseGit(request, response, refused);
  const remoteUser = holder === 'anonymous' ? undefined : holder.login;
  const backend = { executables: await execPath(), root, home, route, remoteUser, log };
  await runHttpBackend(backend, request, response, signal);
}

/** A repository that the token may not see is answered as if it did not exist. */
function refusalOf(
  repository: StoredRepository,
  holder: Holder | 'anonymous',
  isPush: boolean,
): number | undefined {
  const isAnonymous = holder === 'anonymous';
  if (!mayDo(holder, 'read', repository)) return isAnonymous ? 401 : 404;
  if (!isPush) return undefined;
  if (!mayDo(holder, 'push', repository)) return isAnonymous ? 401 : 403;
  return repository.archived || repository.disabled ? 403 : undefined;
}

function refuseGit(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (status === 401) response.setHeader('www-authenticate', 'Basic realm="GitHub"');
  request.resume();
  request.once('end', () => response.writeHead(status).end());
}
