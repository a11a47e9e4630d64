import { open } from 'node:fs/promises';

const READ_BYTES = 1 << 20;

/**
 * Reads a file of any size through one buffer, no larger than the file needs; `readBytes` is the most.
 * Each piece is valid only until the next one, and fills the buffer unless it is the last. A stream would
 * allocate a buffer for each piece, and V8 lets 64 MiB of them gather before it frees any. Throws the errors
 * of fs, and the signal's reason.
 */
export async function* filePieces(
  path: string,
  { readBytes = READ_BYTES, signal }: FilePiecesOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const file = await open(path);
  try {
    const { size } = await file.stat();
    // One byte more than the file has: the first read then also shows its end.
    const memory = Buffer.allocUnsafeSlow(Math.min(readBytes, size + 1));
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

export interface FilePiecesOptions {
  /** Bytes of a piece. Default 1 MiB. */
  readonly readBytes?: number;
  readonly signal?: AbortSignal;
}
