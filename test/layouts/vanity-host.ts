import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The web server of module paths that are no repositories, `go.acme.dev/otel`. It says where each
 * is, as `go help importpath` describes. `go` reaches it as its proxy: no name has to resolve.
 */
export interface VanityHost extends AsyncDisposable {
  readonly url: string;
}

/** `repositories` has the clone URL of each module path that is the root of a repository. */
export async function startVanityHost(
  repositories: Readonly<Record<string, string>>,
): Promise<VanityHost> {
  const server = createServer((request, response) => {
    const { host, pathname } = new URL(request.url ?? '', 'http://unknown');
    const path = `${host}${pathname}`;
    const root = Object.keys(repositories).find(
      (one) => path === one || path.startsWith(`${one}/`),
    );
    const meta = `<meta name="go-import" content="${root} git ${repositories[root ?? '']}">`;
    response
      .writeHead(root === undefined ? 404 : 200, { 'content-type': 'text/html' })
      .end(`<html><head>${meta}</head></html>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
