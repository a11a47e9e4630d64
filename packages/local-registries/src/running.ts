import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StateFolder } from './state-folder.ts';

/** A server that listens on loopback. `await using` stops it. */
export interface Running extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string;
  /**
   * The server's own log, one line for each request, never with a credential. It is removed with a
   * temporary state folder.
   */
  readonly logFile: string;
  /**
   * Closes the port and every connection, ends every child process, and removes temporary state.
   * May be called twice.
   */
  stop(): Promise<void>;
}

/**
 * Answers one request. `signal` aborts when the server stops. A rejection becomes a 500 and a log
 * line.
 */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
) => void | Promise<void>;

/** How long `stop()` waits for handlers that still run after their connections are closed. */
const HANDLER_GRACE_MS = 2000;

/**
 * Starts a `node:http` server with `handle` on a random port of 127.0.0.1 and logs `METHOD path
 * status` into `state`. `stop()` runs `beforeDispose` (end children there), then disposes of
 * `state`; so does a failed start.
 */
export async function listen(
  state: StateFolder,
  handle: Handler,
  beforeDispose?: () => void | Promise<void>,
): Promise<Running> {
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    response.once('close', () =>
      state.log(
        `${request.method} ${request.url} ${response.statusCode}${response.writableFinished ? '' : ' (cut)'}`,
      ),
    );
    const work = answer(state, handle, request, response, stopping.signal);
    working.add(work);
    void work.finally(() => working.delete(work));
  });
  // A large upload over loopback may take long, and a test may delay an answer as long as it likes.
  server.requestTimeout = 0;
  let url: string;
  try {
    url = await listenOnLoopback(server);
  } catch (error) {
    await state.dispose();
    throw error;
  }
  return running(url, state.logFile, async () => {
    stopping.abort();
    await close(server);
    await settled(working);
    await beforeDispose?.();
    await state.dispose();
  });
}

/** Makes a `Running` that calls `stop` only once, however often the server is stopped. */
export function running(url: string, logFile: string, stop: () => Promise<void>): Running {
  let stopped: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopped ??= stop());
  return { url, logFile, stop: stopOnce, [Symbol.asyncDispose]: stopOnce };
}

/** Listens on 127.0.0.1 at a port that the system picks. Resolves to the base URL. */
export async function listenOnLoopback(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Closes the port and every connection, idle or busy. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function answer(
  state: StateFolder,
  handle: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  try {
    await handle(request, response, signal);
  } catch (error) {
    if (signal.aborted) return;
    state.log(
      `${request.method} ${request.url} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // Otherwise the rest of the body would be read as the next request on this connection.
    response
      .writeHead(500, { 'content-type': 'text/plain', connection: 'close' })
      .end('internal error\n');
  }
}

async function settled(working: ReadonlySet<Promise<void>>): Promise<void> {
  const grace = Promise.withResolvers<void>();
  const timer = setTimeout(grace.resolve, HANDLER_GRACE_MS);
  await Promise.race([Promise.allSettled(working), grace.promise]);
  clearTimeout(timer);
}
