import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Handler, listen } from '../src/running.ts';
import { openStateFolder } from '../src/state-folder.ts';
import { folder } from './client.ts';

async function start(
  handle: Handler,
  directory?: string,
): Promise<Awaited<ReturnType<typeof listen>>> {
  return listen(await openStateFolder('probe', directory), handle);
}

describe('a running server', () => {
  test('listens on loopback, and stop() frees the port and the temporary folder, once', async () => {
    const server = await start((_request, response) => void response.end('here'));
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(server.url)).text()).toBe('here');
    expect(existsSync(server.logFile)).toBe(true);
    await Promise.all([server.stop(), server.stop()]);
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(existsSync(dirname(server.logFile))).toBe(false);
  });

  test('keeps a folder that it was given', async () => {
    const directory = join(await folder(), 'new', 'state');
    const server = await start((_request, response) => void response.end(), directory);
    await fetch(`${server.url}/a`);
    await server.stop();
    expect(await readFile(join(directory, 'probe.log'), 'utf8')).toMatch(/^\S+Z GET \/a 200\n$/);
  });

  test('a handler that throws is a 500 with its stack in the log', async () => {
    await using server = await start(() => Promise.reject(new Error('broken\nhandler')));
    expect((await fetch(server.url)).status).toBe(500);
    expect(await readFile(server.logFile, 'utf8')).toMatch(
      /GET \/ failed: Error: broken handler .*\n.* GET \/ 500\n$/,
    );
  });

  test('stop() does not wait for a client that stays connected', async () => {
    const arrived = Promise.withResolvers<void>();
    let aborted = false;
    const server = await start(async (_request, _response, signal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener('abort', () => resolve());
      arrived.resolve();
      await promise;
      aborted = true;
    });
    const answer = fetch(server.url).catch((error: unknown) => error);
    await arrived.promise;
    await server.stop();
    expect(aborted).toBe(true);
    expect(await answer).toBeInstanceOf(TypeError);
  });
});
