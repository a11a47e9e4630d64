import type { Spread } from './statistics.ts';

/** A line of the table: one part of a scenario's result, with its goal if it has one. */
export type Row =
  | {
      readonly kind: 'ratio';
      /** What was done, for example `publish, +150 ms`. */
      readonly work: string;
      readonly peer: string;
      readonly ratio: Spread;
      /** What ours must wait for, its serial round trips and its watch, as a part of the peer's time. */
      readonly waiting?: number;
      readonly goal?: number;
    }
  | {
      readonly kind: 'amount';
      readonly work: string;
      readonly what: string;
      readonly amount: number;
      /** How much the peer needed, for comparison. */
      readonly peer?: string;
      readonly unit: 'requests' | 'MiB';
      readonly goal?: number;
    }
  | {
      /** Nothing was measured; `reason` says why. */
      readonly kind: 'missing';
      readonly work: string;
      readonly peer: string;
      readonly reason: string;
    };

/** The table's header; the last column says whether the goal is met. */
export const COLUMNS = [
  'work',
  'compared with',
  'ours / theirs',
  'our waiting / theirs',
  'goal',
  '',
] as const;

/** Returns the cells of a row, one for each column. */
export function cells(row: Row): readonly string[] {
  if (row.kind === 'missing') return [row.work, row.peer, 'not measured', '', '', row.reason];
  const { goal } = row;
  const goalText = goal === undefined ? '' : `≤ ${goal}`;
  if (row.kind === 'ratio') {
    const { max, median, min, pairs } = row.ratio;
    const text = `${digits(median)} [${digits(min)} … ${digits(max)}], ${pairs} ${pairs === 1 ? 'pair' : 'pairs'}`;
    const waiting = row.waiting === undefined ? '' : digits(row.waiting);
    return [row.work, row.peer, text, waiting, goalText, verdict(median, goal, row.ratio)];
  }
  return [
    row.work,
    row.peer ?? '',
    `${row.what}: ${row.unit === 'MiB' ? Math.round(row.amount) : digits(row.amount)} ${row.unit}`,
    '',
    goalText,
    verdict(row.amount, goal),
  ];
}

/** True if a row has a goal and does not meet it. */
export function isUnmet(row: Row): boolean {
  if (row.kind === 'missing' || row.goal === undefined) return false;
  return (row.kind === 'ratio' ? row.ratio.median : row.amount) > row.goal;
}

/** Judges by the median, and says if single pairs would have been judged otherwise. */
function verdict(value: number, goal: number | undefined, range?: Spread): string {
  if (goal === undefined) return '';
  const isMixed = range !== undefined && range.min <= goal && goal < range.max;
  const text = value <= goal ? 'met' : `not met: ${digits(value / goal)} × the goal`;
  return isMixed ? `${text}; not so in every pair` : text;
}

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
