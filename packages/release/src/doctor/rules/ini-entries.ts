/** A key of an INI file with its value, and the offset at which that begins. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly start: number;
}

interface Line {
  /** Without space around it. */
  readonly text: string;
  readonly start: number;
  readonly indent: number;
}

/** Reads an .npmrc as npm does, with its package `ini` (https://github.com/npm/ini/blob/main/lib/ini.js). */
export function npmrcEntries(text: string): readonly Entry[] {
  return linesOf(text).flatMap(({ start, text: line }) => {
    const at = line.indexOf('=');
    if (at < 1) return [];
    const key = unquoted(line.slice(0, at)).replace(/\[\]$/, '');
    const raw = line.slice(at + 1);
    const from = start + at + 1 + raw.length - raw.trimStart().length;
    return [{ key, value: unquoted(raw), start: from }];
  });
}

function unquoted(text: string): string {
  const value = text.trim();
  const quote = value.charAt(0);
  if (/["']/.test(quote) && value.endsWith(quote)) return value.slice(1, -1);
  // A backslash keeps what follows from beginning a comment.
  return /^[^\\;#]*(?:\\.[^\\;#]*)*/.exec(value)?.[0].trim() ?? value;
}

/**
 * Reads what Python's `configparser` reads: keys in any case, `=` or `:`, values that go on in lines that
 * are indented more. It refuses what is in no section, which we read, too: a token is one also there.
 * https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */
export function pythonIniEntries(text: string): readonly Entry[] {
  let key = '';
  let depth = 0;
  return linesOf(text).flatMap(({ indent, start, text: line }) => {
    if (key !== '' && indent > depth) return [{ key, value: line, start }];
    const at = line.search(/[=:]/);
    const isOption = at > 0 && !line.startsWith('[');
    [key, depth] = isOption ? [line.slice(0, at).trim().toLowerCase(), indent] : ['', 0];
    if (!isOption) return [];
    const raw = line.slice(at + 1);
    return [
      { key, value: raw.trim(), start: start + at + 1 + raw.length - raw.trimStart().length },
    ];
  });
}

/** The lines that are no comments, and not empty. */
function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const raw of text.split(/[\r\n]/)) {
    const line = raw.trim();
    const indent = raw.length - raw.trimStart().length;
    if (line !== '' && !/^[;#]/.test(line))
      lines.push({ text: line, start: start + indent, indent });
    start += raw.length + 1;
  }
  return lines;
}
