import { InvalidInputError } from '../errors.ts';

/**
 * Returns the hint `Did you mean "registry"?` if a misspelt name is close to a known one, else
 * undefined.
 */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((candidate) => ({
      candidate,
      distance: editDistance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best === undefined ? undefined : `Did you mean "${best.candidate}"?`;
}

/** Makes the error for the unknown option `name` at the path `field`. */
export function unknownOption(
  name: string,
  known: readonly string[],
  field: string,
  code?: string,
): InvalidInputError {
  const expected = `one of the options ${known.join(', ')}`;
  return new InvalidInputError({ field, expected, hint: didYouMean(name, known) }, code);
}

/**
 * Steps from one name to the other: a letter more, less or another, or two neighbours exchanged
 * (optimal string alignment). Of the first 100 characters, as the names are untrusted input.
 */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 100), b.slice(0, 100)];
  let twoAbove: readonly number[] = [];
  let above: readonly number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    [twoAbove, above, row] = [above, row, [i]];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const areExchanged = i > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const exchanged = areExchanged ? (twoAbove[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replaced, exchanged, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}
