import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createGitRemote, createHttp, createProcesses, HttpError } from '@ameide/publisher-kit';
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

test('nor is it for git', async () => {
  await using server = await serve((_, response) => response.writeHead(404).end());
  const proxy = await startProxy(server.url);
  const processes = createProcesses({ env: { ...process.env, http_proxy: proxy.url } });
  const remote = createGitRemote({ url: `${server.url}/o/r.git`, processes });
  await remote.lsRemote(['refs/heads/*'], { signal: AbortSignal.timeout(10_000) });
  expect(proxy.asked).toEqual([]);
});
