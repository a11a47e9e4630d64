// The fault table: every writing step of a release × every fault, on registries of its own.
import { appendFileSync, existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { pythonBuildTool } from './demo/python.ts';
import { runs } from './demo/run.ts';
import { heading, line, without } from './demo/say.ts';
import type { CaseResult } from './faults/case.ts';
import { casesOf, keyOf } from './faults/cases.ts';
import { readFlags, SCENARIO_NAMES } from './faults/flags.ts';
import { cacheFolder } from './faults/folder.ts';
import { runAll } from './faults/pool.ts';
import { prepare } from './faults/prepare.ts';
import { SITUATIONS } from './faults/situations.ts';
import { describeStep } from './faults/steps.ts';
import { renderTable, tally } from './faults/table.ts';
import { writeReport } from './faults/write-report.ts';

const root = join(import.meta.dirname, '..');
const flags = readFlags();
const say = flags.json ? (): void => undefined : line;

if (!(await runs(['pnpm', '--version'], root))) {
  console.error(
    'The example is built with pnpm, which is not on PATH. Start with: npx -y pnpm@12 faults',
  );
  process.exit(1);
}
const folder = await cacheFolder(root);
if (flags.fresh) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

if (!flags.json) heading('Clean runs, with the real builds');
const tool = (await pythonBuildTool(root)) ?? '';
const path = [tool, process.env['PATH']].filter((part) => part !== '').join(delimiter);
process.env['PATH'] = path;
const scenarios = await prepare(root, folder, flags.scenarios);
const [other] = await prepare(root, folder, ['other']);
for (const { name, steps } of scenarios) say(`${name}: ${steps.length} writing steps`);

const kept = join(folder, 'results.jsonl');
const done = new Map((await readKept()).map((result) => [keyOf(result), result]));
const absent = new Set<string>();
for (const { name, title, missing } of SITUATIONS) {
  const why = await missing?.();
  if (why === undefined) continue;
  absent.add(name);
  if (!flags.json) without(title, why);
}
const cases = casesOf(scenarios, flags, flags.seed)
  .filter(({ fault }) => !absent.has(fault))
  .slice(0, flags.limit);
// What failed is tried again.
const left = cases.filter((one) => done.get(keyOf(one))?.failures.length !== 0);

if (!flags.json)
  heading(`${cases.length} cases, ${cases.length - left.length} of them done before`);
let ended = cases.length - left.length;
await runAll(
  left.map((one) => ({
    one,
    scenario: scenarios.find(({ name }) => name === one.scenario) as (typeof scenarios)[number],
    other: other as (typeof scenarios)[number],
  })),
  flags.jobs ?? availableParallelism(),
  (result) => {
    ended += 1;
    done.set(keyOf(result), result);
    appendFileSync(kept, `${JSON.stringify(result)}\n`);
    show(result);
  },
);

const results = cases.flatMap((one) => done.get(keyOf(one)) ?? []);
if (flags.json) {
  console.log(JSON.stringify({ seed: flags.seed, scenarios, results }, null, 2));
} else {
  heading('The table');
  console.log(renderTable(scenarios, results));
}
if (flags.write) {
  const all = [...done.values()];
  const names = SCENARIO_NAMES.filter((name) => all.some(({ scenario }) => scenario === name));
  await writeReport(root, await prepare(root, folder, names), all);
}
process.exitCode = tally(results).right === results.length ? 0 : 1;

async function readKept(): Promise<readonly CaseResult[]> {
  if (!existsSync(kept)) return [];
  const lines = (await readFile(kept, 'utf8')).split('\n');
  return lines.filter((text) => text !== '').map((text) => JSON.parse(text) as CaseResult);
}

function show(result: CaseResult): void {
  const { failures, fault, scenario, step: number, variant } = result;
  const step = scenarios.find(({ name }) => name === scenario)?.steps[number - 1];
  const where = step === undefined ? variant : `step ${number}, ${describeStep(step)}`;
  const isRight = failures.length === 0;
  say(`${ended}/${cases.length} ${isRight ? 'ok' : 'NOT OK'}  ${fault}  ${scenario}: ${where}`);
  for (const failure of failures) say(`     ${failure.slice(0, 1000)}`);
}
