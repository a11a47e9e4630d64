import { inParallel } from '@ameide/publisher-kit';
import { type Finding, findAnswer, type Signed } from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { type KnownProof, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import type { ReleasePhase } from './progress.ts';
import { proves, readBackProofs, unsigned } from './prove.ts';

/**
 * Signs what the registries have, after it is read back and before any pointer moves, and reads back the proofs
 * that came with an upload. So the next run completes one that was stopped before.
 */
export const sign: ReleasePhase = {
  name: 'sign',
  applies: ({ runs }) => runs.some(proves),
  run: async (state, context) => ({
    ...state,
    runs: await inParallel(state.runs, async (run) => {
      if (!proves(run)) return run;
      return run.publisher.sign === undefined
        ? readBackProofs(run, context)
        : signOne(run, context);
    }),
  }),
};

async function signOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  const { value = [], problems } = await runStep(
    {
      run,
      phase: 'sign',
      name: 'sign',
      effect: 'unknown',
      call: async (step) => publisher.sign?.(plan, step, built, seen(run)),
      problemsIn: (signed) => (signed ?? []).flatMap((one) => one.problem ?? []),
    },
    context,
  );
  const blocked = value.filter(({ outcome }) => outcome === 'blocked');
  const found = blocked.map((one) => one.problem ?? unsigned(one, run));
  // `sign` ended without a problem and without an answer: nothing is known to be signed.
  if (problems.length === 0 && value.length === 0)
    found.push(...plan.coordinates.map((coordinate) => unsigned({ coordinate }, run)));
  const proofs = withOtherNames(value.map(proofOf), run);
  return withProblems({ ...run, proofs }, [...problems, ...found]);
}

/** What the registry had when it was last read and compared with the plan. */
function seen({ findings, plan, verified }: PublisherRun): readonly Finding[] {
  return plan.coordinates.flatMap(
    (one) => findAnswer(one, verified) ?? findAnswer(one, findings) ?? [],
  );
}

/** What is proven of a digest is proven of each name that was read with it: the version's tag. */
function withOtherNames(proofs: readonly KnownProof[], run: PublisherRun): KnownProof[] {
  const others = seen(run).filter((one) =>
    proofs.every(({ coordinate }) => coordinate.version !== one.coordinate.version),
  );
  const same = others.flatMap(({ coordinate, digest }) => {
    const known = proofs.filter((one) => digest !== undefined && one.digest === digest);
    return known.map((one) => ({ ...one, coordinate }));
  });
  return [...proofs, ...same];
}

function proofOf({ outcome, ...rest }: Signed): KnownProof {
  if (outcome === 'signed') return { ...rest, state: 'proven', isNew: true };
  if (outcome === 'already-signed') return { ...rest, state: 'proven' };
  return { ...rest, state: rest.problem?.kind === 'unknown' ? 'unknown' : 'missing' };
}
