import { type PublisherRun, requiredBy } from '../run/publisher-run.ts';

/**
 * Returns, for each run, the others that must be on their registries first: those that it requires,
 * directly or through others. Runs that require each other do not wait for each other: extras make
 * such cycles legal in Python.
 */
export function publishedBefore(
  runs: readonly PublisherRun[],
): ReadonlyMap<PublisherRun, readonly PublisherRun[]> {
  const direct = new Map(runs.map((run) => [run, requiredBy(run, runs)]));
  const all = new Map(runs.map((run) => [run, reachable(run, direct)]));
  return new Map(
    runs.map((run) => [
      run,
      [...(all.get(run) ?? [])].filter((other) => !all.get(other)?.has(run)),
    ]),
  );
}

function reachable(
  run: PublisherRun,
  direct: ReadonlyMap<PublisherRun, readonly PublisherRun[]>,
): ReadonlySet<PublisherRun> {
  const found = new Set(direct.get(run));
  // A set's iteration also visits what is added during it.
  for (const one of found) for (const next of direct.get(one) ?? []) found.add(next);
  return found;
}
