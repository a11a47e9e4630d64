import type { Redactor } from '../secret/redactor.ts';
import { createLineReader } from './output.ts';
import type { Command } from './processes.ts';

/** The most characters of a stream's last lines to keep. */
const KEPT = 64 * 1024;

/**
 * Reads a stream line by line, no faster than `onLine` takes the lines, and without keeping them.
 * Returns the last lines, UTF-8. Stops waiting for `onLine` once `closed` settles.
 */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  redactor: Redactor,
  onLine: NonNullable<Command['onLine']>,
  closed: Promise<void>,
): Promise<Uint8Array> {
  let kept: string[] = [];
  let size = 0;
  const reader = createLineReader(redactor, (line) => {
    kept.push(line);
    size += line.length + 1;
    // Now and then, because moving the lines takes time.
    if (size > 2 * KEPT) {
      kept = lastOf(kept);
      size = kept.reduce((sum, one) => sum + one.length + 1, 0);
    }
    return onLine(line);
  });
  const keepUp = async (busy: void | PromiseLike<void>): Promise<void> => {
    if (busy !== undefined) await Promise.race([busy, closed]);
  };
  try {
    for await (const chunk of stream) await keepUp(reader.write(chunk));
  } catch {
    // The stream was closed before its end, as on an abort: the caller reports how the program ended.
  }
  await keepUp(reader.end());
  return new TextEncoder().encode(
    lastOf(kept)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

function lastOf(lines: readonly string[]): string[] {
  let size = 0;
  const first = lines.findLastIndex((line) => (size += line.length + 1) > KEPT);
  return lines.slice(first + 1);
}
