/**
 * One request that went through the proxy. It is recorded on arrival; `status`, `targetStatus` and
 * `bodyBytes` follow.
 */
export interface RecordedRequest {
  readonly method: string;
  /** The path with its query, as the client sent it. */
  readonly path: string;
  /**
   * What the client was answered; 0 while there is no answer, and when there never is one (`reset`,
   * `hang`, the target away: 502).
   */
  readonly status: number;
  /** What the target answered; 0 when it was not asked. Differs from `status` under a fault. */
  readonly targetStatus: number;
  readonly mutating: boolean;
  /** Bytes of the request's body. */
  readonly bodyBytes: number;
  /** Whether the request carried an `Authorization` header. Its value is kept nowhere. */
  readonly authorization: boolean;
}

const WRITES: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** POST requests that change nothing in a registry. */
const READING_POSTS: readonly RegExp[] = [
  /\/git-upload-pack$/,
  // Token exchange: npm's and PyPI's trusted publishing, OCI's OAuth 2 form, the tokens of a GitHub
  // App.
  /^\/-\/npm\/v1\/oidc\/token\/exchange\//,
  /^\/_\/oidc\/mint-token\/?$/,
  /^\/token\/?$/,
  /\/access_tokens$/,
  // npm's audit and `npm login --auth-type=web`.
  /^\/-\/npm\/v1\/security\//,
  /^\/-\/v1\/login$/,
];

/** Whether a request may change what the target holds. `contentLength` is the header's text. */
export function isMutating(
  method: string,
  path: string,
  contentLength: string | undefined,
): boolean {
  if (WRITES.has(method)) return true;
  if (method !== 'POST') return false;
  const [pathname = ''] = path.split('?', 1);
  // Before a large push git asks with a lone flush packet, "0000", whether it may: no push is four
  // bytes long.
  if (pathname.endsWith('/git-receive-pack') && contentLength === '4') return false;
  return !READING_POSTS.some((pattern) => pattern.test(pathname));
}
