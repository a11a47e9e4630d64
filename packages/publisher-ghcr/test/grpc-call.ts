import { once } from 'node:events';
import { connect } from 'node:http2';
import { duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type Method, serveGrpc } from '../src/engine/grpc.ts';

/** Sends the pieces of a request; returns what came back, and how it ended. */
export async function call(
  method: Method,
  pieces: readonly Uint8Array[],
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<{ readonly body: Buffer; readonly status: unknown; readonly message: unknown }> {
  const [ours, theirs] = duplexPair();
  serveGrpc(ours, { '/a.Service/Do': method });
  const client = connect('http://engine', { createConnection: () => theirs });
  onTestFinished(() => client.destroy());
  const stream = client.request({
    ':method': 'POST',
    ':path': '/a.Service/Do',
    ...(headers as object),
  });
  const trailers = once(stream, 'trailers') as Promise<[Record<string, string>]>;
  for (const piece of pieces) stream.write(piece);
  stream.end();
  const body = await buffer(stream);
  const [{ 'grpc-status': status, 'grpc-message': message }] = await trailers;
  return { body, status, message };
}
