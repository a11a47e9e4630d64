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
  /** What one artifact more has added on average since the smallest size; nothing at that size. */
  readonly addedMiB?: number;
  /** Of each artifact, or of the whole run, divided by that of `figure.timeOf`; nothing where that was not measured. */
  readonly time?: number;
}

/** What growth costs, from what was measured. */
export function derive(
  { cost, sizes, timeOf }: Figure,
  points: readonly Point[],
): readonly Growth[] {
  const measured = new Map(points.map((point) => [`${point.line} ${point.size}`, point]));
  return points.map(({ answerBytes, line, ms, peakMiB, requests, size }) => {
    const share = cost === 'each' ? size : 1;
    const base = measured.get(`${line} ${sizes[0]}`);
    const unit = measured.get(`${line} ${timeOf ?? sizes[0]}`);
    return {
      line,
      size,
      requests: requests / share,
      answersKiB: answerBytes / 1024 / share,
      peakMiB,
      ...(base === undefined || base.size === size
        ? {}
        : { addedMiB: (peakMiB - base.peakMiB) / (size - base.size) }),
      ...(unit === undefined
        ? {}
        : { time: ms / share / (unit.ms / (cost === 'each' ? unit.size : 1)) }),
    };
  });
}
