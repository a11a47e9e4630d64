import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Headers for one connection only (RFC 9110, section 7.6.1), and `Expect`, which node has already
 * answered.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/**
 * Sends a request on to `target` with its method, path, headers and streamed body. Resolves to the
 * head of the answer. Keeps the client's `Host`, so that a server's absolute URLs lead through the
 * proxy again.
 */
export async function forward(
  target: URL,
  request: IncomingMessage,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  // One connection for each request, because the target may close a shared one just when it is used
  // again. Offer to keep it alive, however: a target that refuses a body early then reads the rest,
  // where it would reset a closing connection.
  const agent = new Agent({ keepAlive: true });
  const outgoing = requestTo(target, request, { agent, signal });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  // A target may answer early and close. Its answer counts, and we read the rest of the body so
  // that the client sees the answer; `pipeline` would close the client's connection instead.
  outgoing.once('close', () => agent.destroy());
  outgoing.on('error', () => void request.unpipe(outgoing).resume());
  request.on('data', (chunk: Buffer) => onBytes(chunk.length));
  request.pipe(outgoing);
  const [answer] = await answered;
  return answer;
}

/**
 * Sends the head of a request and the first half of its body to `target`, then resets that
 * connection. Sends nothing for a request without a body.
 */
export async function forwardHalf(
  target: URL,
  request: IncomingMessage,
  onBytes: (count: number) => void,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  onBytes(body.length);
  if (body.length === 0) return;
  const outgoing = requestTo(target, request, {});
  outgoing.on('error', () => undefined);
  const half = body.subarray(0, Math.ceil(body.length / 2));
  await new Promise((resolve) => outgoing.write(half, resolve));
  outgoing.socket?.resetAndDestroy();
}

function requestTo(target: URL, request: IncomingMessage, options: RequestOptions): ClientRequest {
  return httpRequest({
    host: target.hostname,
    port: target.port,
    method: request.method,
    path: request.url,
    headers: outgoingHeaders(request),
    ...options,
  });
}

/**
 * Passes an answer on: status, reason phrase (PyPI explains refusals there), headers and streamed
 * body.
 */
export async function relay(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  writeHead(answer, response);
  await pipeline(answer, response);
}

/** Passes on the head, then one byte of the body every `everyMs` milliseconds. */
export async function relaySlowly(
  answer: IncomingMessage,
  response: ServerResponse,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  writeHead(answer, response);
  response.flushHeaders();
  for (const byte of Buffer.concat(chunks)) {
    await delay(everyMs, undefined, { signal });
    response.write(Buffer.of(byte));
  }
  response.end();
}

/** Passes on the head and the first half of the body, after reading the whole body. */
export async function relayHalf(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  writeHead(answer, response);
  const half = body.subarray(0, Math.floor(body.length / 2));
  await new Promise((resolve) => response.write(half.length === 0 ? ' ' : half, resolve));
}

/** Reads a body to its end and drops it. */
export async function drain(
  message: IncomingMessage,
  onBytes: (count: number) => void = () => undefined,
): Promise<void> {
  for await (const chunk of message as AsyncIterable<Buffer>) onBytes(chunk.length);
}

function writeHead(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(
    answer.statusCode ?? 502,
    answer.statusMessage ?? '',
    endToEnd(answer.rawHeaders),
  );
}

function outgoingHeaders(request: IncomingMessage): readonly string[] {
  const headers = endToEnd(request.rawHeaders);
  // It was dropped with the other headers of the connection, but a body of unknown length needs it.
  if (request.headers['transfer-encoding'] !== undefined)
    headers.push('Transfer-Encoding', 'chunked');
  return headers;
}

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}
