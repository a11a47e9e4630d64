import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { duplexPair } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type Method, serveGrpc } from '../src/engine/grpc.ts';

let client: ClientHttp2Session | undefined;
afterEach(() => client?.destroy());

/** Sends the pieces of a request; returns what came back, and how it ended. */
async function call(
  method: Method,
  pieces: readonly Uint8Array[],
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<{ readonly body: Buffer; readonly status: unknown; readonly message: unknown }> {
  const [ours, theirs] = duplexPair();
  serveGrpc(ours, { '/a.Service/Do': method });
  client = connect('http://engine', { createConnection: () => theirs });
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

test('messages arrive whole, however they are cut, and a method may stop listening', async () => {
  const frame = Buffer.from([0, 0, 0, 0, 2, 65, 66, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 67]);
  const echo: Method = async (one) => {
    const seen: string[] = [];
    for await (const message of one.messages()) {
      seen.push(message.toString());
      if (seen.length === 3) break;
    }
    await one.send(Buffer.from(seen.join('|')));
  };
  const answer = await call(
    echo,
    [...frame].map((byte) => Uint8Array.of(byte)),
  );
  expect([answer.status, answer.body.toString('latin1')]).toEqual(['0', '\0\0\0\0\x05AB||C']);
});

test('each value of a key is one, with commas in it or not', async () => {
  const values: (readonly string[])[] = [];
  const read: Method = async (one) => {
    values.push(one.metadata('exclude-patterns'), one.metadata('nothing'));
  };
  await call(read, [], { 'exclude-patterns': ['a, b', 'c'] });
  expect(values).toEqual([['a, b', 'c'], []]);
});

test('what a method throws is the end of its call', async () => {
  const fail: Method = async () => {
    throw new Error('no ü');
  };
  expect(await call(fail, [])).toMatchObject({ status: '2', message: 'no%20%C3%BC' });
});

test('a method that is not there is unimplemented: BuildKit asks for credentials', async () => {
  const answer = await call(async () => undefined, [], {
    ':path': '/moby.filesync.v1.Auth/Credentials',
  });
  expect(answer.status).toBe('12');
});
