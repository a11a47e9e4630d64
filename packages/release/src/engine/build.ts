import { mkdir } from 'node:fs/promises';
import {
  inParallel,
  makeLinksRelative,
  type Processes,
  processProblem,
  shownAddress,
  validateForProgram,
} from '@ameide/publisher-kit';
import {
  type Built,
  failed,
  InvalidInputError,
  inputProblem,
  ok,
  type Problem,
  type PublisherId,
  problem,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import type { Argv } from '@ameide/versioning-core/options';
import type { RunContext } from '../run/context.ts';
import { eventOf, needsBuild, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { createBuilds, requiredFirst } from './build-order.ts';
import { type BuildTurn, createOwnCheckouts } from './own-checkouts.ts';

/** Reports files that `prepare` may read and that a partial clone lacks. Offline. */
export async function validatePrepare(source: SourceTree): Promise<readonly Problem[]> {
  try {
    return await validateForProgram(source, '`prepare` runs a program, which may read');
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return [inputProblem(error)];
  }
}

/** Checks that the first program exists. Earlier programs may install the later ones. */
export async function checkPrepare(
  prepare: readonly Argv[],
  processes: Processes,
): Promise<Problem[]> {
  const [program] = prepare[0] ?? [];
  if (program === undefined || program.includes('/')) return [];
  if ((await processes.which(program)) !== undefined) return [];
  return [
    problem({
      code: 'prepare-not-found',
      kind: 'incomplete',
      message: `The program ${program}, which \`prepare\` runs first, is not on PATH.`,
      hint: 'Install it, or put its folder on PATH.',
      rerun: 'after-fix',
    }),
  ];
}

export interface CheckoutInput {
  /** Where to make the checkout: an absolute path that does not exist yet. */
  readonly directory: string;
  /** Lays out the commit in an empty folder. */
  readonly layOut: (directory: string) => Promise<Result<unknown>>;
  readonly prepare: readonly Argv[];
  readonly processes: Processes;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Checks the commit out for this release and runs `prepare` there. Does not touch the user's
 * working tree.
 */
export async function prepareCheckout(
  input: CheckoutInput,
  context: RunContext,
): Promise<Result<string>> {
  const { directory, environment, processes } = input;
  const onLine = (message: string): void | PromiseLike<void> =>
    context.emit({ type: 'progress', phase: 'prepare', text: message });
  void onLine('checking the commit out into a private folder');
  try {
    await mkdir(directory);
    const laidOut = await input.layOut(directory);
    if (laidOut.problems !== undefined) return laidOut;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    // The commit itself has been validated, so this clone lacks something.
    return failed(inputProblem(error, { kind: 'incomplete', rerun: 'after-fix' }));
  }
  for (const argv of input.prepare) {
    void onLine(argv.map(shownAddress).join(' '));
    const result = await processes.run({
      argv,
      cwd: directory,
      env: environment,
      endsGroup: true,
      signal: context.signal,
      onLine,
    });
    if (!result.ok)
      return failed(
        processProblem({
          code: 'prepare',
          what: 'prepare the checkout',
          result,
        }),
      );
  }
  if (input.prepare.length > 0)
    await makeLinksRelative(directory, { processes, signal: context.signal });
  return ok(directory);
}

export interface BuildInput {
  /** The absolute path of the release's checkout. */
  readonly checkout: string;
  /** Runs that are not built, and whose artifacts are published already. */
  readonly others: readonly PublisherRun[];
}

/**
 * Builds everything that is not on its registry yet, or can be compared with what is there, in
 * parallel; a build waits for those whose artifacts it asks for. A publisher that runs a program gets
 * its own checkout, which it shares only with publishers whose builds are equal. Otherwise files that one
 * build leaves behind could end up in another artifact, whose bytes would then depend on which build was
 * faster.
 */
export async function buildAll(
  runs: readonly PublisherRun[],
  context: RunContext,
  { checkout, others }: BuildInput,
): Promise<readonly PublisherRun[]> {
  const ordered = requiredFirst(runs);
  const turnOf = createOwnCheckouts(ordered, checkout);
  const builds = createBuilds(ordered, others, context);
  const built = new Map<PublisherRun, PublisherRun>();
  await inParallel(ordered, async (run) => {
    const resolve = builds.resolveFor(run);
    const build = needsBuild(run)
      ? buildOne(run, context, { checkout, turnOf, resolve })
      : Promise.resolve(run);
    builds.begin(run, build);
    built.set(run, await build);
  });
  return runs.map((run) => built.get(run) ?? run);
}

interface OneBuild {
  readonly checkout: string;
  readonly turnOf: ReturnType<typeof createOwnCheckouts>;
  readonly resolve: Step['resolve'];
}

async function buildOne(
  run: PublisherRun,
  context: RunContext,
  { checkout, resolve, turnOf }: OneBuild,
): Promise<PublisherRun> {
  const { plan, publisher } = run;
  const turn = publisher.buildsFrom === 'own-checkout' ? turnOf(run) : undefined;
  void context.emit({ type: 'progress', ...eventOf(run, 'build'), text: 'building' });
  const { value, problems } = await runStep(
    {
      run,
      phase: 'build',
      name: 'build',
      effect: 'none',
      checkout: publisher.buildsFrom === 'objects' ? '' : checkout,
      call: async (given) => {
        const step = { ...given, resolve };
        return turn === undefined
          ? publisher.build(plan, step)
          : buildInTurn(run, turn, step, context);
      },
      problemsIn: (result) => result.problems ?? [],
    },
    context,
  );
  turn?.end(value?.value !== undefined);
  const reported = withProblems(run, [...problems, ...(value?.problems ?? [])]);
  if (value?.value === undefined) return reported;
  void context.emit({ type: 'artifact', ...eventOf(run, 'build'), outcome: 'built' });
  return { ...reported, built: value.value };
}

async function buildInTurn(
  { id, plan, publisher }: PublisherRun,
  turn: BuildTurn,
  step: Step,
  context: RunContext,
): Promise<Result<Built>> {
  const own = await turn.open(`${step.workspace}-checkout`, step.signal);
  if (own === undefined) return failed(notRun(id, turn.first.id));
  const { directory, hasRun } = own;
  const environment = context.environmentIn(directory);
  if (hasRun)
    await step.emit({ publisher: id, message: `its program has already run for ${turn.first.id}` });
  return publisher.build(plan, { ...step, checkout: directory, environment, hasRun });
}

function notRun(id: PublisherId, first: PublisherId): Problem {
  return problem({
    code: 'same-build-failed',
    kind: 'incomplete',
    message: `${id} was not built: its build is the same as that of ${first}, which failed.`,
    hint: `Correct what is reported for ${first}.`,
    rerun: 'after-fix',
  });
}
