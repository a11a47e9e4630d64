import { type IncomingMessage, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What the registry itself answers. */
export interface Replayed {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** Marks a request that the registry sends to itself. */
export const REPLAYED = 'x-local-registries-replayed';

/** Sends a request to the registry once more, with the same `Host`, so that its addresses stay those of the client. */
export async function replay(
  url: string,
  { headers, method = 'GET', url: path = '/' }: IncomingMessage,
  mark: string,
  body: Buffer = Buffer.alloc(0),
): Promise<Replayed> {
  const { 'transfer-encoding': _chunked, 'content-length': _length, ...given } = headers;
  // Every answer must be readable here.
  const { 'accept-encoding': _packed, 'if-none-match': _cached, ...plain } = given;
  const { promise, reject, resolve } = Promise.withResolvers<IncomingMessage>();
  const sent = send(`${url}${path}`, {
    method,
    headers: { ...plain, connection: 'close', 'content-length': body.length, [REPLAYED]: mark },
  });
  sent.once('response', resolve).once('error', reject).end(body);
  const answer = await promise;
  return {
    status: answer.statusCode ?? 500,
    contentType: answer.headers['content-type'] ?? 'application/json',
    body: await buffer(answer),
  };
}
