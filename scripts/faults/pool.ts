import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CaseResult } from './case.ts';
import type { Task } from './worker.ts';

/** The longest that a case may take before it counts as one that hangs. */
const LONGEST_MS = 300_000;

/** Runs the tasks in `jobs` processes. Calls `onResult` as they end. */
export async function runAll(
  tasks: readonly Task[],
  jobs: number,
  onResult: (result: CaseResult) => void,
): Promise<void> {
  const waiting = [...tasks];
  const work = async (): Promise<void> => {
    let worker: ChildProcess | undefined;
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      worker ??= fork(join(import.meta.dirname, 'worker.ts'));
      const result = await ask(worker, task);
      if (result === undefined) {
        worker.kill('SIGKILL');
        worker = undefined;
      }
      onResult(result ?? lost(task));
    }
    worker?.kill();
  };
  await Promise.all(Array.from({ length: Math.min(jobs, tasks.length) }, work));
}

/** Undefined if the process ends, or takes too long. */
async function ask(worker: ChildProcess, task: Task): Promise<CaseResult | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(LONGEST_MS)]);
  worker.send(task);
  const answered = once(worker, 'message', { signal }).then(([result]) => result as CaseResult);
  const ended = once(worker, 'exit', { signal }).then(() => undefined);
  const first = await Promise.race([answered, ended]).catch(() => undefined);
  over.abort();
  await Promise.allSettled([answered, ended]);
  return first;
}

function lost({ one }: Task): CaseResult {
  const failures = [`the case ended its process, or took more than ${LONGEST_MS / 1000} s`];
  return { ...one, first: [], second: null, writes: 0, failures, ms: LONGEST_MS };
}
