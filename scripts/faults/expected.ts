import type { RunResult } from './runs.ts';

/** What is wrong with how a run ended. */
export function expected(
  who: string,
  run: RunResult,
  right: readonly (number | null)[],
): readonly string[] {
  if (right.includes(run.exitCode)) return [];
  const why = run.report?.problems.map(({ code, message }) => `${code}: ${message}`).join(' | ');
  return [`${who} ended with ${run.exitCode}, not ${right.join(' or ')}: ${why ?? run.output}`];
}
