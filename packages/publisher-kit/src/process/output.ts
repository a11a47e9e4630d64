import type { Redactor } from '../secret/redactor.ts';

/**
 * Characters of one line that are kept while its end has not come: progress bars can go on for
 * ever.
 */
const LONGEST_LINE = 64 * 1024;
/** Characters of a line that people are shown. */
const SHOWN_LINE = 2000;

/**
 * Cuts a stream into redacted lines. Pieces are joined before they are redacted, so that a secret
 * cut in two by the pipe is found.
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
 * The last `limit` characters, from the start of a line on where one starts. Give it redacted text:
 * a cut could leave half a secret.
 */
export function endOf(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : text.slice(-limit).replace(/^[^\r\n]*[\r\n]+(?=[^\r\n])/, '');
}

/**
 * The last line with something on it, without colours and control characters, shortened to 300
 * characters.
 */
export function lastLine(text: string): string | undefined {
  return shownLines(text).at(-1)?.trimStart();
}

/** The lines with something on them, as `lastLine` shows one. */
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
