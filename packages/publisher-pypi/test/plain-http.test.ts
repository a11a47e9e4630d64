import { type RunningPythonIndex, startPythonIndex } from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pypi } from '../src/index.ts';
import { build, commit, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

const HOST = 'pypi.corp.example:8080';
const ADDRESS = { uploadUrl: `http://${HOST}/legacy/`, simpleUrl: `http://${HOST}/simple/` };
const NAMED = { ...ADDRESS, plainHttp: [HOST] };

afterAll(removeScratch);

describe('an index without https', () => {
  let index: RunningPythonIndex;
  let seen: { readonly host: string; readonly method: string; readonly authorized: boolean }[] = [];
  beforeAll(async () => {
    index = await startPythonIndex();
  });
  afterAll(() => index.stop());

  /** Every name leads to the index on this machine. `moved` is where pages are redirected to. */
  async function run(options: object, moved?: string) {
    seen = [];
    const http = createHttp({
      sleep: async () => undefined,
      async fetch(input, init) {
        const request = new Request(input, init);
        const { host, pathname } = new URL(request.url);
        const authorized = request.headers.has('authorization');
        seen.push({ host, method: request.method, authorized });
        if (moved !== undefined && host === HOST && request.method !== 'POST')
          return new Response('', { status: 302, headers: { location: `${moved}${pathname}` } });
        return fetch(new Request(`${index.url}${pathname}`, request));
      },
    });
    const ports = { http, env: {}, processes: stubBuilder(), sleep: async () => undefined };
    const opened = await open(commit(PROJECT), { token: index.token, ...options, ports });
    const notes: string[] = [];
    const emit = ({ message, isNote }: { message: string; isNote?: boolean }): void => {
      if (isNote === true) notes.push(message);
    };
    await opened.publisher.validate?.(opened.plan, { ...opened.step(), emit });
    const problems = await opened.publisher.check(opened.plan, opened.step());
    const built = await build(opened);
    const [result] = await opened.publisher.publish(opened.plan, built, opened.step());
    return { notes, problems: problems.map(({ code }) => code), outcome: result?.outcome };
  }

  test('is published to when its host is named, and a note says what travels', async () => {
    expect(await run(NAMED)).toEqual({
      notes: [expect.stringContaining(`the token and the files go to ${ADDRESS.uploadUrl} unencr`)],
      problems: [],
      outcome: 'published',
    });
    expect(seen.filter(({ method }) => method === 'POST')).toEqual([
      { host: HOST, method: 'POST', authorized: true },
      { host: HOST, method: 'POST', authorized: true },
    ]);
    expect(await run(NAMED)).toMatchObject({ outcome: 'already-there' });
  });

  test('another host that it redirects to does not get the token', async () => {
    await run(NAMED, 'http://other.corp.example');
    const elsewhere = seen.filter(({ host }) => host !== HOST);
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.every(({ authorized }) => !authorized)).toBe(true);
    expect(seen.some(({ host, authorized }) => host === HOST && authorized)).toBe(true);
  });

  test('nothing is noted for https and for this machine', async () => {
    const { simpleUrl, uploadUrl } = index;
    expect((await run({ simpleUrl, uploadUrl })).notes).toEqual([]);
    const https = { uploadUrl: `https://${HOST}/legacy/`, simpleUrl: `https://${HOST}/simple/` };
    expect((await run(https)).notes).toEqual([]);
  });
});

describe('options', () => {
  const given = (options: object): unknown => {
    try {
      return pypi({ directory: '', token: 't', ...options }) && 'taken';
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return error.field;
    }
  };

  test.each<[string, object, string]>([
    ['a host that is named', NAMED, 'taken'],
    ['nothing is named', ADDRESS, 'uploadUrl'],
    ['another port', { ...ADDRESS, plainHttp: ['pypi.corp.example'] }, 'uploadUrl'],
    [
      'only the host of uploads is named',
      { ...NAMED, simpleUrl: 'http://read.corp.example/simple/' },
      'simpleUrl',
    ],
    ['an address', { ...ADDRESS, plainHttp: [`http://${HOST}`] }, 'plainHttp[0]'],
    ['a host that is not asked', { ...NAMED, plainHttp: [HOST, 'x.example'] }, 'plainHttp'],
    [
      'a host with https',
      {
        uploadUrl: `https://${HOST}/legacy/`,
        simpleUrl: `https://${HOST}/simple/`,
        plainHttp: [HOST],
      },
      'plainHttp',
    ],
    [
      'pypi.org',
      {
        uploadUrl: 'http://upload.pypi.org/legacy/',
        simpleUrl: 'http://pypi.org/simple/',
        plainHttp: ['upload.pypi.org', 'pypi.org'],
      },
      'plainHttp',
    ],
    ['PyPI, and a bundle', { plainHttp: [HOST] }, 'plainHttp'],
  ])('%s', (_, options, answer) => {
    expect(given(options)).toBe(answer);
  });
});
