/** Tells line and column of an offset. Lines and columns count from 1. */
export type Position = (offset: number) => { readonly line: number; readonly column: number };

/**
 * Reads where the lines of a text begin, when it is first asked. The reader of YAML could tell as well,
 * but loses count after some errors.
 */
export function createPosition(text: string): Position {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const line = lastUpTo(offset, starts);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1))
    starts.push(end + 1);
  return starts;
}

function lastUpTo(offset: number, starts: readonly number[]): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}
