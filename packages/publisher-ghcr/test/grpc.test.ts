import { expect, test } from 'vitest';
import type { Method } from '../src/engine/grpc.ts';
import { call } from './grpc-call.ts';

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
