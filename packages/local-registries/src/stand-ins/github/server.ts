import type { IncomingMessage, ServerResponse } from 'node:http';
import { mayDo } from './access.ts';
import { ASSETS } from './assets.ts';
import type { Call, Content, Handlers } from './call.ts';
import { githubDocument, type Match } from './github-document.ts';
import { OBJECTS } from './objects.ts';
import { PACKAGES } from './packages.ts';
import { PULLS } from './pulls.ts';
import { REFERENCES } from './references.ts';
import { RELEASES } from './releases.ts';
import { NOT_FOUND, type Reply, refuse } from './reply.ts';
import { REPOSITORIES } from './repositories.ts';
import { keyOf, type World } from './world.ts';

const HANDLERS: Handlers = {
  ...REPOSITORIES,
  ...REFERENCES,
  ...OBJECTS,
  ...PULLS,
  ...RELEASES,
  ...ASSETS,
  ...PACKAGES,
};

const API = '/api/v3';
const UPLOADS = '/api/uploads';

/** Receives each violation of GitHub's document by a request or an answer. */
export type Report = (violation: string) => void;

/**
 * Answers one request to the API, and reports the violations of the request and of the answer. Resolves
 * to false for a path outside the API.
 */
export async function answerApi(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  report: Report,
): Promise<boolean> {
  const origin = `http://${request.headers.host}`;
  const url = new URL(request.url ?? '/', origin);
  const prefix = [API, UPLOADS].find((one) => url.pathname.startsWith(`${one}/`));
  const { method = 'GET' } = request;
  if (prefix === undefined) return false;
  const what = `${method} ${url.pathname}`;
  const content = await contentOf(request);
  const match = githubDocument().find(method, url.pathname.slice(prefix.length));
  if (match === undefined || isUpload(match) !== (prefix === UPLOADS)) {
    report(`${what}: GitHub has no such operation there, or the stand-in lacks it`);
    return send(response, NOT_FOUND, world);
  }
  // An incomplete file is stored, incomplete JSON is not.
  if (!content.isComplete && !isUpload(match)) {
    response.destroy();
    return true;
  }
  const broken = checked(match, url, content);
  for (const one of broken) report(`${what}: ${one}`);
  const reply = await answer({ world, request, url, content, match, isValid: broken.length === 0 });
  const said = githubDocument().checkAnswer(match.operation, reply.status, reply.body);
  for (const one of said) report(`${what}: the answer: ${one}`);
  return send(response, reply, world);
}

interface Exchange {
  readonly world: World;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly content: Content;
  readonly match: Match;
  readonly isValid: boolean;
}

async function answer(exchange: Exchange): Promise<Reply> {
  const { world, request, url, content, match, isValid } = exchange;
  const limited = world.limits.take(request.method ?? 'GET');
  if (limited !== undefined) return limited;
  const holder = world.tokens.find(request.headers.authorization);
  if (holder === 'unknown') return refuse(401, 'Bad credentials');
  if (!isValid) return refuse(422, 'Invalid request.');
  const { path } = match;
  const call: Call = {
    world,
    origin: url.origin,
    url,
    path,
    json: isUpload(match) ? {} : jsonOf(content),
    content,
    accept: request.headers.accept ?? '',
    holder,
  };
  return dispatch(call, match.operation.id);
}

async function dispatch(call: Call, id: string): Promise<Reply> {
  const handler = HANDLERS[id];
  const { holder, path, world } = call;
  if (handler === undefined) return refuse(501, `The stand-in does not answer ${id}.`);
  if (handler.needs === 'nothing') return handler.handle(call);
  if (handler.needs === 'token')
    return holder === 'anonymous' ? refuse(401, 'Requires authentication') : handler.handle(call);
  const repository = world.repositories.get(keyOf(path['owner'] ?? '', path['repo'] ?? ''));
  // A repository that the token may not see is answered as if it did not exist.
  if (repository === undefined || !mayDo(holder, 'read', repository)) return NOT_FOUND;
  if (!mayDo(holder, handler.needs, repository)) return forbidden(call);
  if (repository.archived && handler.needs === 'push')
    return refuse(403, 'Repository was archived so is read-only.');
  return handler.handle({ ...call, repository });
}

function forbidden({ holder }: Call): Reply {
  if (holder === 'anonymous') return refuse(401, 'Requires authentication');
  const kind = holder.isInstallation ? 'integration' : 'personal access token';
  return refuse(403, `Resource not accessible by ${kind}`);
}

function isUpload({ operation }: Match): boolean {
  return operation.id === 'repos/upload-release-asset';
}

function checked(match: Match, url: URL, content: Content): readonly string[] {
  const check = (body: unknown): readonly string[] =>
    githubDocument().checkRequest(match, url.searchParams, body);
  if (isUpload(match) || content.bytes.length === 0) return check(undefined);
  try {
    return check(jsonOf(content));
  } catch {
    return ['the body is not JSON'];
  }
}

function jsonOf({ bytes }: Content): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) return {};
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Readonly<Record<string, unknown>>;
}

async function contentOf(request: IncomingMessage): Promise<Content> {
  const chunks: Buffer[] = [];
  let isComplete = true;
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    isComplete = false;
  }
  return {
    bytes: Buffer.concat(chunks),
    type: request.headers['content-type'] ?? 'application/octet-stream',
    hasLength: request.headers['content-length'] !== undefined,
    isComplete: isComplete && request.complete,
  };
}

function send(response: ServerResponse, reply: Reply, world: World): true {
  const body = reply.body === undefined ? undefined : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...world.limits.headers(),
    ...reply.headers,
  });
  response.end(body);
  return true;
}
