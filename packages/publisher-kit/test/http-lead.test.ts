import { createHttp, type HttpRequest } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { reachOfAddress } from '../src/http/reach.ts';

// Real names do not resolve to private addresses everywhere, so these tests have a resolver of
// their own, and a `fetch` that tells which addresses were asked.
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'registry.example': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'storage.example': ['93.184.215.20'],
  'rebound.example': ['93.184.215.14', '127.0.0.1'],
  'intranet.example': ['10.1.2.3'],
  'metadata.example': ['169.254.169.254'],
  'registry.corp.example': ['10.0.0.5'],
  'files.corp.example': ['10.0.0.6'],
  'half.corp.example': ['10.0.0.5', '93.184.215.14'],
};

/** Asks one address, whose server redirects to another, or names it in its answer. */
async function ask(
  from: string,
  to: string,
  how: 'redirects' | 'names' = 'redirects',
): Promise<{ readonly kind: unknown; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const http = createHttp({
    attempts: 1,
    lookup: async (name) => {
      const addresses = NAMES[name];
      if (addresses === undefined) throw new Error(`ENOTFOUND ${name}`);
      return addresses;
    },
    fetch: async (input) => {
      const { url } = new Request(input);
      asked.push(url);
      return url === new URL(from).href
        ? new Response(null, { status: 307, headers: { location: to } })
        : new Response('there');
    },
  });
  const request: HttpRequest =
    how === 'redirects'
      ? { method: 'GET', url: from }
      : { method: 'PUT', url: to, from, body: 'a blob' };
  const kind = await http.request(request).then(
    () => 'followed',
    (error: unknown) => (error as { kind?: unknown }).kind,
  );
  return { kind, asked: asked.filter((url) => url !== new URL(from).href) };
}

const REMOTE = 'https://registry.example/v2/';

describe.each(['redirects', 'names'] as const)('a server that %s', (how) => {
  test.each([
    'https://127.0.0.1/',
    'https://127.0.0.1:8443/upload?state=1',
    // How URLs may write it.
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::7f00:1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://localhost/',
    'https://localhost./',
    'https://a.localhost/',
    'https://10.0.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://[fd12:3456::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    // What a name stands for counts, each of its addresses.
    'https://intranet.example/',
    'https://metadata.example/',
    'https://rebound.example/',
  ])('does not lead from the internet to %s', async (to) => {
    expect(await ask(REMOTE, to, how)).toEqual({ kind: 'internal', asked: [] });
  });

  test.each([
    'http://127.0.0.1/',
    'http://localhost:5000/',
    'http://registry.example/',
    'http://10.0.0.1/',
  ])('does not lead from https to %s', async (to) => {
    expect(await ask(REMOTE, to, how)).toEqual({ kind: 'insecure', asked: [] });
  });

  test.each([
    [REMOTE, 'https://storage.example/blob'],
    [REMOTE, 'https://93.184.215.20/blob'],
    [REMOTE, 'https://[2606:2800:21f::1]/blob'],
    [REMOTE, 'https://172.32.0.1/'],
    [REMOTE, 'https://[64:ff9b::808:808]/'],
    // Only a proxy may know this name.
    [REMOTE, 'https://unknown.example/'],
    // What the user has configured inside a network leads to itself, its neighbours and outside.
    ['https://registry.corp.example/v2/', 'https://registry.corp.example:8443/'],
    ['https://registry.corp.example/v2/', 'https://files.corp.example/blob'],
    ['https://registry.corp.example/v2/', 'https://10.0.0.7/blob'],
    ['https://10.0.0.5/v2/', 'https://files.corp.example/blob'],
    ['https://registry.corp.example/v2/', 'https://storage.example/blob'],
    ['http://registry.corp.example/', 'http://files.corp.example/a.whl'],
    ['https://127.0.0.1/v2/', 'https://10.0.0.5/'],
    ['http://127.0.0.1:5000/v2/', 'http://localhost:5001/blob'],
    ['http://[::1]:5000/', 'http://127.0.0.1:5001/'],
    ['http://localhost/', 'https://storage.example/'],
  ])('leads from %s to %s', async (from, to) => {
    expect(await ask(from, to, how)).toEqual({ kind: 'followed', asked: [to] });
  });

  test.each([
    ['https://registry.corp.example/', 'https://127.0.0.1/', 'internal'],
    ['https://registry.corp.example/', 'https://169.254.169.254/', 'internal'],
    ['https://10.0.0.5/', 'https://metadata.example/', 'internal'],
    ['http://registry.corp.example/', 'http://localhost/', 'internal'],
    // A name with a public address may be a stranger's.
    ['https://half.corp.example/', 'https://10.0.0.6/', 'internal'],
    ['http://127.0.0.1:5000/', 'http://storage.example/', 'insecure'],
    ['http://registry.corp.example/', 'http://storage.example/', 'insecure'],
  ])('does not lead from %s to %s', async (from, to, kind) => {
    expect(await ask(from, to, how)).toEqual({ kind, asked: [] });
  });
});

test('each step of a chain counts: a detour through the internet does not lead back inside', async () => {
  const asked: string[] = [];
  const next: Readonly<Record<string, string>> = {
    'https://10.0.0.5/': 'https://93.184.215.20/',
    'https://93.184.215.20/': 'https://10.0.0.6/',
  };
  const http = createHttp({
    fetch: async (input) => {
      const { url } = new Request(input);
      asked.push(url);
      const location = next[url];
      return location === undefined
        ? new Response('there')
        : new Response(null, { status: 302, headers: { location } });
    },
  });
  await expect(http.request({ method: 'GET', url: 'https://10.0.0.5/' })).rejects.toMatchObject({
    kind: 'internal',
    message:
      'GET https://93.184.215.20/: a public server leads to https://10.0.0.6/, a private address',
  });
  expect(asked).toEqual(['https://10.0.0.5/', 'https://93.184.215.20/']);
});

test('a resolver that does not answer ends at the deadline', async () => {
  const http = createHttp({
    lookup: async () => new Promise(() => undefined),
    fetch: async () =>
      new Response(null, { status: 302, headers: { location: 'https://slow.example/' } }),
  });
  const call = http.request({ method: 'GET', url: 'https://registry.example/', deadlineMs: 50 });
  await expect(call).rejects.toMatchObject({ kind: 'timeout' });
});

test.each([
  ['8.8.8.8', 'public'],
  ['172.15.0.1', 'public'],
  ['100.127.255.255', 'private'],
  ['100.100.100.200', 'link-local'],
  ['168.63.129.16', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['::', 'loopback'],
  ['::ffff:0:127.0.0.1', 'loopback'],
  ['2002:0a00:0001::1', 'private'],
  ['2606:4700::1111', 'public'],
])('%s is %s', (address, reach) => {
  expect(reachOfAddress(address)).toBe(reach);
});
