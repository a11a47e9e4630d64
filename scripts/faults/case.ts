import { checkLog, checkOrder, checkSecrets, checkState } from './check-run.ts';
import { expected } from './expected.ts';
import { exitsAt, FAULTS, type FaultKind, type Victim } from './faults.ts';
import type { Scenario, ScenarioName } from './prepare.ts';
import { type RunInput, type RunResult, runCommand, runHere } from './runs.ts';
import { takeSnapshot } from './snapshot.ts';
import { kindOf, type Registry, type Step, type StepKind } from './steps.ts';
import { openWorld, type Rule, type World } from './world.ts';

/** One fault at one step of one scenario. */
export interface Case {
  readonly scenario: ScenarioName;
  readonly fault: string;
  /** From 1; 0 for a situation. */
  readonly step: number;
  /** Of a situation. */
  readonly variant?: string;
}

export interface CaseResult extends Case {
  /** Absent for a situation. */
  readonly registry?: Registry;
  readonly kind?: StepKind;
  /** Of the disturbed run (of both, if there are two); null for a killed process. */
  readonly first: readonly (number | null)[];
  /** Of the run after it, without the fault. */
  readonly second: number | null;
  /** Writing requests of one further run. */
  readonly writes: number;
  /** All that was not right; empty for a case that passed. */
  readonly failures: readonly string[];
  readonly ms: number;
}

export async function runCase(scenario: Scenario, one: Case): Promise<CaseResult> {
  const start = performance.now();
  const fault = FAULTS.find(({ name }) => name === one.fault);
  const step = scenario.steps[one.step - 1];
  if (fault === undefined || step === undefined)
    throw new TypeError(`no case ${JSON.stringify(one)}`);
  await using world = await openWorld(scenario.base);
  const input = { world, directory: scenario.directory, builds: scenario.builds };
  const pointers = watchPointers(scenario, world);
  const disturbed = await disturb(input, fault, step, pointers.watch);
  const after = await takeSnapshot(world.registries);
  world.begin(pointers.watch());
  const second = await runHere(input);
  const afterSecond = await takeSnapshot(world.registries);
  world.begin();
  const third = await runHere(input);
  const writes = world.log.filter(({ run, request }) => run === 3 && request.mutating).length;
  return {
    ...one,
    registry: step.registry,
    kind: step.kind,
    first: disturbed.runs.map(({ exitCode }) => exitCode),
    second: second.exitCode,
    writes,
    failures: [
      ...(disturbed.wasHit() ? [] : ['the fault was never met']),
      ...disturbed.runs.flatMap((run) => [
        ...expected('the disturbed run', run, exitsAt(fault, step)),
        ...prefixed('after it', checkState(scenario, after, run)),
      ]),
      ...expected('the next run', second, [0]),
      ...prefixed('after the next run', checkState(scenario, afterSecond, second)),
      ...expected('one further run', third, [0]),
      ...(writes === 0 ? [] : [`one further run sends ${writes} writing requests`]),
      ...pointers.problems,
      ...checkLog(world.log, scenario, fault, step),
      ...checkSecrets(world, [...disturbed.runs, second, third]),
    ],
    ms: Math.round(performance.now() - start),
  };
}

interface Disturbed {
  readonly runs: readonly RunResult[];
  readonly wasHit: () => boolean;
}

async function disturb(
  input: RunInput,
  { by, rule }: FaultKind,
  step: Step,
  watch: (rule?: Rule) => Rule,
): Promise<Disturbed> {
  const { world } = input;
  const victim = createVictim(world);
  const inTheWay = rule(step, victim);
  let isHit = false;
  const fault: Rule['fault'] = (asked) => {
    const { registry, label, nth } = asked;
    isHit ||= registry === step.registry && label === step.label && nth >= step.nth;
    return inTheWay.fault?.(asked);
  };
  world.begin(watch({ ...inTheWay, fault }));
  const wasHit = (): boolean => isHit;
  if (by === 'two-runs')
    return { runs: await Promise.all([runHere(input), runHere(input)]), wasHit };
  if (by !== 'command') {
    const options = by === 'impatient-engine' ? { impatientAt: step.label } : {};
    return { runs: [await runHere(input, options)], wasHit };
  }
  const running = runCommand(input, { onStart: victim.started });
  void running.then(victim.ended);
  return { runs: [await running], wasHit };
}

/** Looks at the registries when the first pointer of npm or of an image is about to be written. */
function watchPointers(
  scenario: Scenario,
  world: World,
): { readonly watch: (rule?: Rule) => Rule; readonly problems: readonly string[] } {
  const problems: string[] = [];
  let isOver = false;
  return {
    problems,
    watch: (rule = {}) => ({
      ...rule,
      async fault(asked) {
        const isPointer = asked.registry !== 'git' && kindOf(asked, 1) === 'pointer';
        if (asked.mutating && isPointer && !isOver) {
          isOver = true;
          problems.push(...checkOrder(scenario, await takeSnapshot(world.registries)));
        }
        return rule.fault?.(asked);
      },
    }),
  };
}

function createVictim(world: World): Victim & {
  readonly started: (pid: number) => void;
  readonly ended: () => void;
} {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let id: number | undefined;
  return {
    world,
    started: (pid) => void (id = pid),
    ended: resolve,
    async signal(name) {
      if (id !== undefined) process.kill(id, name);
      if (name === 'SIGKILL') await ended;
    },
  };
}

function prefixed(when: string, problems: readonly string[]): readonly string[] {
  return problems.map((problem) => `${when}: ${problem}`);
}
