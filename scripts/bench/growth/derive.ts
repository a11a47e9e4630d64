import type { Figure, Point } from './figure.ts';

/** What a figure shows for one command at one size. */
export interface Growth {
  readonly line: string;
  readonly size: number;
  /** For each artifact, or for the whole run. */
  readonly requests: number;
  /** The size of the registries' answers in KiB, for each artifact or for the whole run. */
  readonly answersKiB: number;
  /** For the whole run. */
  readonly peakMiB: number;
  /** How much each further artifact adds to the memory of the smallest size, on average; undefined at that size. */
  readonly addedMiB: number | undefined;
  /** For each artifact or for the whole run, divided by the time at the size `figure.timeOf`; undefined if that was not measured. */
  readonly time: number | undefined;
  /** The same for the CPU time of our programs alone, without that of the registries on the same machine. */
  readonly cpu: number | undefined;
}

/** Derives what a figure shows from what was measured. */
export function derive(
  { cost, sizes, timeOf = sizes[0] }: Figure,
  points: readonly Point[],
): readonly Growth[] {
  const of = (amount: number, { size }: Point): number =>
    cost === 'each' ? amount / size : amount;
  return points.map((point) => {
    const { answerBytes, line, peakMiB, requests, size } = point;
    const at = (wanted: number | undefined): Point | undefined =>
      points.find((other) => other.line === line && other.size === wanted);
    const [base, unit] = [at(sizes[0]), at(timeOf)];
    const ratio = (what: 'ms' | 'cpuMs'): number | undefined =>
      unit === undefined || unit[what] === 0
        ? undefined
        : of(point[what], point) / of(unit[what], unit);
    return {
      line,
      size,
      requests: of(requests, point),
      answersKiB: of(answerBytes / 1024, point),
      peakMiB,
      addedMiB:
        base === undefined || base === point
          ? undefined
          : (peakMiB - base.peakMiB) / (size - base.size),
      time: ratio('ms'),
      cpu: ratio('cpuMs'),
    };
  });
}
