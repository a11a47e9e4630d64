import { formatNumber, type Panel, plot } from '../plot.ts';
import { tableOf } from '../table.ts';
import { derive, type Growth } from './derive.ts';
import type { Figure, Point } from './figure.ts';
import { verdicts } from './goals.ts';

/** Returns the part of the page about a figure: its picture, its numbers, and whether each goal is met. */
export function growthSection(
  figure: Figure,
  points: readonly Point[],
  machine: readonly string[],
): string {
  const rows = derive(figure, points);
  const shown = columnsOf(figure).filter(({ of }) => rows.some((row) => (of(row) ?? 0) !== 0));
  const isOne = new Set(rows.map(({ line }) => line)).size === 1;
  const table = tableOf(
    [...(isOne ? [] : ['']), figure.of, ...shown.map(({ title }) => title)],
    rows.map((row) => [
      ...(isOne ? [] : [row.line]),
      formatNumber(row.size),
      ...shown.map(({ of }) => cell(of(row))),
    ]),
  );
  return [
    `### ${figure.title} (\`${figure.name}\`)`,
    ...(figure.note === undefined ? [] : [figure.note]),
    `![${figure.title}: the numbers are in the table below](performance/${figure.name}.svg)`,
    table,
    verdicts(figure, rows).join('\n'),
    `<sub>${machine.join(' · ')}</sub>`,
  ].join('\n\n');
}

/** Draws the picture of a figure, as SVG. */
export function picture(figure: Figure, points: readonly Point[]): string {
  const rows = derive(figure, points);
  const lines = [...new Set(rows.map(({ line }) => line))];
  const panels = columnsOf(figure)
    .filter(({ isDrawn }) => isDrawn !== false)
    .map(({ of, title }): Panel => {
      const series = lines.map((name) => ({
        name,
        points: rows.flatMap((row) => {
          const value = row.line === name ? of(row) : undefined;
          return value === undefined ? [] : [[row.size, Math.max(0, value)] as const];
        }),
      }));
      return { title, series };
    })
    .filter(({ series }) => series.some((one) => one.points.some(([, y]) => y > 0)));
  return plot({ title: figure.title, xLabel: figure.of, panels });
}

interface Column {
  readonly title: string;
  readonly of: (row: Growth) => number | undefined;
  /** False for a column that is only in the table. */
  readonly isDrawn?: false;
}

function columnsOf({ cost, sizes, timeOf }: Figure): readonly Column[] {
  const each = cost === 'each' ? ' for each' : '';
  const base = `${each} (at ${formatNumber(timeOf ?? sizes[0] ?? 1)}: 1)`;
  const memory: readonly Column[] =
    cost === 'each'
      ? [
          { title: 'memory, MiB', of: ({ peakMiB }) => peakMiB, isDrawn: false },
          { title: 'MiB more for each', of: ({ addedMiB }) => addedMiB },
        ]
      : [{ title: 'memory, MiB', of: ({ peakMiB }) => peakMiB }];
  return [
    { title: `requests${each}`, of: ({ requests }) => requests },
    ...memory,
    { title: `answers${each}, KiB`, of: ({ answersKiB }) => answersKiB },
    { title: `CPU time${base}`, of: ({ cpu }) => cpu },
    { title: `time${base}`, of: ({ time }) => time },
  ];
}

function cell(value: number | undefined): string {
  return value === undefined ? '' : formatNumber(value);
}
