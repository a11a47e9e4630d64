import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createHttp, FileBody, type HttpRequest } from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fakeTime, serve } from './server.ts';

const MIB = 1 << 20;

async function fileOf(content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'http-file-body-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'layer');
  await writeFile(path, content);
  return path;
}

/** A server that answers with the SHA-256 of what it gets. `slowly` waits before it reads each piece. */
async function digesting(slowly: () => Promise<void> = async () => undefined): Promise<string> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const hash = createHash('sha256');
    for await (const piece of request) {
      hash.update(piece as Buffer);
      await slowly();
    }
    response.end(hash.digest('hex'));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy variable selects the HTTP client that Node's own fetch is made of; loopback is not proxied. */
const CLIENTS = [
  ['Node', {}],
  ['undici', { HTTPS_PROXY: 'http://127.0.0.1:9' }],
] as const;

describe.each(CLIENTS)('a file that the fetch of %s sends', (_name, env) => {
  const http = createHttp({ env, attempts: 1 });

  test('arrives whole through one buffer, however slowly the server reads', async () => {
    const bytes = randomBytes(6 * MIB + 5);
    const path = await fileOf(bytes);
    let pieces = 0;
    const slowly = async (): Promise<void> => {
      pieces += 1;
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    };
    const url = await digesting(slowly);
    const taken = vi.spyOn(Buffer, 'allocUnsafeSlow');
    onTestFinished(() => taken.mockRestore());
    const answer = await http.request({
      method: 'PUT',
      url,
      body: new FileBody(path, bytes.length),
    });
    expect(answer.text()).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(pieces).toBeGreaterThan(1);
    const sizes = taken.mock.calls.map(([size]) => size);
    expect(sizes.filter((size) => size >= MIB / 4)).toEqual([MIB / 4]);
  });

  test('may be empty', async () => {
    const body = new FileBody(await fileOf(''), 0);
    const answer = await http.request({ method: 'PUT', url: await digesting(), body });
    expect(answer.text()).toBe(createHash('sha256').digest('hex'));
  });

  test.each([-1, 1])('is refused if it has another size than announced: %i', async (difference) => {
    const body = new FileBody(await fileOf('bytes of a file'), 15 + difference);
    const request: HttpRequest = { method: 'PUT', url: await digesting(), body };
    await expect(http.request(request)).rejects.toMatchObject({
      kind: 'network',
      reason: 'the connection broke (UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)',
    });
  });

  test('is closed after an answer that comes before it has been sent', async () => {
    const path = await fileOf(new Uint8Array(8 * MIB));
    const server = createServer((request, response) => {
      response.writeHead(413).end();
      request.resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const body = new FileBody(path, 8 * MIB);
    expect((await http.request({ method: 'PUT', url, body })).status).toBe(413);
    await vi.waitFor(async () => expect(await openFiles()).not.toContain(path));
  });
});

/** The paths of this process's open files; none on a system without /proc. */
async function openFiles(): Promise<readonly string[]> {
  const names = await readdir('/proc/self/fd').catch(() => []);
  return Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
}

test('a file is sent from its beginning at each attempt, with its length', async () => {
  await using server = await serve((_, response, count) =>
    response.writeHead(count === 1 ? 503 : 201).end(),
  );
  const body = new FileBody(await fileOf('bytes of a file'), 15);
  const request: HttpRequest = { method: 'PUT', url: server.url, body, retry: 'idempotent' };
  expect((await createHttp(fakeTime().ports).request(request)).status).toBe(201);
  expect(
    server.seen.map(({ body: got, headers }) => [
      got,
      headers['content-length'],
      headers['transfer-encoding'],
    ]),
  ).toEqual([
    ['bytes of a file', '15', undefined],
    ['bytes of a file', '15', undefined],
  ]);
});

test('a file is not sent to where it is redirected, not even to the same origin', async () => {
  await using server = await serve((_, response) =>
    response.writeHead(307, { location: '/other' }).end(),
  );
  const body = new FileBody(await fileOf('bytes'), 5);
  const request: HttpRequest = { method: 'PUT', url: server.url, body, retry: 'idempotent' };
  await expect(createHttp(fakeTime().ports).request(request)).rejects.toMatchObject({
    kind: 'redirect',
  });
  expect(server.seen).toHaveLength(1);
});
