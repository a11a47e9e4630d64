import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type RecordingProxyOptions, startRecordingProxy } from '../src/index.ts';
import { close, listenOnLoopback } from '../src/running.ts';
import { startTarget } from './target.ts';

// A client that is killed leaves a server that still writes.

test.each<[string, RecordingProxyOptions]>([
  ['passed on', {}],
  [
    'answered with a reset',
    { fault: ({ mutating }) => (mutating ? { kind: 'reset', forward: true } : undefined) },
  ],
])('what has arrived whole is carried out though the client goes: %s', async (_title, options) => {
  const begun = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const target = await startTarget((request, response) => {
    const answered = request.method === 'GET' ? Promise.resolve() : written.promise;
    if (request.method !== 'GET') begun.resolve();
    void answered.then(() => response.writeHead(201).end());
  });
  await using proxy = await startRecordingProxy(target.url, options);
  const client = new AbortController();
  const put = fetch(proxy.url, { method: 'PUT', body: 'all of it', signal: client.signal });
  await begun.promise;
  client.abort();
  await expect(put).rejects.toThrow('aborted');
  let isIdle = false;
  const idle = proxy.idle().then(() => (isIdle = true));
  // When these are answered, the proxy has seen that the client has gone.
  for (let asked = 0; asked < 3; asked += 1) await fetch(proxy.url).catch(() => undefined);
  expect(isIdle).toBe(false);
  written.resolve();
  await idle;
  expect(proxy.requests[0]).toMatchObject({ method: 'PUT', targetStatus: 201 });
});

test('what has not arrived whole is cut', async () => {
  const [arrived, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<boolean>()];
  const server = createServer((request) => {
    arrived.resolve();
    request.on('error', () => undefined).once('close', () => ended.resolve(request.complete));
  });
  const url = await listenOnLoopback(server);
  onTestFinished(() => close(server));
  await using proxy = await startRecordingProxy(url);
  const client = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  client.write('PUT / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf');
  await arrived.promise;
  client.destroy();
  expect(await ended.promise).toBe(false);
  await proxy.idle();
});
