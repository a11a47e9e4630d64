import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import Dockerode from 'dockerode';
import type { BuildRegistry } from '../src/engine/registry-auth.ts';

export const IMAGE_ID = `sha256:${'1'.repeat(64)}`;

/** What Docker Engine answers, by `METHOD path`; a request that is not listed is never answered. */
export type Answers = Readonly<Record<string, RequestListener>>;

export interface FakeEngine extends AsyncDisposable {
  readonly engine: Dockerode;
  /** `METHOD path`, without the query. */
  readonly seen: readonly string[];
  /** Of builds, still open. */
  sessions(): number;
}

/** Answers the build with an image's id. */
export const built: RequestListener = (_request, response) =>
  void response.end(`{"aux":{"ID":"${IMAGE_ID}"}}\n`);
export const upgraded: RequestListener = () => undefined;
/** As Podman 4.3.1 answers `POST /session`. */
export const notFound: RequestListener = () => undefined;
export const json =
  (value: unknown): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

export async function fakeEngine(answers: Answers): Promise<FakeEngine> {
  const seen: string[] = [];
  const sessions = new Set<Duplex>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://engine');
    const call = `${request.method} ${decodeURIComponent(pathname)}`;
    seen.push(call);
    request.resume();
    answers[call]?.(request, response);
  });
  // A build's session: BuildKit would ask for credentials over it.
  server.on('upgrade', (request, socket) => {
    seen.push(`${request.method} ${request.url}`);
    socket
      .on('error', () => undefined)
      .on('end', () => socket.end())
      .resume();
    if (answers['POST /session'] === upgraded)
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    if (answers['POST /session'] === notFound)
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot Found');
    sessions.add(socket.once('close', () => sessions.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    engine: new Dockerode({
      protocol: 'http',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
    }),
    seen,
    sessions: () => sessions.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of sessions) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The registry of a build that has no token. */
export function withoutLogin(redact = (text: string): string => text): BuildRegistry {
  return {
    origin: 'https://ghcr.io',
    redact,
    login: async () => undefined,
    pullToken: async () => ({ credential: undefined }),
  };
}
