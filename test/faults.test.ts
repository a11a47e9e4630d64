import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../scripts/demo/run.ts';
import type { Case, CaseResult } from '../scripts/faults/case.ts';
import { checkLog, checkOrder, checkState } from '../scripts/faults/check-run.ts';
import { FAULTS } from '../scripts/faults/faults.ts';
import { runAll } from '../scripts/faults/pool.ts';
import { prepare, type Scenario } from '../scripts/faults/prepare.ts';
import { runSituation, SITUATIONS } from '../scripts/faults/situations.ts';
import { type Logged, REGISTRIES, type Step, stepsOf } from '../scripts/faults/steps.ts';
import { isConverged, renderTable } from '../scripts/faults/table.ts';

const root = join(import.meta.dirname, '..');

/** A step of each registry and kind, to be disturbed in turn. */
const KINDS = [
  'npm version',
  'sigstore content',
  'oci pointer',
  'python version',
  'git version',
  'oci content',
  'npm pointer',
  'oci version',
  'git pointer',
];

/** Every fault once, each at a step of another registry. */
function slice({ name, steps }: Scenario): readonly Case[] {
  const kinds = KINDS.map((kind) =>
    steps.findIndex((step) => `${step.registry} ${step.kind}` === kind),
  );
  return FAULTS.map((fault, index) => {
    const turned = [...kinds.slice(index % kinds.length), ...kinds];
    const at = turned.find((number) => fault.applies?.(steps[number] as Step) !== false) ?? 0;
    return { scenario: name, fault: fault.name, step: at + 1 };
  });
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('the fault table', () => {
  let folder = '';
  /** Each is prepared once. */
  let scenarios: readonly Scenario[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ameide-fault-scenarios-'));
    scenarios = await prepare(root, folder, ['release', 'next-dev', 'other']);
  }, 600_000);
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  describe('a slice of it', () => {
    let scenario: Scenario;
    let results: readonly CaseResult[];
    beforeAll(async () => {
      [scenario] = scenarios as [Scenario];
      const ended: CaseResult[] = [];
      await runAll(
        slice(scenario).map((one) => ({ one, scenario, other: scenario })),
        availableParallelism(),
        (result) => ended.push(result),
      );
      results = ended;
    }, 600_000);

    test.each(FAULTS)('$name', ({ name }) => {
      const mine = results.filter(({ fault }) => fault === name);
      expect(mine).toMatchObject([{ failures: [], writes: 0 }]);
      expect(mine.filter(isConverged)).toHaveLength(1);
    });

    test('every registry is disturbed, and the table counts each case once in each part', () => {
      expect(new Set(results.map(({ registry }) => registry))).toEqual(new Set(REGISTRIES));
      const whole = String(results.length);
      const steps = `${new Set(results.map(({ step }) => step)).size} of ${scenario.steps.length}`;
      expect(
        renderTable([scenario], results)
          .split('\n')[2]
          ?.split(/ *\| */),
      ).toEqual([
        '',
        'the first release, on empty registries',
        steps,
        whole,
        whole,
        whole,
        whole,
        '',
      ]);
    });

    test('no token is in output, command lines, environments of builds or what was stored', () => {
      const { commandLines, environments, found } = scenario.secrets;
      expect(found).toEqual([]);
      if (process.platform !== 'linux') return;
      expect(commandLines).toBeGreaterThan(10);
      expect(environments).toBeGreaterThan(5);
    });
  });

  describe('the situations of a whole run', () => {
    test.each(SITUATIONS)('$title', { timeout: 300_000 }, async (situation) => {
      // The table runs every variant; what this machine cannot make is left out there, too.
      if ((await situation.missing?.()) !== undefined) return;
      const [variant = ''] = situation.variants;
      const scenario = scenarios.find(({ name }) => situation.scenarios.includes(name)) as Scenario;
      const other = scenarios.find(({ name }) => name === 'other') as Scenario;
      const one = { scenario: scenario.name, fault: situation.name, step: 0, variant };
      expect(await runSituation(situation, one, scenario, other)).toMatchObject({
        failures: [],
        writes: 0,
      });
    });
  });
});

describe('the checks of a case', () => {
  const names = { 'npm:a@1.0.0': 'x', 'npm:a latest': '1.0.0', 'oci:ameideio/b:1.0.0': 'd' };
  const scenario = { before: {}, clean: names, steps: [] } as unknown as Scenario;
  const ended = (exitCode: number, artifacts: readonly object[] = []) => ({
    exitCode,
    report: { artifacts } as never,
    output: '',
  });

  test('accepts what a clean run leaves, and less after a failure', () => {
    expect(checkState(scenario, names, ended(0))).toEqual([]);
    expect(checkState(scenario, { 'npm:a@1.0.0': 'x' }, ended(3))).toEqual([]);
  });

  test.each([
    ['success without everything', { 'npm:a@1.0.0': 'x' }, ended(0)],
    ['other bytes', { ...names, 'npm:a@1.0.0': 'y' }, ended(3)],
    ['a name that nobody asked for', { ...names, 'oci:ameideio/b:beta': 'd' }, ended(3)],
    [
      'a report that claims what is not there',
      {},
      ended(5, [{ outcome: 'published', coordinate: 'oci:127.0.0.1:99/ameideio/b:1.0.0' }]),
    ],
    ['no report', names, { exitCode: 3, output: '' }],
  ])('sees %s', (_title, now, run) => {
    expect(checkState(scenario, now, run)).not.toEqual([]);
  });

  test('detects a version that has changed', () => {
    const later = { ...scenario, before: { 'npm:a@0.9.0': 'x' } };
    expect(checkState(later, { 'npm:a@0.9.0': 'y' }, ended(3))).toContain(
      'npm:a@0.9.0 was there before, and is gone or changed',
    );
  });

  test('detects a pointer that was written before all versions', () => {
    expect(checkOrder(scenario, names)).toEqual([]);
    expect(checkOrder(scenario, { 'npm:a@1.0.0': 'x' })).toEqual([
      'a pointer was written before oci:ameideio/b:1.0.0',
    ]);
  });

  test('detects a version that was uploaded twice', () => {
    const request = { method: 'PUT', path: '/a', mutating: true, targetStatus: 201 } as never;
    const logged: Logged = { registry: 'npm', label: 'PUT a', run: 1, request };
    const steps = stepsOf([logged]);
    const [at] = steps as [Step];
    const checked = (log: readonly Logged[]): readonly string[] =>
      checkLog(log, { ...scenario, steps }, { sentOnce: true }, at);
    expect(checked([logged])).toEqual([]);
    expect(checked([logged, logged])).toHaveLength(2);
  });
});

test.each([
  [['--help'], 0],
  [['--only', 'nothing'], 2],
  [['--steps', 'x'], 2],
  [['--unknown'], 2],
])('faults %j ends with %i and the usage', async (args, expected) => {
  const script = join(root, 'scripts/faults.ts');
  const { code, stderr, stdout } = await run([process.execPath, script, ...args], { cwd: root });
  expect(code).toBe(expected);
  expect(stdout + stderr).toContain('Usage: npx -y pnpm@12 faults');
});
