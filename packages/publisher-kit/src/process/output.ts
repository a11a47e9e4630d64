import type { Redactor } from '../secret/redactor.ts';

/** The most characters of an unfinished line to keep: a progress bar may never end its line. */
const LONGEST_LINE = 64 * 1024;
/** The most characters of a line to show to people. */
const SHOWN_LINE = 2000;

/** Each method returns the promise of the last line that it showed, if that returned one. */
export interface LineReader {
  write(chunk: Uint8Array): void | PromiseLike<void>;
  end(): void | PromiseLike<void>;
}

/**
 * Splits a stream into redacted lines. Joins the pieces first, so that it finds a secret that the
 * pipe or a line end cut in two: lines that may end with the beginning of a secret wait for the next.
 */
export function createLineReader(
  redactor: Pick<Redactor, 'redact' | 'openEnd'>,
  onLine: (line: string) => void | PromiseLike<void>,
): LineReader {
  const decoder = new TextDecoder();
  let pending = '';
  let skipping = false;
  const show = (text: string): void | PromiseLike<void> => {
    if (text === '') return;
    // Whoever keeps up with the last line has kept up with those before it.
    let shown: void | PromiseLike<void> = undefined;
    for (const line of redactor.redact(text).split(/[\r\n]+/)) {
      if (!skipping && line !== '') shown = onLine(line.slice(0, SHOWN_LINE));
      skipping = false;
    }
    return shown;
  };
  return {
    write(chunk) {
      pending += decoder.decode(chunk, { stream: true });
      const end = lineEnd(pending, pending.length);
      // Lines that wait for the rest of a secret, and the line that is not finished.
      const shown = lineEnd(pending, Math.min(end, redactor.openEnd(pending.slice(0, end))));
      const ready = pending.slice(0, shown);
      pending = pending.slice(shown);
      if (pending.length <= LONGEST_LINE) return show(ready);
      const cut = ready + pending;
      pending = '';
      const answer = show(cut);
      skipping = !/[\r\n]$/.test(cut);
      return answer;
    },
    end() {
      const rest = pending + decoder.decode();
      pending = '';
      return show(rest);
    },
  };
}

/** Returns where the last line end at or before a position ends; 0 if there is none. */
function lineEnd(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1;
}

/**
 * Returns the last `limit` characters, starting at a new line if there is one. Pass redacted text:
 * the cut could leave half a secret.
 */
export function endOf(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : text.slice(-limit).replace(/^[^\r\n]*[\r\n]+(?=[^\r\n])/, '');
}

/**
 * Returns the last line that is not empty, without colours and control characters, at most 300
 * characters.
 */
export function lastLine(text: string): string | undefined {
  return shownLines(text).at(-1)?.trimStart();
}

/** Returns the lines that are not empty, each in the form of `lastLine`. */
export function shownLines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
        .replace(/[\x00-\x1f\x7f-\x9f]/g, ' ')
        .trimEnd(),
    )
    .filter((line) => line !== '')
    .map((line) => line.slice(0, 300));
}
