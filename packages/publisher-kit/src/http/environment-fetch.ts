import { isLoopback } from '@ameide/versioning-core';

type Fetch = typeof globalThis.fetch;

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY'] as const;

/**
 * Returns a `fetch` that obeys HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as curl and git do; each name
 * counts in small letters, too. Loopback is never proxied, so a token for a server on this machine
 * stays on it. Without these variables it is Node's own `fetch`, and nothing else is loaded.
 */
export function environmentFetch(environment: NodeJS.ProcessEnv): Fetch {
  const isSet = VARIABLES.some((name) => environment[name] || environment[name.toLowerCase()]);
  if (!isSet) return globalThis.fetch;
  let loaded: Promise<(url: URL) => Fetch> | undefined;
  return async (input, init) => {
    const choose = await (loaded ??= load(environment));
    const url = new URL(input instanceof Request ? input.url : input);
    return choose(url)(input, init);
  };
}

/** Loads the HTTP client that Node's `fetch` is made of, to choose its connections. */
async function load(environment: NodeJS.ProcessEnv): Promise<(url: URL) => Fetch> {
  const { Agent, EnvHttpProxyAgent, fetch } = await import('undici');
  const setting = (name: string): string =>
    environment[name.toLowerCase()] ?? environment[name] ?? '';
  const proxied = new EnvHttpProxyAgent({
    httpProxy: setting('HTTP_PROXY'),
    httpsProxy: setting('HTTPS_PROXY'),
    noProxy: setting('NO_PROXY'),
  });
  // Node's `fetch` may itself be proxied (NODE_USE_ENV_PROXY).
  const direct = new Agent();
  return (url) => {
    const dispatcher = isLoopback(url.hostname) ? direct : proxied;
    const send = fetch as unknown as Fetch;
    return async (input, init) => send(input, { ...init, dispatcher } as unknown as RequestInit);
  };
}
