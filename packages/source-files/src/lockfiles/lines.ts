/**
 * Returns a function that takes keys and returns the line of the first one that the text has, or 1. `pattern`
 * matches the lines with a key, `keysOf` returns the keys of such a line. The text is searched at the first call.
 */
export function lineFinder(
  text: string,
  pattern: RegExp,
  keysOf: (match: RegExpExecArray) => readonly string[],
): (...keys: readonly string[]) => number {
  let lines: ReadonlyMap<string, number> | undefined;
  return (...keys) => {
    lines ??= readLines(text, pattern, keysOf);
    const known = keys.find((key) => lines?.has(key));
    return (known === undefined ? undefined : lines.get(known)) ?? 1;
  };
}

function readLines(
  text: string,
  pattern: RegExp,
  keysOf: (match: RegExpExecArray) => readonly string[],
): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let line = 1;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    line += count(text, at, match.index);
    at = match.index;
    for (const key of keysOf(match)) if (!lines.has(key)) lines.set(key, line);
  }
  return lines;
}

function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1))
    lines += 1;
  return lines;
}

/** Returns the lines, counted from 1, that are equal to `wanted`. */
export function linesEqualTo(text: string, wanted: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => (line.trimEnd() === wanted ? [index + 1] : []));
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return 1 + count(text, 0, offset);
}

/** The key of `    "node_modules/a": {`, as JSON writes it. */
export function jsonKey(match: RegExpExecArray): readonly string[] {
  try {
    return [JSON.parse(match[1] ?? '') as string];
  } catch {
    return [];
  }
}
