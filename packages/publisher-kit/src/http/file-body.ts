import { setImmediate } from 'node:timers/promises';
import { filePieces } from '../archive/file-pieces.ts';
import type { Hop } from './request.ts';

/**
 * A body that is streamed from a file, with its length, again at each attempt. Redirects are then not
 * followed. A request whose file has another size by then fails.
 */
export class FileBody {
  /** Absolute. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;

  constructor(path: string, size: number) {
    this.path = path;
    this.size = size;
  }
}

/**
 * More than a socket queues without waiting: fetch asks for the next piece only when this one has been
 * written, so both can share memory. While a larger one is written, an early answer is more often lost.
 */
const PIECE_BYTES = 256 << 10;

/** What fetch gets of a request, besides its signal. */
export function fetchOptions({ body, headers, method }: Hop): RequestInit {
  if (!(body instanceof FileBody))
    return { method, headers, body: body ?? null, redirect: 'manual' };
  const sized = new Headers(headers);
  sized.set('content-length', String(body.size));
  const pieces = filePieces(body.path, { pieceBytes: PIECE_BYTES });
  const stream = ReadableStream.from(afterAnswers(pieces));
  // fetch keeps a copy of a whole body in case a redirect or a login needs it again. `redirect` and
  // `window` prevent that.
  return { method, headers: sized, body: stream, duplex: 'half', redirect: 'error', window: null };
}

/**
 * Lets the connection's events come first: a server may refuse an upload and close before it has read
 * all. Who writes then gets an error instead of the answer that has arrived.
 */
async function* afterAnswers(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    await setImmediate();
    yield piece;
  }
}
