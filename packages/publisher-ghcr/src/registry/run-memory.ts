/**
 * Returns what all images of one run share. The run's signal is the one object that all publishers of
 * a run have. Without a signal nothing is shared.
 */
export function memoryOf<T>(
  runs: WeakMap<AbortSignal, Map<string, T>>,
  signal: AbortSignal | undefined,
): Map<string, T> {
  const memory = (signal && runs.get(signal)) ?? new Map<string, T>();
  if (signal !== undefined) runs.set(signal, memory);
  return memory;
}

/** Returns what is remembered under a key; the first time, what `make` makes. */
export function remembered<T>(memory: Map<string, T>, key: string, make: () => T): T {
  const known = memory.get(key) ?? make();
  memory.set(key, known);
  return known;
}
