import type { CaseResult } from './case.ts';
import { FAULTS } from './faults.ts';
import { SCENARIO_TITLES, type Scenario, type ScenarioName } from './prepare.ts';
import { SITUATIONS } from './situations.ts';
import { REGISTRIES } from './steps.ts';

const REGISTRY_TITLES = {
  npm: 'npm registry (verdaccio)',
  python: 'Python index',
  oci: 'OCI registry',
  git: "git host (git's own server)",
  sigstore: 'Sigstore (a stand-in)',
} as const;

/** Numbers of some cases. */
interface Tally {
  readonly cases: number;
  /** The disturbed run ended as it should, and did no harm; so did the run after it. */
  readonly right: number;
  /** The run after it ended with 0, or with 4 for a conflict. */
  readonly converged: number;
  /** Nothing was left to write. */
  readonly quiet: number;
}

export function tally(results: readonly CaseResult[]): Tally {
  const count = (is: (one: CaseResult) => boolean): number => results.filter(is).length;
  return {
    cases: results.length,
    right: count(({ failures }) => failures.length === 0),
    converged: count(isConverged),
    quiet: count(({ writes }) => writes === 0),
  };
}

/** A conflict stays one: nobody but a person can resolve it. */
export function isConverged({ fault, second }: CaseResult): boolean {
  return second === (fault.startsWith('other-bytes') ? 4 : 0);
}

/** The tables as Markdown. */
export function renderTable(
  scenarios: readonly Scenario[],
  results: readonly CaseResult[],
): string {
  return [
    table(
      [
        'release',
        'steps disturbed',
        'cases',
        'as they should end',
        'converged',
        'then nothing to write',
      ],
      scenarios.map(({ name, steps }) => {
        const mine = results.filter(({ scenario }) => scenario === name);
        return [titleOf(name), `${disturbed(mine)} of ${steps.length}`, ...numbers(mine)];
      }),
    ),
    table(
      ['registry', 'cases', 'as they should end', 'converged', 'then nothing to write'],
      REGISTRIES.map((name) => [
        REGISTRY_TITLES[name],
        ...numbers(results.filter(({ registry }) => registry === name)),
      ]),
    ),
    table(
      [
        'what happens at step k',
        'exit',
        'cases',
        'as they should end',
        'converged',
        'then nothing to write',
      ],
      [...FAULTS, ...SITUATIONS].flatMap(({ name, title }) => {
        const mine = results.filter(({ fault }) => fault === name);
        return mine.length === 0 ? [] : [[title, exitsOf(mine), ...numbers(mine)]];
      }),
    ),
  ].join('\n\n');
}

function disturbed(results: readonly CaseResult[]): number {
  return new Set(results.flatMap(({ step }) => (step === 0 ? [] : [step]))).size;
}

function titleOf(name: ScenarioName): string {
  return name === 'other' ? name : SCENARIO_TITLES[name];
}

function numbers(results: readonly CaseResult[]): readonly string[] {
  return Object.values(tally(results)).map(String);
}

/** The exit codes that occurred, the most frequent first: `0`, `5 3`, `killed`. */
function exitsOf(results: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const exit of results.flatMap(({ first }) => first)) {
    const name = exit === null ? 'killed' : String(exit);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name]) => name)
    .join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? cell).length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
