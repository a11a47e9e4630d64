import { inParallel, settleAll, validateForProgram } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { findingProblems } from '../run/findings.ts';
import {
  eventOf,
  isSent,
  isSettled,
  type PublisherRun,
  statesOf,
  withProblems,
} from '../run/publisher-run.ts';
import { readRegistry } from '../run/read-registry.ts';
import { runStep } from '../run/run-step.ts';
import { checkUploaded } from './prove.ts';

/** Runs every publisher's offline checks of the commit and the definition, in parallel. */
export async function validateAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return inParallel(runs, async (run) => {
    const { plan, publisher } = run;
    const { value = [], problems } = await runStep(
      {
        run,
        phase: 'validate',
        name: 'validate what it would publish',
        effect: 'none',
        call: async (step) => {
          const found = (await publisher.validate?.(plan, step)) ?? [];
          if (publisher.buildsFrom !== 'own-checkout') return found;
          if (found.some(({ code }) => code === 'partial-clone')) return found;
          const who = `${run.id} runs a program, which may read`;
          return [...found, ...(await validateForProgram(step.source, who))];
        },
        problemsIn: (found) => found,
      },
      context,
    );
    return withProblems(run, [...problems, ...value]);
  });
}

/**
 * Checks every publisher and reads every registry, in parallel, so that the user sees all problems
 * at once. Writes nothing. Before `promote` it looks for no tools, because nothing is built, and needs no
 * token of a publisher without pointers, because that one writes nothing.
 */
export async function checkAll(
  runs: readonly PublisherRun[],
  context: RunContext,
  before: 'publish' | 'promote' = 'publish',
): Promise<readonly PublisherRun[]> {
  const [checked, tools] = await settleAll([
    settleAll(runs.map(async (run) => checkOne(run, context, before))),
    inParallel(runs, async (run) =>
      before === 'publish' && run.built === undefined ? findTools(run, context) : [],
    ),
  ]);
  // The tools are needed only where something has to be built.
  return checked.map((run, index) => (isSent(run) ? run : withProblems(run, tools[index] ?? [])));
}

async function checkOne(
  run: PublisherRun,
  context: RunContext,
  before: 'publish' | 'promote',
): Promise<PublisherRun> {
  const { plan, publisher } = run;
  const text = `asking ${plan.registry}`;
  void context.emit({ type: 'progress', ...eventOf(run, 'check'), text });
  const writes = before === 'publish' || publisher.promote !== undefined;
  const [refused, asked] = await settleAll([
    writes ? findObstacles(run, context) : Promise.resolve([]),
    before === 'publish' ? readBeforePublish(run, context) : readRegistry(run, context),
  ]);
  if (asked.findings.length > 0)
    void context.emit({
      type: 'artifact',
      ...eventOf(run, 'check'),
      outcome: stateAfterCheck(asked, before),
    });
  return withProblems(asked, [...refused, ...asked.findings.flatMap(findingProblems)]);
}

/** Reads what is there, whether it has the proofs that cannot be added later, and whether the others need a build. */
async function readBeforePublish(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const read = await readRegistry(run, context);
  return withSigning(await checkUploaded(read, context), context);
}

/** Asks, where everything is published, whether signing it still needs a build. */
async function withSigning(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { plan, publisher } = run;
  if (publisher.needsBuildToSign === undefined || !isSettled(run)) return run;
  const { value, problems } = await runStep(
    {
      run,
      phase: 'check',
      effect: 'none',
      name: 'look for what is left to sign',
      call: async (step) => publisher.needsBuildToSign?.(plan, step),
    },
    context,
  );
  return withProblems({ ...run, needsBuildToSign: value === true }, problems);
}

function stateAfterCheck(
  run: PublisherRun,
  before: 'publish' | 'promote',
): 'already-there' | 'conflict' | 'unknown' | 'to-publish' | 'not-published' {
  if (isSettled(run)) return 'already-there';
  const states = new Set(run.findings.flatMap(statesOf));
  if (states.has('conflict')) return 'conflict';
  if (states.has('unknown')) return 'unknown';
  return before === 'publish' ? 'to-publish' : 'not-published';
}

async function findObstacles(run: PublisherRun, context: RunContext): Promise<readonly Problem[]> {
  const { plan, publisher } = run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'check',
      effect: 'none',
      name: 'check',
      call: async (step) => publisher.check(plan, step),
      problemsIn: (found) => found,
    },
    context,
  );
  return [...problems, ...value];
}

/** Checks that this machine has the tools of every build. Asks no registry. */
export async function checkToolsOf(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return inParallel(runs, async (run) => withProblems(run, await findTools(run, context)));
}

async function findTools(run: PublisherRun, context: RunContext): Promise<readonly Problem[]> {
  const { plan, publisher } = run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'check',
      effect: 'none',
      name: 'check the tools of its build',
      call: async (step) => (await publisher.checkTools?.(plan, step)) ?? [],
      problemsIn: (found) => found,
    },
    context,
  );
  return [...problems, ...value];
}
