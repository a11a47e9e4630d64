import type { Redactor } from '../secret/redactor.ts';

/** The most characters of an unfinished line to keep: a progress bar may never end its line. */
const LONGEST_LINE = 64 * 1024;
/** The most characters of a line to show to people. */
const SHOWN_LINE = 2000;

/**
 * Splits a stream into redacted lines. Joins the pieces first, so that it finds a secret that the
 * pipe cut in two.
 */
export function createLineReader(
  redactor: Pick<Redactor, 'redact'>,
  onLine: (line: string) => void,
): { write(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let pending = '';
  let skipping = false;
  const emit = (line: string): void => {
    if (!skipping && line !== '') onLine(redactor.redact(line).slice(0, SHOWN_LINE));
    skipping = false;
  };
  return {
    write(chunk) {
      const lines = (pending + decoder.decode(chunk, { stream: true })).split(/[\r\n]+/);
      pending = lines.pop() ?? '';
      for (const line of lines) emit(line);
      if (pending.length > LONGEST_LINE) {
        emit(pending);
        skipping = true;
        pending = '';
      }
    },
    end() {
      emit(pending + decoder.decode());
      pending = '';
    },
  };
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
