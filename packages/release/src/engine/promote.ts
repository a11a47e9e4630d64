import { inParallel, settleAll } from '@ameide/publisher-kit';
import {
  type Finding,
  formatCoordinate,
  isOurs,
  type Pointer,
  type PointerMove,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { markedVersions } from '../run/marks.ts';
import {
  eventOf,
  isSamePointer,
  type PublisherRun,
  statesOf,
  withProblems,
} from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { versionFacts } from '../run/version-facts.ts';
import { type ListedRun, listOne } from '../run/version-lists.ts';
import { checkAll } from './preflight.ts';

/**
 * Moves every run's pointers, never backwards, after the whole release is published and verified.
 * Also promotes a plan without pointers, because npm then removes its upload tag.
 */
export async function promoteAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  if (runs.some(({ findings }) => markedVersions(findings).size > 0)) return runs.map(keepPointers);
  const asked = await listRetractions(runs, context);
  const isUnread = asked.some(({ problems }) => problems.length > 0);
  if (isUnread) return runs.map((run) => withProblems(run, problemsOf(run, asked)));
  if (asked.some(isRetracted)) return runs.map(keepPointers);
  return settleAll(
    runs.map(async (run) => (run.publisher.promote === undefined ? run : promoteOne(run, context))),
  );
}

/**
 * Lists what Go modules have retracted, where the release or candidate was there before this run: a run of it that is
 * started again must not send people back to it, as `markedVersions` says. Only the list has that mark; where the
 * release has an npm package, `withdraw` has marked that one.
 */
async function listRetractions(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly ListedRun[]> {
  const hasNpm = runs.some(({ publisher }) =>
    publisher.members.some(({ ecosystem }) => ecosystem === 'npm'),
  );
  if (hasNpm) return [];
  const again = runs.filter(({ findings }) =>
    findings.some(
      ({ coordinate, state }) =>
        coordinate.ecosystem === 'go' &&
        isOurs(state) &&
        versionFacts(coordinate).tagged !== undefined,
    ),
  );
  return inParallel(again, async (run) => listOne(run, context, { withdrawn: true }));
}

function isRetracted({ list, run }: ListedRun): boolean {
  const marked = markedVersions(list?.versions ?? []);
  return run.plan.coordinates.some((one) => marked.has(versionFacts(one).tagged ?? ''));
}

function problemsOf({ id }: PublisherRun, asked: readonly ListedRun[]): readonly Problem[] {
  return asked.find(({ run }) => run.id === id)?.problems ?? [];
}

function keepPointers(run: PublisherRun): PublisherRun {
  const moves = run.plan.pointers.map((pointer): PointerMove => {
    const from = run.pointersBefore.find((one) => isSamePointer(one.pointer, pointer))?.version;
    const outcome = from === pointer.version ? 'already' : 'superseded';
    return { pointer, outcome, ...(from === undefined ? {} : { from }) };
  });
  return { ...run, moves };
}

/**
 * Checks, before any pointer moves, that the registries have every artifact, built from this commit;
 * where `built` is known, these very files.
 */
export async function checkPublished(
  runs: readonly PublisherRun[],
  context: RunContext,
  from?: string,
): Promise<readonly PublisherRun[]> {
  const asked = await checkAll(runs, context, 'promote');
  return asked.map((run) =>
    withProblems(
      run,
      run.findings.flatMap((one) => unfit(one, run, from)),
    ),
  );
}

/** Conflicts and missing answers are problems of the check already. */
function unfit(finding: Finding, { built, id }: PublisherRun, from?: string): Problem[] {
  const states = statesOf(finding);
  const coordinate = formatCoordinate(finding.coordinate);
  if (states.includes('absent'))
    return [
      problem({
        code: 'not-published-yet',
        kind: 'incomplete',
        message: `${coordinate} is not published yet, or not all of its files.`,
        hint: `Publish it, then run the same command again: ameide-release publish --only ${id}${from === undefined ? '' : ` --from ${from}`} --hold-pointers`,
        coordinate,
      }),
    ];
  if (built === undefined || !states.includes('same-source')) return [];
  return [
    problem({
      code: 'other-build-published',
      kind: 'conflict',
      message: `${coordinate} was built from this commit, but its bytes are not those of the build that --from names.`,
      hint: 'Pass the folder of the build that was published; or leave --from out, to promote what the registry has.',
      coordinate,
    }),
  ];
}

async function promoteOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { plan, publisher } = run;
  const { value, problems } = await runStep(
    {
      run,
      phase: 'promote',
      name: 'move its pointers',
      effect: 'unknown',
      call: async (step) => (await publisher.promote?.(plan, step)) ?? [],
      problemsIn: (moves) => moves.flatMap((move) => move.problem ?? []),
    },
    context,
  );
  const moves = value === undefined ? [] : everyMove(plan.pointers, value);
  for (const { outcome, pointer } of moves)
    void context.emit({
      type: 'pointer',
      ...eventOf(run, 'promote'),
      pointer: pointer.pointer,
      outcome,
    });
  const reported = moves.flatMap((move) => move.problem ?? []);
  return withProblems({ ...run, writesBegun: 'pointers', moves }, [...problems, ...reported]);
}

/**
 * Returns one move for each pointer of a plan, then any further moves that the publisher reported.
 * A pointer that it did not report counts as blocked, with a problem.
 */
function everyMove(
  pointers: readonly Pointer[],
  moves: readonly PointerMove[],
): readonly PointerMove[] {
  const planned = pointers.map(
    (pointer): PointerMove =>
      moves.find((move) => isSamePointer(move.pointer, pointer)) ?? { pointer, outcome: 'blocked' },
  );
  const others = moves.filter((move) => !planned.includes(move));
  return [...planned, ...others].map((move) =>
    move.outcome === 'blocked' && move.problem === undefined
      ? { ...move, problem: blocked(move.pointer) }
      : move,
  );
}

function blocked({ ecosystem, name, pointer }: Pointer): Problem {
  return problem({
    code: 'pointer-blocked',
    kind: 'incomplete',
    message: `The pointer ${pointer} of ${ecosystem}:${name} could not be moved safely.`,
    hint: 'Run the same command again: it reads the registry first.',
  });
}
