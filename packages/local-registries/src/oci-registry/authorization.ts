import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseBasicCredentials, sameSecret } from '../basic-credentials.ts';
import { RegistryError } from './registry-error.ts';
import { isName, type Route } from './route.ts';

export type AuthorizationKind = 'bearer' | 'basic' | 'none';
type Action = 'pull' | 'push' | 'delete';

interface Access {
  readonly type: 'repository';
  readonly name: string;
  readonly actions: readonly Action[];
}

export interface AuthorizationSettings {
  readonly kind: AuthorizationKind;
  readonly isPrivate: boolean;
  readonly user: string;
  readonly password: string;
  /** How long a bearer token is valid, in seconds. */
  readonly tokenLifetime: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Authorization {
  /**
   * Throws `UNAUTHORIZED`, with a challenge that tells the client where to authenticate, if the
   * request is not allowed.
   */
  check(request: IncomingMessage, route: Route): void;
  /** Answers `GET /token` (the Docker token protocol: distribution, docs/spec/auth/token.md). */
  token(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void;
}

/**
 * Who may do what, as public registries do it: anybody may pull unless the registry is private, and
 * the one user may also push and delete.
 * - `bearer`: every request needs a token from `/token`, which gives an anonymous caller one that
 *   can only pull.
 * - `basic`: pulling needs nothing; writing needs the user's name and password. `/v2/`
 *   challenges, so that clients send them (and so Docker Engine, which reads nothing else, never
 *   pulls without them).
 * - `none`: everything is allowed.
 */
export function createAuthorization(settings: AuthorizationSettings): Authorization {
  const key = randomBytes(32);
  const isUser = (request: IncomingMessage): boolean => {
    const given = parseBasicCredentials(request.headers.authorization);
    return (
      given !== undefined &&
      sameSecret(given.user, settings.user) &&
      sameSecret(given.password, settings.password)
    );
  };
  return {
    check: (request, route) => {
      if (settings.kind === 'bearer') checkBearer(settings, key, request, route);
      if (settings.kind === 'basic') checkBasic(settings, isUser, request, route);
    },
    token: (request, response, query) => {
      const user = isUser(request);
      if (request.headers.authorization !== undefined && !user)
        throw basicChallenge('wrong user name or password');
      const access = requestedAccess(query).map((wanted) => ({
        ...wanted,
        actions: wanted.actions.filter(
          (action) => user || (action === 'pull' && !settings.isPrivate),
        ),
      }));
      const issued = Math.floor(settings.now() / 1000);
      const token = sign(key, {
        jti: randomUUID(),
        iat: issued,
        exp: issued + settings.tokenLifetime,
        access,
      });
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(
        JSON.stringify({
          token,
          access_token: token,
          expires_in: settings.tokenLifetime,
          issued_at: new Date(issued * 1000).toISOString(),
        }),
      );
    },
  };
}

function checkBasic(
  settings: AuthorizationSettings,
  isUser: (request: IncomingMessage) => boolean,
  request: IncomingMessage,
  route: Route,
): void {
  const open =
    !settings.isPrivate &&
    request.headers.authorization === undefined &&
    route.kind !== 'support' &&
    neededAction(request, route) === 'pull';
  if (!open && !isUser(request)) throw basicChallenge('a user name and password are needed');
}

function checkBearer(
  settings: AuthorizationSettings,
  key: Buffer,
  request: IncomingMessage,
  route: Route,
): void {
  const action = neededAction(request, route);
  // As CNCF distribution: mounting a blob needs the right to pull from its repository.
  const from = route.kind === 'uploads' ? mountedFrom(request) : undefined;
  const scope =
    route.kind === 'support'
      ? undefined
      : [
          `repository:${route.name}:${action === 'push' ? 'pull,push' : action}`,
          ...(from === undefined ? [] : [`repository:${from}:pull`]),
        ].join(' ');
  const refuse = (message: string, error?: string): RegistryError => {
    const host = request.headers.host ?? '127.0.0.1';
    const parts = [
      `realm="http://${host}/token"`,
      `service="${host}"`,
      ...(scope ? [`scope="${scope}"`] : []),
      ...(error ? [`error="${error}"`] : []),
    ];
    return new RegistryError('UNAUTHORIZED', message, {
      headers: { 'www-authenticate': `Bearer ${parts.join(',')}` },
    });
  };
  const token = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw refuse('a token is needed');
  const claims = verify(key, token);
  if (claims === undefined || claims.exp * 1000 <= settings.now())
    throw refuse('the token is not valid, or no longer', 'invalid_token');
  const granted = (name: string): readonly Action[] =>
    claims.access.filter((item) => item.name === name).flatMap((item) => item.actions);
  if (route.kind !== 'support' && !granted(route.name).includes(action))
    throw refuse(`the token does not allow ${action}`, 'insufficient_scope');
  if (from !== undefined && !granted(from).includes('pull'))
    throw refuse(`the token may not pull from ${from}`, 'insufficient_scope');
}

function mountedFrom(request: IncomingMessage): string | undefined {
  return new URL(request.url ?? '', 'http://localhost').searchParams.get('from') ?? undefined;
}

function neededAction(request: IncomingMessage, route: Route): Action {
  if (route.kind === 'uploads' || route.kind === 'upload') return 'push';
  if (request.method === 'DELETE') return 'delete';
  return request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push';
}

function basicChallenge(message: string): RegistryError {
  return new RegistryError('UNAUTHORIZED', message, {
    headers: { 'www-authenticate': 'Basic realm="local registry"' },
  });
}

/**
 * `scope=repository:<name>:<actions>`, repeated or separated by spaces; `*` means every action.
 * Ignores other kinds of resource.
 */
function requestedAccess(query: URLSearchParams): Access[] {
  const scopes = query.getAll('scope').flatMap((scope) => scope.split(' '));
  return scopes.flatMap((scope) => {
    const [, name, list] = /^repository:([^:]+):([a-z,*]*)$/.exec(scope) ?? [];
    if (name === undefined || list === undefined || !isName(name)) return [];
    const wanted = new Set(list.split(','));
    const every: readonly Action[] = ['pull', 'push', 'delete'];
    return [
      {
        type: 'repository' as const,
        name,
        actions: every.filter((action) => wanted.has(action) || wanted.has('*')),
      },
    ];
  });
}

interface Claims {
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly access: readonly Access[];
}

function sign(key: Buffer, claims: Claims): string {
  const content = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${content}.${signature(key, content)}`;
}

/** Returns the claims of a token that this server signed. The key lasts as long as the server. */
function verify(key: Buffer, token: string): Claims | undefined {
  const [header, claims, given] = token.split('.');
  if (header === undefined || claims === undefined || given === undefined) return undefined;
  if (!sameSecret(given, signature(key, `${header}.${claims}`))) return undefined;
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Claims;
}

function signature(key: Buffer, content: string): string {
  return createHmac('sha256', key).update(content).digest('base64url');
}
