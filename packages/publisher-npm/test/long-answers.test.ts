import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createHttp, Secret } from '@ameide/publisher-kit';
import { expect, onTestFinished, test } from 'vitest';
import { type UploadAnswer, upload } from '../src/registry/upload.ts';
import { listenOn } from './support/listen.ts';
import { startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel } from './support/release.ts';
import { testWorld } from './support/world.ts';

const MIB = 1024 * 1024;
const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });

async function uploadTo(origin: string): Promise<UploadAnswer> {
  const manifest = { name: '@x/a', version: '0.1.0' };
  const request = {
    registry: { url: origin, origin },
    http: createHttp(),
    token: new Secret('npm_planted'),
    tag: 'incoming',
    manifest,
    tarball: new Uint8Array(10),
    timeoutMs: 60_000,
  };
  return upload(request, new AbortController().signal);
}

/** Writes spaces for as long as a client reads them, 512 MiB at most. */
function endless(status: number, sent: { bytes: number }): RequestListener {
  return (request, response) => {
    request.resume().once('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(MIB, ' ');
      const pump = (): void => {
        while (sent.bytes < 512 * MIB && !response.destroyed) {
          sent.bytes += piece.length;
          if (!response.write(piece)) return void response.once('drain', pump);
        }
        response.end();
      };
      pump();
    });
  };
}

test.each([
  [500, { kind: 'answered', status: 500, text: '' }],
  [403, { kind: 'answered', status: 403, text: '' }],
  [201, { kind: 'accepted' }],
])(
  'an endless answer to an upload is read for a while: its status %s counts',
  async (status, answer) => {
    const sent = { bytes: 0 };
    expect(await uploadTo(await listenOn(endless(status, sent)))).toEqual(answer);
    expect(sent.bytes).toBeLessThan(64 * MIB);
  },
);

test('an answer that is endless once it is unpacked is not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(512 * MIB), { level: 9 });
  const url = await listenOn((request, response) => {
    request
      .resume()
      .once('end', () => response.writeHead(500, { 'content-encoding': 'gzip' }).end(bomb));
  });
  const before = process.memoryUsage.rss();
  expect(await uploadTo(url)).toMatchObject({ kind: 'answered', status: 500 });
  expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MIB);
});

test('a short answer of a registry is kept', async () => {
  const url = await listenOn((request, response) => {
    request
      .resume()
      .once('end', () =>
        response.writeHead(400).end(JSON.stringify({ error: 'x'.repeat(10_000) })),
      );
  });
  expect(await uploadTo(url)).toEqual({ kind: 'answered', status: 400, text: 'x'.repeat(10_000) });
});

test('a document of more than 8 MiB: the outcome is unknown, and nothing is sent', async () => {
  const world = await testWorld();
  const run = await startRun(world, RELEASE);
  const body = ' '.repeat(8 * MIB + 1);
  world.fault = ({ method }) =>
    method === 'GET' ? { kind: 'status', status: 200, body } : undefined;
  const problem = {
    code: 'npm-answer-too-large',
    message: expect.stringContaining('larger than 8388608 bytes'),
  };
  expect(await run.publisher.inspect(run, run.step)).toMatchObject([{ state: 'unknown', problem }]);
  // The list of versions may be longer; this is none.
  expect(await run.publish()).toMatchObject({
    outcome: 'incomplete',
    problem: { code: 'npm-malformed' },
  });
  expect(world.writes()).toEqual([]);
});

test('a proxy for http does not see the token of a registry on this machine', async () => {
  const world = await testWorld();
  const proxied: string[] = [];
  const proxy = await listenOn((request, response) => {
    proxied.push(request.url ?? '');
    response.writeHead(502).end();
  });
  for (const name of ['http_proxy', 'HTTP_PROXY']) {
    const before = process.env[name];
    process.env[name] = proxy;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
  const run = await startRun(world, RELEASE);
  expect(await run.publish()).toMatchObject({ outcome: 'published' });
  expect(proxied).toEqual([]);
});
