// A process of the pool: it runs the cases that its parent sends, one after the other.
import { type Case, type CaseResult, runCase } from './case.ts';
import type { Scenario } from './prepare.ts';
import { runSituation, SITUATIONS } from './situations.ts';

export interface Task {
  readonly one: Case;
  readonly scenario: Scenario;
  /** Another commit of the same version. */
  readonly other: Scenario;
}

process.on('message', (task: Task) => {
  void run(task).then((result) => process.send?.(result));
});

async function run({ one, scenario, other }: Task): Promise<CaseResult> {
  const situation = SITUATIONS.find(({ name }) => name === one.fault);
  try {
    return situation === undefined
      ? await runCase(scenario, one)
      : await runSituation(situation, one, scenario, other);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...one, first: [], second: null, writes: 0, failures: [why], ms: 0 };
  }
}
