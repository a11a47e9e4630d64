import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/**
 * The distribution specification's error codes that this registry uses (GHCR's own for a range),
 * each with its usual status.
 */
const STATUS = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  REQUESTED_RANGE_NOT_SATISFIABLE: 416,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  UNSUPPORTED: 405,
} as const;

export type ErrorCode = keyof typeof STATUS;

/**
 * A refusal that the client sees: status, code and message in the specification's JSON
 * shape.
 */
export class RegistryError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: unknown;
  readonly headers: OutgoingHttpHeaders;

  constructor(
    code: ErrorCode,
    message: string,
    options: { status?: number; detail?: unknown; headers?: OutgoingHttpHeaders } = {},
  ) {
    super(message);
    this.name = 'RegistryError';
    this.code = code;
    this.status = options.status ?? STATUS[code];
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }
}

/**
 * Answers with the error. A HEAD request gets only the status and the headers (RFC 9110 §9.3.2).
 */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: RegistryError,
): void {
  const body = Buffer.from(
    JSON.stringify({
      errors: [{ code: error.code, message: error.message, detail: error.detail }],
    }),
  );
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'content-length': body.length,
    ...error.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
