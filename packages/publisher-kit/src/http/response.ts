import { printable } from '@ameide/versioning-core';
import { HttpError, type HttpResponse } from './http.ts';

export interface ResponseParts {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly url: string;
  readonly body: Uint8Array;
  readonly redact: (text: string) => string;
}

/** `request` is how an `HttpError` names it: method and URL without query. */
export function createResponse(parts: ResponseParts, request: string): HttpResponse {
  const text = (): string => new TextDecoder().decode(parts.body);
  return {
    ...parts,
    text,
    json() {
      try {
        return JSON.parse(text()) as unknown;
      } catch {
        // The parser's own message quotes the body, which may contain a new token.
        const type = printable(
          parts.redact(parts.headers.get('content-type') ?? 'no content type'),
        );
        throw new HttpError(
          'malformed',
          request,
          `answered ${parts.status} with ${parts.body.length} bytes (${type}) that are not JSON`,
        );
      }
    },
  };
}

/** Reads a body of at most `maxBytes` and calls `onBytes` for each piece. */
export async function readBody(
  response: Response,
  maxBytes: number,
  request: string,
  onBytes: () => void,
): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const tooLarge = (): HttpError =>
    new HttpError('too-large', request, `the answer is larger than ${maxBytes} bytes`);
  const reader = response.body.getReader();
  if (Number(response.headers.get('content-length')) > maxBytes) {
    await reader.cancel();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onBytes();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}
