/**
 * A request that went through the proxy. It is recorded on arrival; `status`, `targetStatus`,
 * `bodyBytes` and `answerBytes` follow.
 */
export interface RecordedRequest {
  readonly method: string;
  /** The path with its query, as the client sent it. */
  readonly path: string;
  /** The `Accept` header: which form of an answer was asked for. */
  readonly accept: string | undefined;
  /**
   * The status that the client got: 0 before an answer and if there never is one (`reset`, `hang`);
   * 502 if the target is away.
   */
  readonly status: number;
  /**
   * The target's status; 0 if the target was not asked. A fault can make it differ from `status`.
   */
  readonly targetStatus: number;
  readonly mutating: boolean;
  /** Bytes of the request's body. */
  readonly bodyBytes: number;
  /** Bytes of the target's answer and its head; 0 unless it came to its end. */
  readonly answerBytes: number;
  /** True if the request had an `Authorization` header, whose value is never stored. */
  readonly authorization: boolean;
  /**
   * When the request arrived: its position in the order of all beginnings and ends, of every proxy of
   * this process. It is no time, and only says what came before what.
   */
  readonly began: number;
  /** When the last byte of its answer arrived, in the same order; undefined until then. */
  readonly ended: number | undefined;
}

const WRITES: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** POST requests that change nothing in a registry. */
const READING_POSTS: readonly RegExp[] = [
  /\/git-upload-pack$/,
  // Token exchange: npm's and PyPI's trusted publishing, OCI's OAuth 2 form, a GitHub App's tokens.
  /^\/-\/npm\/v1\/oidc\/token\/exchange\//,
  /^\/_\/oidc\/mint-token\/?$/,
  /^\/token\/?$/,
  /\/access_tokens$/,
  // npm's audit and `npm login --auth-type=web`.
  /^\/-\/npm\/v1\/security\//,
  /^\/-\/v1\/login$/,
  // GitHub generates release notes and stores nothing, so this POST is no write.
  /\/releases\/generate-notes$/,
];

/** True if a request may change the target. `contentLength` is the text of the header. */
export function isMutating(
  method: string,
  path: string,
  contentLength: string | undefined,
): boolean {
  if (WRITES.has(method)) return true;
  if (method !== 'POST') return false;
  const [pathname = ''] = path.split('?', 1);
  // Before a large push git asks for permission with a single flush packet, "0000". A real push is
  // never four bytes long.
  if (pathname.endsWith('/git-receive-pack') && contentLength === '4') return false;
  return !READING_POSTS.some((pattern) => pattern.test(pathname));
}
