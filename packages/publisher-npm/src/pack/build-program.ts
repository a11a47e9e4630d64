import { join } from 'node:path';
import { BUILD_HINT, type Processes, processProblem } from '@ameide/publisher-kit';
import type { Problem, Step } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { NpmPlan } from '../plan.ts';

/** Runs the option `build` in the publisher's own checkout, with no token in its environment. */
export async function runBuild(
  processes: Processes,
  argv: readonly [string, ...string[]],
  directory: string,
  plan: NpmPlan,
  step: Step,
): Promise<Problem | undefined> {
  const result = await processes.run({
    argv,
    cwd: join(step.checkout, directory),
    env: step.environment,
    endsGroup: true,
    signal: step.signal,
    onLine: (message) => step.emit({ publisher: plan.publisher, message }),
  });
  step.signal.throwIfAborted();
  const coordinate = formatNpm(plan);
  return result.ok
    ? undefined
    : processProblem({
        code: 'npm-build',
        what: `build ${coordinate}`,
        result,
        coordinate,
        hint: BUILD_HINT,
      });
}
