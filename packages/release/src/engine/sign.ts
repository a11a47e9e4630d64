import { inParallel } from '@ameide/publisher-kit';
import {
  formatCoordinate,
  type Problem,
  type Proof,
  problem,
  type Signed,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import {
  eventOf,
  findAnswer,
  type PublisherRun,
  proofsOf,
  withProblems,
} from '../run/publisher-run.ts';
import { readProofs } from '../run/read-proofs.ts';
import { runStep } from '../run/run-step.ts';
import type { ReleasePhase } from './progress.ts';

/**
 * Signs what the registries have, after it is read back and before any pointer moves. A run that was stopped
 * between the two is so completed by the next.
 */
export const sign: ReleasePhase = {
  name: 'sign',
  applies: ({ runs }) => runs.some(carries),
  run: async (state, context) => ({
    ...state,
    runs: await inParallel(state.runs, async (run) =>
      signs(run) ? signOne(run, context) : showProofs(run, context),
    ),
  }),
};

/** Checks, before `promote` moves any pointer, that everything carries the proofs that its options ask for. */
export const checkProofs: ReleasePhase = {
  name: 'sign',
  applies: ({ runs }) => runs.some(carries),
  run: async (state, context) => ({
    ...state,
    runs: await inParallel(state.runs, async (run) =>
      signs(run) ? proveOne(run, context) : showProofs(run, context),
    ),
  }),
};

function carries(run: PublisherRun): boolean {
  return signs(run) || run.publisher.proofs !== undefined;
}

function signs({ plan, publisher }: PublisherRun): boolean {
  return publisher.sign !== undefined && plan.coordinates.length > 0;
}

async function signOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { plan, publisher } = run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'sign',
      name: 'sign',
      effect: 'unknown',
      call: async (step) => publisher.sign?.(plan, step),
      problemsIn: (signed) => (signed ?? []).flatMap((one) => one.problem ?? []),
    },
    context,
  );
  const blocked = value.filter(({ outcome }) => outcome === 'blocked');
  const found = blocked.map((one) => one.problem ?? unsigned(one, run));
  // The verb has ended, and says of nothing that it is signed.
  if (problems.length === 0 && value.length === 0)
    found.push(...plan.coordinates.map((coordinate) => unsigned({ coordinate }, run)));
  const proofs = withOtherNames(value.map(proofOf), run);
  return withProblems({ ...run, proofs }, [...problems, ...found]);
}

/** What is proven of a digest is proven of each name that was read back with it: the version's tag. */
function withOtherNames(
  proofs: readonly Proof[],
  { findings, plan, verified }: PublisherRun,
): Proof[] {
  const others = plan.coordinates.filter((one) =>
    proofs.every(({ coordinate }) => coordinate.version !== one.version),
  );
  const same = others.flatMap((coordinate) => {
    const digest = (findAnswer(coordinate, verified) ?? findAnswer(coordinate, findings))?.digest;
    const known = proofs.filter((one) => digest !== undefined && one.digest === digest);
    return known.map((one) => ({ ...one, coordinate }));
  });
  return [...proofs, ...same];
}

/** What was uploaded with its provenance. It is too late to add one: what is missing is shown, and is no problem here. */
async function showProofs(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  if (run.publisher.proofs === undefined) return run;
  const about = { phase: 'sign', name: 'verify its proofs' } as const;
  const { proofs } = await readProofs(run, context, about);
  return proofs === undefined ? run : { ...run, proofs };
}

function proofOf({ outcome, ...rest }: Signed): Proof {
  if (outcome !== 'blocked') return { ...rest, state: 'proven' };
  return { ...rest, state: rest.problem?.kind === 'unknown' ? 'unknown' : 'missing' };
}

async function proveOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { plan, publisher } = run;
  void context.emit({ type: 'progress', ...eventOf(run, 'sign'), text: 'verifying signatures' });
  const about = { phase: 'sign', name: 'verify its signatures' } as const;
  const read = await readProofs(run, context, about);
  // Its problems say why it could not read them.
  if (read.proofs === undefined && publisher.proofs !== undefined) return read;
  const unproven = (read.proofs ?? []).filter(({ state }) => state !== 'proven');
  const silent = plan.coordinates.filter((one) => proofsOf(read, one).length === 0);
  return withProblems(read, [
    ...unproven.map((one) => one.problem ?? unsigned(one, run)),
    ...silent.map((coordinate) => unsigned({ coordinate }, run)),
  ]);
}

function unsigned(
  { coordinate, kind }: Pick<Proof, 'coordinate'> & Partial<Pick<Proof, 'kind'>>,
  { id }: PublisherRun,
): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: 'not-signed-yet',
    kind: 'incomplete',
    message: `${reference} has no valid ${kind ?? 'proof'}.`,
    hint: `Run publish again: it signs what is there. ameide-release publish --only ${id} --hold-pointers`,
    coordinate: reference,
  });
}
