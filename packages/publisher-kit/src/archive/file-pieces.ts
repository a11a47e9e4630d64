import { open } from 'node:fs/promises';

export interface FilePiecesOptions {
  readonly signal?: AbortSignal;
  /** Bytes of a piece. Default 1 MiB. */
  readonly pieceBytes?: number;
}

/**
 * Reads a file of any size in pieces, through one buffer that is no larger than the file needs: each
 * piece is valid only until the next one. A stream would allocate a buffer for each piece, and V8 lets
 * 64 MiB of them gather before it frees any. Only the last piece is smaller. Throws the errors of fs, and
 * the signal's reason.
 */
export async function* filePieces(
  path: string,
  { pieceBytes = 1 << 20, signal }: FilePiecesOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const file = await open(path);
  try {
    const { size } = await file.stat();
    // One byte more than the file has: the first read then also shows its end.
    const memory = Buffer.allocUnsafeSlow(Math.min(pieceBytes, size + 1));
    for (let length = memory.length; length === memory.length; ) {
      length = 0;
      for (let read = -1; read !== 0 && length < memory.length; length += read) {
        signal?.throwIfAborted();
        read = (await file.read(memory, length, memory.length - length, null)).bytesRead;
      }
      if (length > 0) yield memory.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
