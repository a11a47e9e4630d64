import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from './case.ts';
import type { Scenario } from './prepare.ts';
import { renderTable, tally } from './table.ts';

const BEGIN = '<!-- faults: begin; written by `npx -y pnpm@12 faults --write` -->';
const END = '<!-- faults: end -->';

/** Writes the tables between the markers of docs/reliability.md. */
export async function writeReport(
  root: string,
  scenarios: readonly Scenario[],
  results: readonly CaseResult[],
): Promise<void> {
  const file = join(root, 'docs/reliability.md');
  const text = await readFile(file, 'utf8');
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
  if (before === undefined || after === undefined) throw new Error(`no markers in ${file}`);
  const generated = [BEGIN, summary(results), renderTable(scenarios, results), END].join('\n\n');
  await writeFile(file, `${before}${generated}${after}`);
}

function summary(results: readonly CaseResult[]): string {
  const { cases, converged, quiet, right } = tally(results);
  const minutes = Math.ceil(results.reduce((sum, { ms }) => sum + ms, 0) / 60_000);
  return `**${cases} cases: ${right} ended as they should, ${converged} converged in one re-run, and ${quiet} left nothing to write for the run after that.** Their times add up to ${minutes} minutes.`;
}
