import {
  type Credential,
  createRunAnswers,
  type HttpRequest,
  type HttpResponse,
} from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import { escapedName } from '../manifest/name.ts';
import { LARGEST_TARBALL, type Target } from '../options.ts';

/**
 * The registry's endpoints. Reads also send the token, if there is one, because a restricted
 * package answers 404 without it. Every call resolves for any HTTP status, and rejects with
 * `HttpError` if there is no answer.
 */
export interface RegistryClient {
  /** `GET /<name>/<version>`, with `gitHead`. Not every registry has it. */
  version(name: string, version: string): Promise<HttpResponse>;
  /**
   * `GET /<name>` as clients ask before they install: a registry may answer with the short form,
   * which has no `gitHead`.
   */
  packument(name: string): Promise<HttpResponse>;
  /**
   * `GET /<name>` in the long form, with `gitHead` and the time of each version. `?write=true` is how
   * npm asks before it writes.
   */
  wholePackument(name: string, query?: '?write=true'): Promise<HttpResponse>;
  /**
   * `PUT /<name>`, tried once. GitLab accepts a packument without a tarball only with the header
   * `npm-command`, which names the command of npm that sends it.
   */
  putPackument(name: string, packument: object, command: string): Promise<HttpResponse>;
  /**
   * `GET /-/npm/v1/attestations/<name>@<version>`: the provenance of a version, and what the registry itself
   * attests.
   */
  attestations(name: string, version: string): Promise<HttpResponse>;
  /** `PUT /<name>/-rev/<rev>`, tried once: npm's way to unpublish one version. */
  putRevision(name: string, packument: object, rev: string): Promise<HttpResponse>;
  /** `HEAD` of a tarball, by its path below the registry's address. */
  headTarball(path: string): Promise<HttpResponse>;
  /** `DELETE /<path of the tarball>/-rev/<rev>`, tried once. */
  deleteTarball(path: string, rev: string): Promise<HttpResponse>;
  /** Downloads a tarball from an address that the registry names. The token goes only to the registry's own origin. */
  tarball(url: string): Promise<HttpResponse>;
  /** `GET /-/package/<name>/dist-tags` */
  tags(name: string): Promise<HttpResponse>;
  /** `PUT /-/package/<name>/dist-tags/<tag>`, tried once. */
  setTag(name: string, tag: string, version: string): Promise<HttpResponse>;
  /** `DELETE /-/package/<name>/dist-tags/<tag>`, tried once. */
  removeTag(name: string, tag: string): Promise<HttpResponse>;
  /** `GET /-/whoami`, once for each credential of a run. */
  whoami(): Promise<HttpResponse>;
}

/**
 * The limit of one unpacked answer: a version's document with its README, or a list of dist-tags.
 */
const MAX_BYTES = 8 * 1024 * 1024;
/** npm's largest packuments have some ten MiB; a registry without the short form sends more. */
const MAX_PACKUMENT_BYTES = 64 * 1024 * 1024;
const PACKUMENT = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*';
const LARGE_DEADLINE_MS = 10 * 60_000;

const HEADERS = { accept: 'application/json', 'cache-control': 'no-cache' } as const;

/** The requests that all endpoints are made of. */
interface Sender {
  readonly request: (
    url: string,
    more: Partial<HttpRequest> & Pick<HttpRequest, 'method'>,
  ) => Promise<HttpResponse>;
  readonly get: (path: string, more?: Partial<HttpRequest>) => Promise<HttpResponse>;
  readonly put: (path: string, packument: object, command: string) => Promise<HttpResponse>;
}

function createSender(target: Target, signal: AbortSignal): Sender {
  const { answers, http, registry } = target;
  const token = target.token();
  const credential: Credential | undefined =
    token === undefined ? undefined : { scheme: 'bearer', origin: registry.origin, token };
  const request: Sender['request'] = async (url, more) => {
    const whole = {
      url,
      headers: HEADERS,
      maxBytes: MAX_BYTES,
      signal,
      ...(credential?.origin === URL.parse(url)?.origin ? { credential } : {}),
      ...more,
    } as HttpRequest;
    const ask = async (): Promise<HttpResponse> => http.request(whole);
    if (more.method !== 'GET' && more.method !== 'HEAD') return ask().finally(answers.forget);
    return answers.join(signal, [more.method, url, whole.headers?.['accept']].join(' '), ask);
  };
  return {
    request,
    get: async (path, more = {}) => request(`${registry.url}/${path}`, { method: 'GET', ...more }),
    put: async (path, packument, command) =>
      request(`${registry.url}/${path}`, {
        method: 'PUT',
        headers: { ...HEADERS, 'content-type': 'application/json', 'Npm-Command': command },
        body: JSON.stringify(packument),
        deadlineMs: LARGE_DEADLINE_MS,
      }),
  };
}

/** Who owns each credential, by registry and credential. A run asks for it once. */
const users = createRunAnswers();

export function createClient(target: Target, signal: AbortSignal): RegistryClient {
  const { registry } = target;
  const { get, put, request } = createSender(target, signal);
  const tagUrl = (name: string, tag: string): string =>
    `${registry.url}/${tagsOf(name)}/${encodeURIComponent(tag)}`;
  return {
    version: async (name, version) => get(`${escapedName(name)}/${encodeURIComponent(version)}`),
    packument: async (name) =>
      get(escapedName(name), {
        headers: { ...HEADERS, accept: PACKUMENT },
        maxBytes: MAX_PACKUMENT_BYTES,
      }),
    wholePackument: async (name, query: '' | '?write=true' = '') =>
      get(`${escapedName(name)}${query}`, {
        maxBytes: MAX_PACKUMENT_BYTES,
        deadlineMs: LARGE_DEADLINE_MS,
      }),
    attestations: async (name, version) =>
      get(`-/npm/v1/attestations/${escapedName(name)}@${encodeURIComponent(version)}`),
    putPackument: async (name, packument, command) => put(escapedName(name), packument, command),
    putRevision: async (name, packument, rev) =>
      put(`${escapedName(name)}/-rev/${encodeURIComponent(rev)}`, packument, 'unpublish'),
    headTarball: async (path) => request(`${registry.url}/${path}`, { method: 'HEAD' }),
    deleteTarball: async (path, rev) =>
      request(`${registry.url}/${path}/-rev/${encodeURIComponent(rev)}`, {
        method: 'DELETE',
        headers: { ...HEADERS, 'Npm-Command': 'unpublish' },
      }),
    tarball: async (url) =>
      request(url, {
        method: 'GET',
        from: registry.url,
        headers: { ...HEADERS, accept: '*/*' },
        maxBytes: LARGEST_TARBALL,
        deadlineMs: LARGE_DEADLINE_MS,
      }),
    tags: async (name) => get(tagsOf(name)),
    setTag: async (name, tag, version) =>
      request(tagUrl(name, tag), {
        method: 'PUT',
        headers: { ...HEADERS, 'content-type': 'application/json' },
        body: JSON.stringify(version),
      }),
    removeTag: async (name, tag) => request(tagUrl(name, tag), { method: 'DELETE' }),
    whoami: async () => {
      const credential = `${registry.url} ${target.token()?.reveal()}`;
      return users.get(signal, credential, async () => get('-/whoami'), isLasting);
    },
  };
}

function isLasting({ status }: HttpResponse): boolean {
  return status < 500;
}

function tagsOf(name: string): string {
  return `-/package/${escapedName(name)}/dist-tags`;
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

/**
 * Statuses of a page that a registry does not have: GitHub Packages answers 405 for the page of one
 * version, Nexus 400 for a scoped package's (sonatype/nexus-public#224), others 404.
 */
export const NOT_SERVED: ReadonlySet<number> = new Set([400, 404, 405, 501]);

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
