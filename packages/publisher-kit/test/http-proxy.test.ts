import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import {
  createGitRemote,
  createHttp,
  createProcesses,
  HttpError,
  Secret,
} from '@ameide/publisher-kit';
import { expect, onTestFinished, test } from 'vitest';
import { serve } from './server.ts';

interface Proxy {
  readonly url: string;
  /** `registry.example:443` of each CONNECT, `http://…` of each other request. */
  readonly asked: string[];
}

/** A proxy whose tunnels all lead to the server at `target`. */
async function startProxy(target: string): Promise<Proxy> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('from the proxy');
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const { hostname, port } = new URL(target);
    const tunnel = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      tunnel.pipe(socket).pipe(tunnel);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const oneAttempt = { attempts: 1, sleep: async () => undefined } as const;

test.each(['HTTP_PROXY', 'http_proxy'])('%s is obeyed for other machines', async (name) => {
  const proxy = await startProxy('http://127.0.0.1:9');
  const http = createHttp({ ...oneAttempt, env: { [name]: proxy.url } });
  const { body } = await http.request({ method: 'GET', url: 'http://registry.example/v2/' });
  expect(Buffer.from(body).toString()).toBe('from the proxy');
  expect(proxy.asked).toEqual(['http://registry.example/v2/']);
});

test('HTTPS_PROXY is asked for an https address', async () => {
  await using server = await serve((_, response) => response.end());
  const proxy = await startProxy(server.url);
  const http = createHttp({ ...oneAttempt, env: { HTTPS_PROXY: proxy.url } });
  // The tunnel leads to a server without TLS, so the request fails after it was made.
  await expect(http.request({ method: 'GET', url: 'https://registry.example/' })).rejects.toThrow(
    HttpError,
  );
  expect(proxy.asked).toEqual(['registry.example:443']);
});

test('what NO_PROXY names is not proxied', async () => {
  await using server = await serve((_, response) => response.end());
  const proxy = await startProxy(server.url);
  const env = { HTTP_PROXY: proxy.url, NO_PROXY: 'registry.invalid' };
  const http = createHttp({ ...oneAttempt, env });
  await expect(http.request({ method: 'GET', url: 'http://registry.invalid/' })).rejects.toThrow(
    HttpError,
  );
  expect(proxy.asked).toEqual([]);
});

test.each([
  ['registry.example', 'http://registry.example/'],
  ['*', 'http://registry.example/'],
  ['.example', 'http://registry.example/'],
  ['*.example', 'http://registry.example/'],
  ['other.test, registry.example', 'http://registry.example/'],
  ['other.test registry.example', 'http://registry.example/'],
  ['registry.example:5000', 'http://registry.example:5000/'],
  ['REGISTRY.example', 'http://registry.example/'],
  ['192.0.2.1', 'http://192.0.2.1/'],
])('NO_PROXY=%s holds for %s', async (noProxy, url) => {
  const proxy = await startProxy('http://127.0.0.1:9');
  const env = { http_proxy: proxy.url, no_proxy: noProxy };
  const controller = new AbortController();
  const http = createHttp({ ...oneAttempt, env });
  const call = http.request({ method: 'GET', url, deadlineMs: 300, signal: controller.signal });
  await expect(call).rejects.toThrow(HttpError);
  expect(proxy.asked).toEqual([]);
});

test.each([
  ['registry.example:5000', 'http://registry.example/'],
  ['example.org', 'http://registry.example/'],
  ['egistry.example', 'http://registry.example/'],
])('NO_PROXY=%s does not hold for %s', async (noProxy, url) => {
  const proxy = await startProxy('http://127.0.0.1:9');
  const env = { http_proxy: proxy.url, no_proxy: noProxy };
  await createHttp({ ...oneAttempt, env }).request({ method: 'GET', url });
  expect(proxy.asked).toEqual([url]);
});

/** Every way to ask for a proxy. */
function everyProxy(url: string): Record<string, string> {
  const names = [
    'http_proxy',
    'https_proxy',
    'all_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
  ];
  return { NODE_USE_ENV_PROXY: '1', ...Object.fromEntries(names.map((name) => [name, url])) };
}

test.each(['127.0.0.1', '127.1', 'localhost', '[::ffff:127.0.0.1]'])(
  'loopback is never proxied, also where Node itself obeys the variables: %s',
  async (host) => {
    await using server = await serve((_, response) => response.end('direct'));
    const proxy = await startProxy(server.url);
    const script = `
      import { createHttp } from ${JSON.stringify(import.meta.resolve('@ameide/publisher-kit'))};
      const answer = await createHttp().request({ method: 'GET', url: process.argv[1] });
      process.stdout.write(answer.text());`;
    const { port } = new URL(server.url);
    const child = await createProcesses().run({
      argv: [process.execPath, '--input-type=module', '--eval', script, `http://${host}:${port}/`],
      cwd: import.meta.dirname,
      env: everyProxy(proxy.url),
    });
    expect([child.ok, child.stdoutText]).toEqual([true, 'direct']);
    expect(proxy.asked).toEqual([]);
  },
);

test('loopback is never proxied', async () => {
  await using server = await serve((_, response) => response.end('direct'));
  const proxy = await startProxy(server.url);
  const http = createHttp({
    ...oneAttempt,
    env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url },
  });
  const { body } = await http.request({ method: 'GET', url: `${server.url}/v2/` });
  expect(Buffer.from(body).toString()).toBe('direct');
  expect(proxy.asked).toEqual([]);
});

test.each(['127.0.0.1', 'localhost'])('nor is it for git: %s', async (host) => {
  await using server = await serve((_, response) => response.writeHead(404).end());
  const proxy = await startProxy(server.url);
  const configured = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.proxy',
    GIT_CONFIG_VALUE_0: proxy.url,
  };
  const env = { ...process.env, ...everyProxy(proxy.url), ...configured };
  const credential = {
    scheme: 'bearer',
    origin: `http://${host}:${new URL(server.url).port}`,
    token: new Secret('tok-0123456789'),
  } as const;
  const url = `${credential.origin}/o/r.git`;
  const remote = createGitRemote({ url, credential, processes: createProcesses({ env }) });
  await remote.lsRemote(['refs/heads/*'], { signal: AbortSignal.timeout(10_000) });
  expect(server.seen[0]?.headers.authorization).toBe('Bearer tok-0123456789');
  expect(proxy.asked).toEqual([]);
});
