import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { close, listenOnLoopback } from '../src/running.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly digest: string;
}

/** A target of a proxy that remembers what reached it. */
export async function startTarget(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => void receive(request, response));
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const hash = createHash('sha256');
    for await (const chunk of request as AsyncIterable<Buffer>) hash.update(chunk);
    seen.push({
      method: request.method ?? '',
      path: request.url ?? '',
      host: request.headers.host ?? '',
      digest: hash.digest('hex'),
    });
    answer(request, response);
  };
  const url = await listenOnLoopback(server);
  onTestFinished(() => close(server));
  return { url, seen };
}
