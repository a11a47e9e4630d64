import { inParallel } from '@ameide/publisher-kit';
import {
  formatCoordinate,
  isOurs,
  PROOF_NAMES,
  type Problem,
  type Proof,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import {
  eventOf,
  type PublisherRun,
  proofsOf,
  statesOf,
  withProblems,
} from '../run/publisher-run.ts';
import { readProofs } from '../run/read-proofs.ts';
import { interrupted } from '../run/run-step.ts';
import { untilVisible } from '../run/until-visible.ts';
import type { ReleasePhase } from './progress.ts';

/** Checks, before `promote` moves any pointer, that every artifact carries the proofs that its options ask for. */
export const checkProofs: ReleasePhase = {
  name: 'sign',
  applies: ({ runs }) => runs.some(proves),
  run: async (state, context) => ({
    ...state,
    runs: await inParallel(state.runs, async (run) =>
      proves(run) ? verifyProofs(run, context) : run,
    ),
  }),
};

/**
 * Checks an artifact that is published already and whose proofs come only with the upload: without a valid one it was
 * published by hand, or before the definition asked for proofs, and cannot get one any more.
 */
export async function checkUploaded(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const isThere = run.findings.some((finding) => statesOf(finding).some(isOurs));
  const isLate = run.publisher.sign === undefined && proves(run) && isThere;
  return isLate ? verifyProofs(run, context, 'check') : run;
}

/** True if the run's options ask for proofs, whether made after the upload or with it. */
export function proves({ plan, publisher }: PublisherRun): boolean {
  const isAsked = publisher.sign !== undefined || publisher.proofs !== undefined;
  return isAsked && plan.coordinates.length > 0;
}

/** Reads back the proofs that came with the upload. Registries may show them later than the version. */
export async function readBackProofs(
  run: PublisherRun,
  context: RunContext,
): Promise<PublisherRun> {
  // Nothing was uploaded: `checkUploaded` has read them.
  if (run.writesBegun === 'none' && run.proofs !== undefined) return run;
  const read = await untilVisible(
    {
      of: eventOf(run, 'sign'),
      read: async () => verifyProofs(run, context),
      isAwaited: ({ proofs = [] }) =>
        proofs.some(({ state }) => state === 'missing' || state === 'unknown'),
    },
    context,
  );
  return read ?? withProblems(run, [interrupted('unknown')]);
}

async function verifyProofs(
  run: PublisherRun,
  context: RunContext,
  phase: 'check' | 'sign' = 'sign',
): Promise<PublisherRun> {
  const { plan, publisher } = run;
  void context.emit({ type: 'progress', ...eventOf(run, phase), text: 'verifying its proofs' });
  const about = { phase, name: 'verify its proofs' } as const;
  const read = await readProofs(run, context, about);
  // The problems of `read` say why the proofs could not be read.
  if (read.proofs === undefined && publisher.proofs !== undefined) return read;
  const unproven = (read.proofs ?? []).filter(({ state }) => state !== 'proven');
  const withoutAnswer = plan.coordinates.filter((one) => proofsOf(read, one).length === 0);
  return withProblems(read, [
    ...unproven.map((one) => one.problem ?? unsigned(one, run)),
    ...withoutAnswer.map((coordinate) => unsigned({ coordinate }, run)),
  ]);
}

/** The problem of an artifact that lacks a valid proof, where the publisher says no more than that. */
export function unsigned(
  { coordinate, kind }: Pick<Proof, 'coordinate'> & Partial<Pick<Proof, 'kind'>>,
  { id, publisher }: PublisherRun,
): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: 'not-signed-yet',
    kind: 'incomplete',
    message: `${reference} has no valid ${kind === undefined ? 'proof' : PROOF_NAMES[kind]}.`,
    hint:
      publisher.sign === undefined
        ? 'Run the same command again.'
        : `Run publish again, which signs what is published and not signed: ameide-release publish --only ${id} --hold-pointers`,
    coordinate: reference,
  });
}
