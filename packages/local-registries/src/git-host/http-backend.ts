import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gitEnvironment } from './bare-repository.ts';
import { parseCgiHead } from './cgi-head.ts';
import type { Route } from './route.ts';

interface Backend {
  /** The folder of `git-http-backend`. */
  readonly executables: string;
  readonly root: string;
  readonly home: string;
  readonly route: Route;
  /** Set if the user has authenticated. */
  readonly remoteUser: string | undefined;
  readonly log: (line: string) => void;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs `git http-backend` (a CGI program, RFC 3875) for one request and streams both bodies.
 * Resolves when the process has ended.
 */
export async function runHttpBackend(
  backend: Backend,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const child: Child = spawn(join(backend.executables, 'git-http-backend'), [], {
    env: environment(backend, request),
    stdio: 'pipe',
  });
  const end = (): void => void child.kill('SIGTERM');
  // When http-backend ends, it ends its own child, too. A client that has gone must not leave a
  // half-received push waiting.
  signal.addEventListener('abort', end);
  response.once('close', () => !response.writableFinished && end());
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', (error) => backend.log(`git: ${error.message}`));
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => backend.log(`git: ${text.trimEnd()}`));
  // EPIPE: git answered without reading the rest. Drain the request, so that the client reads the
  // answer; `pipeline` would close the client's connection instead.
  child.stdin.on('error', () => void request.unpipe(child.stdin).resume());
  request.pipe(child.stdin);
  try {
    await pipeline(answerBody(child.stdout, response), response);
  } finally {
    signal.removeEventListener('abort', end);
    end();
    await exited;
  }
}

/**
 * Yields the body of the CGI answer on `output`; writes the head to `response` once it is complete.
 */
async function* answerBody(
  output: Readable,
  response: ServerResponse,
): AsyncGenerator<Buffer | string> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of output as AsyncIterable<Buffer>) {
    if (response.headersSent) {
      yield chunk;
      continue;
    }
    pending = Buffer.concat([pending, chunk]);
    const head = parseCgiHead(pending);
    if (head === undefined) continue;
    response.writeHead(head.status, head.headers);
    yield head.body;
  }
  if (response.headersSent) return;
  response.writeHead(500, { 'content-type': 'text/plain' });
  yield 'git http-backend ended without an answer\n';
}

function environment(
  { root, home, route, remoteUser }: Backend,
  request: IncomingMessage,
): NodeJS.ProcessEnv {
  return {
    ...gitEnvironment(home),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${route.repository}/${route.rest}`,
    QUERY_STRING: route.query,
    REQUEST_METHOD: request.method,
    REMOTE_ADDR: '127.0.0.1',
    // Without a length (a chunked body) http-backend reads to the end of its input.
    ...present('CONTENT_LENGTH', request.headers['content-length']),
    ...present('CONTENT_TYPE', request.headers['content-type']),
    ...present('HTTP_CONTENT_ENCODING', request.headers['content-encoding']),
    ...present('GIT_PROTOCOL', request.headers['git-protocol']),
    ...present('REMOTE_USER', remoteUser),
  };
}

function present(name: string, value: string | readonly string[] | undefined): NodeJS.ProcessEnv {
  return typeof value === 'string' ? { [name]: value } : {};
}
