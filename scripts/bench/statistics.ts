/** Returns the median: the middle value, or the mean of the two in the middle. Throws `RangeError` for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('the median of no values');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The distribution of the ratios of several pairs. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly pairs: number;
}

/**
 * Divides ours by theirs, pair by pair, because what slows the machine down for a while slows both sides of
 * a pair. Throws `RangeError` if the lists differ in length.
 */
export function ratios(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new RangeError('each pair has two sides');
  const values = ours.map((value, pair) => value / (theirs[pair] ?? Number.NaN));
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    pairs: values.length,
  };
}
