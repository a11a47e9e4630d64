import type { Figure, Point } from './figure.ts';

/** What a figure shows of one command at one size. */
export interface Growth {
  readonly line: string;
  readonly size: number;
  /** Of each artifact, or of the whole run. */
  readonly requests: number;
  /** What the registries answered, in KiB, of each artifact or of the whole run. */
  readonly answersKiB: number;
  /** Of the whole run. */
  readonly peakMiB: number;
  /** What one artifact more has added on average since the smallest size; undefined at that size. */
  readonly addedMiB: number | undefined;
  /** Of each artifact, or of the whole run, divided by that of `figure.timeOf`; undefined where that was not measured. */
  readonly time: number | undefined;
  /** The same of our processor time, which the registries on the same machine have no part in. */
  readonly cpu: number | undefined;
}

/** What growth costs, from what was measured. */
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
