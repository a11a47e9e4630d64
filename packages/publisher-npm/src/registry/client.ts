import type { Credential, HttpResponse } from '@ameide/publisher-kit';
import { isObject } from '../manifest/json.ts';
import { escapedName } from '../manifest/name.ts';
import type { Target } from '../options.ts';

/**
 * The registry's endpoints. Reads also send the token, if there is one, because a restricted
 * package answers 404 without it. Every call resolves for any HTTP status, and rejects with
 * `HttpError` if there is no answer.
 */
export interface RegistryClient {
  /**
   * `GET /<name>/<version>`: the only document with `gitHead`; the abbreviated packument has none.
   */
  version(name: string, version: string): Promise<HttpResponse>;
  /** `GET /-/package/<name>/dist-tags` */
  tags(name: string): Promise<HttpResponse>;
  /** `PUT /-/package/<name>/dist-tags/<tag>`, tried once. */
  setTag(name: string, tag: string, version: string): Promise<HttpResponse>;
  /** `DELETE /-/package/<name>/dist-tags/<tag>`, tried once. */
  removeTag(name: string, tag: string): Promise<HttpResponse>;
  /** `GET /-/whoami` */
  whoami(): Promise<HttpResponse>;
}

/**
 * The limit of one unpacked answer: a version's document with its README, or a list of dist-tags.
 */
const MAX_BYTES = 8 * 1024 * 1024;

export function createClient(target: Target, signal: AbortSignal): RegistryClient {
  const { registry, http } = target;
  const token = target.token();
  const credential: Credential | undefined =
    token === undefined ? undefined : { scheme: 'bearer', origin: registry.origin, token };
  const headers = { accept: 'application/json', 'cache-control': 'no-cache' };
  const send = async (
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    body?: string,
  ): Promise<HttpResponse> =>
    http.request({
      method,
      url: `${registry.url}/${path}`,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      maxBytes: MAX_BYTES,
      signal,
      ...(body === undefined ? {} : { body }),
      ...(credential === undefined ? {} : { credential }),
    });
  const tagsOf = (name: string): string => `-/package/${escapedName(name)}/dist-tags`;
  return {
    version: async (name, version) =>
      send('GET', `${escapedName(name)}/${encodeURIComponent(version)}`),
    tags: async (name) => send('GET', tagsOf(name)),
    setTag: async (name, tag, version) =>
      send('PUT', `${tagsOf(name)}/${encodeURIComponent(tag)}`, JSON.stringify(version)),
    removeTag: async (name, tag) => send('DELETE', `${tagsOf(name)}/${encodeURIComponent(tag)}`),
    whoami: async () => send('GET', '-/whoami'),
  };
}

/**
 * Returns the body as a JSON object, or undefined if it is anything else: a proxy's page, a
 * truncated answer.
 */
export function jsonObject(response: HttpResponse): ReturnType<typeof asObject> {
  try {
    return asObject(response.json());
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(value) ? value : undefined;
}

/** True if the registry answers "not found", in JSON or plain text. */
export function saysNotFound(response: HttpResponse): boolean {
  return response.status === 404 && !isPage(response);
}

/**
 * True for an HTML page: another server (a login, a gateway) sent it, so it proves nothing,
 * whatever its status.
 */
export function isPage(response: HttpResponse): boolean {
  return (response.headers.get('content-type') ?? '').includes('html');
}
