import { startOciRegistry } from '@ameide/local-registries';
import { createHttp, type Http } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';

const REMOTE = 'https://registry.example';

/** A client for which the local registry is a remote one, and that tells what else was asked. */
function remotely(
  world: World,
  spoil: (answer: Response, path: string) => Response,
): { readonly http: Http; readonly elsewhere: string[] } {
  const elsewhere: string[] = [];
  const http = createHttp({
    attempts: 1,
    lookup: async () => ['93.184.215.14'],
    async fetch(input, init) {
      const url = new URL(new Request(input).url);
      if (url.origin !== REMOTE) {
        elsewhere.push(`${init?.method} ${url.href}`);
        return new Response(null, { status: 201 });
      }
      const answer = await fetch(`${world.proxy.url}${url.pathname}${url.search}`, init);
      const challenge = answer.headers.get('www-authenticate');
      const own = challenge?.replace(/http:\/\/127\.0\.0\.1:\d+/, REMOTE);
      const named = own === undefined ? answer : withHeader(answer, 'www-authenticate', own);
      return spoil(named, url.pathname);
    },
  });
  return { http, elsewhere };
}

function withHeader(answer: Response, name: string, value: string): Response {
  const headers = new Headers(answer.headers);
  headers.set(name, value);
  const { status } = answer;
  return new Response([204, 304].includes(status) ? null : answer.body, { status, headers });
}

test.each([
  ['http://127.0.0.1:5000/upload', 'ghcr-insecure'],
  ['http://registry.example/upload', 'ghcr-insecure'],
  ['https://127.0.0.1:5000/upload', 'ghcr-internal-address'],
  ['https://10.0.0.1/upload', 'ghcr-internal-address'],
  ['https://[::ffff:7f00:1]/upload', 'ghcr-internal-address'],
  ['https://169.254.169.254/upload', 'ghcr-internal-address'],
  ['https://localhost./upload', 'ghcr-internal-address'],
  ['ftp://storage.example/upload', 'ghcr-malformed'],
])('a remote registry cannot have a blob sent to %s', async (location, code) => {
  await using world = await worldOf(await startOciRegistry());
  const { http, elsewhere } = remotely(world, (answer, path) =>
    path.endsWith('/blobs/uploads/') ? withHeader(answer, 'location', location) : answer,
  );
  const { publish } = await run(world, {}, { registry: REMOTE, ports: { http } });
  expect(await publish()).toMatchObject([{ outcome: 'incomplete', problem: { code } }]);
  expect(elsewhere).toEqual([]);
});

test('its storage on the internet gets the blob', async () => {
  await using world = await worldOf(await startOciRegistry());
  const { http, elsewhere } = remotely(world, (answer, path) =>
    path.endsWith('/blobs/uploads/')
      ? withHeader(answer, 'location', 'https://storage.example/upload')
      : answer,
  );
  const { publish } = await run(world, {}, { registry: REMOTE, ports: { http } });
  await publish();
  expect(elsewhere[0]).toMatch(/^PUT https:\/\/storage\.example\/upload\?digest=sha256/);
});

test.each([
  ['http://127.0.0.1:5000/token', 'ghcr-insecure'],
  ['https://127.0.0.1:5000/token', 'ghcr-internal-address'],
  ['https://192.168.0.1/token', 'ghcr-internal-address'],
])('a remote registry cannot have our password sent to %s', async (realm, code) => {
  await using world = await worldOf(await startOciRegistry());
  const { http, elsewhere } = remotely(world, (answer) =>
    answer.status === 401
      ? withHeader(answer, 'www-authenticate', `Bearer realm="${realm}",service="x"`)
      : answer,
  );
  const { publish } = await run(world, {}, { registry: REMOTE, ports: { http } });
  expect(await publish()).toMatchObject([{ problem: { code } }]);
  expect(elsewhere).toEqual([]);
});
