import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttp } from '@ameide/publisher-kit';
import type { Coordinate, Finding } from '@ameide/versioning-core';
import { expect, onTestFinished, test } from 'vitest';
import { inspectVersion } from '../src/inspect.ts';
import { pypiSettings } from '../src/settings.ts';
import { createIndexReader } from '../src/simple-api/index-reader.ts';

const COORDINATE: Coordinate = { ecosystem: 'pypi', name: 'a', version: '1.0' };
const SHA = '1'.repeat(40);
const WHEEL = 'a-1.0-py3-none-any.whl';

function page(urls: readonly string[]): string {
  const files = urls.map((url) => ({ filename: url.split('/').at(-1), url, hashes: {} }));
  return JSON.stringify({ meta: { 'api-version': '1.0' }, files });
}

/** Sends one byte, and another one each 10 ms, until the client goes. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' });
  const timer = setInterval(() => response.write(' '), 10);
  response.once('close', () => clearInterval(timer));
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function inspectAt(
  root: string,
  {
    http = createHttp(),
    questionMs,
  }: { http?: ReturnType<typeof createHttp>; questionMs?: number },
): Promise<Finding> {
  const settings = pypiSettings({
    directory: '',
    uploadUrl: `${root}/legacy/`,
    simpleUrl: `${root}/simple/`,
    token: '',
    ports: { http },
  });
  const reader = createIndexReader(settings, new AbortController().signal, questionMs);
  return inspectVersion(reader, COORDINATE, { sha: SHA });
}

test('a page that is sent slowly ends at the deadline of the whole question', async () => {
  const root = await listen((_, response) => drip(response));
  const started = performance.now();
  expect(await inspectAt(root, { questionMs: 300 })).toMatchObject({
    state: 'unknown',
    problem: { code: 'pypi-timeout', rerun: 'safe' },
  });
  expect(performance.now() - started).toBeLessThan(5000);
});

test('a thousand files without digests that are sent slowly end at one deadline; some are read at once', async () => {
  const asked = new Set<string>();
  let open = 0;
  let most = 0;
  const names = Array.from({ length: 1000 }, (_, index) => `a-1.0-${index}-py3-none-any.whl`);
  const root = await listen((request, response) => {
    const { url = '' } = request;
    if (url === '/simple/a/')
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(page(names.map((name) => `/files/${name}`)));
    asked.add(url);
    most = Math.max(most, ++open);
    response.once('close', () => open--);
    return drip(response);
  });
  const started = performance.now();
  const finding = await inspectAt(root, { questionMs: 1000 });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(finding).toMatchObject({ state: 'unknown', problem: { code: 'pypi-timeout' } });
  expect(most, 'at once').toBeGreaterThan(1);
  expect(most, 'each may fill the memory').toBeLessThanOrEqual(4);
  expect(asked.size, 'after the deadline nothing is asked').toBeLessThanOrEqual(8);
});

test('only files of our version are read', async () => {
  const asked: string[] = [];
  const others = ['a-1.1-py3-none-any.whl', 'b-1.0-py3-none-any.whl', 'a-1.0.post1.tar.gz'];
  const root = await listen(({ url = '' }, response) => {
    asked.push(url);
    const body = url === '/simple/a/' ? page([...others, WHEEL].map((name) => `/f/${name}`)) : '';
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await inspectAt(root, {});
  expect(asked).toEqual(['/simple/a/', `/f/${WHEEL}`]);
});

test.each([
  [`http://127.0.0.1:1/${WHEEL}`, 'pypi-insecure'],
  [`http://files.example/${WHEEL}`, 'pypi-insecure'],
  [`https://127.0.0.1:1/${WHEEL}`, 'pypi-internal-address'],
  [`https://[::ffff:10.0.0.1]/${WHEEL}`, 'pypi-internal-address'],
  [`https://169.254.169.254/${WHEEL}`, 'pypi-internal-address'],
  [`https://inside.example/${WHEEL}`, 'pypi-internal-address'],
])('an index on the internet does not lead us to %s', async (url, code) => {
  const asked: string[] = [];
  const http = createHttp({
    lookup: async (name) => [name === 'inside.example' ? '10.0.0.1' : '93.184.215.14'],
    async fetch(input) {
      asked.push(new Request(input).url);
      return Response.json(JSON.parse(page([url])));
    },
  });
  const finding = await inspectAt('https://index.example', { http });
  expect(finding).toMatchObject({ state: 'unknown', problem: { code } });
  expect(asked).toEqual(['https://index.example/simple/a/']);
});
