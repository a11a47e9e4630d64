import { formatNumber } from '../plot.ts';
import type { Growth } from './derive.ts';
import type { Figure } from './figure.ts';

/** The most memory, in MiB, that each further artifact may add. */
const MOST_MIB = 1;

/** Returns a line for each command and goal, which says whether the cost grows no more than it may. */
export function verdicts({ cost, of }: Figure, rows: readonly Growth[]): readonly string[] {
  return [...new Set(rows.map(({ line }) => line))].flatMap((line) => {
    const own = rows.filter((row) => row.line === line);
    const [first] = own;
    const last = own.at(-1);
    if (first === undefined || last === undefined || last === first) return [];
    const before = Math.max(...own.slice(0, -1).map(({ requests }) => requests));
    const requests = verdict(
      `${line}: requests${cost === 'each' ? ' for each' : ''} at ${formatNumber(last.size)} ${of}`,
      last.requests,
      before,
    );
    const memory = verdict(
      `${line}: MiB for each of ${formatNumber(last.size)} ${of} above the base`,
      Math.max(0, last.addedMiB ?? 0),
      MOST_MIB,
    );
    return [...(first.requests === 0 ? [] : [requests]), memory];
  });
}

function verdict(what: string, value: number, goal: number): string {
  const outcome = value <= goal ? 'met' : 'not met';
  return `- ${what}: ${formatNumber(value)}, goal ≤ ${formatNumber(goal)}: ${outcome}`;
}
