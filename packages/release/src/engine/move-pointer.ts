import { createWorkspace, NO_POINTER, type Repository } from '@ameide/publisher-kit';
import {
  formatPointer,
  InvalidInputError,
  inputProblem,
  movePointerCommand,
  type Pointer,
  type PointerMove,
  type PointerName,
  type Problem,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { type MoveFacts, type MoveReport, moveReport } from '../report/move-report.ts';
import { createContext, type RunContext } from '../run/context.ts';
import type { Emitter, Listener } from '../run/emitter.ts';
import { observedRun } from '../run/observed-run.ts';
import { eventOf, type PublisherRun } from '../run/publisher-run.ts';
import { readPointer } from '../run/read-pointer.ts';
import { runStep } from '../run/run-step.ts';
import { openOnePublisher } from '../trace/open-publisher.ts';
import { findTarget } from './move-target.ts';
import { requireOrigin } from './origin.ts';

export interface MoveOptions {
  readonly repository: Repository;
  readonly definition: ReleaseDefinition;
  readonly pointer: PointerName;
  /** The published version that the pointer should name, or the commit that it was built from. */
  readonly to: string;
  /** What it names now. Without it nothing is written. */
  readonly from?: string;
  /** The id of the publisher, if the package is at several registries. */
  readonly only?: string;
  /**
   * The address of the repository that this is a clone of. Default: what its remote says. It must be
   * the definition's `repository`, if that is given.
   */
  readonly origin?: string;
  readonly signal?: AbortSignal;
  readonly onEvent?: Listener;
}

/**
 * Moves one pointer because a person asked for it, backwards too: after a commit was thrown away, or
 * after a bad release. Writes only if the pointer names `from` and the target is published and names
 * its commit. Throws `InvalidInputError` for a pointer that no release of the definition moves.
 */
export async function moveReleasePointer(options: MoveOptions): Promise<MoveReport> {
  const { definition, from, origin, pointer: name, repository } = options;
  if (from !== undefined) await requireOrigin(repository, definition, origin);
  const { commit, run } = await openOnePublisher(name, formatPointer(name), options);
  requireManaged(name, run);
  return observedRun({ command: 'move-pointer', runs: [run], ...options }, async (emitter) =>
    moveOpened(options, { commit, emitter, run }),
  );
}

interface OpenedPointer {
  readonly commit: Commit;
  readonly emitter: Emitter;
  readonly run: PublisherRun;
}

async function moveOpened(
  options: MoveOptions,
  { commit, emitter, run }: OpenedPointer,
): Promise<MoveReport> {
  const { from, pointer: name, to } = options;
  await using workspace = await createWorkspace();
  const context = createContext({ ...options, commit, emitter, workspace });
  const { id, plan } = run;
  const facts = {
    publisher: id,
    registry: plan.registry,
    pointer: formatPointer(name),
    to,
    ...(from === undefined ? {} : { from }),
  };
  void context.emit({
    type: 'progress',
    ...eventOf(run, 'check'),
    text: `asking ${plan.registry}`,
  });
  const target = await findTarget(name, run, options, context);
  if (target.value === undefined) return moveReport(facts, target.problems);
  const { coordinate, digest, sha } = target.value;
  const { version } = coordinate;
  const pointer = { ...name, version };
  const move = { pointer, digest, only: options.only, facts: { ...facts, to: version, sha } };
  // Awaited here: the workspace is removed at the end of this function.
  return from === undefined
    ? await show(move, run, context)
    : await send({ ...move, from }, run, context);
}

interface Asked {
  readonly pointer: Pointer;
  /** Of the image that the pointer should name. */
  readonly digest: string | undefined;
  readonly facts: MoveFacts;
  readonly only: string | undefined;
}

/** Shows what the pointer names, and the command that would move it. Reads only. */
async function show(
  { digest, facts, only, pointer }: Asked,
  run: PublisherRun,
  context: RunContext,
): Promise<MoveReport> {
  const { value: found, problems } = await readPointer(pointer, run, context);
  // A pointer to something that is not ours comes with a problem, and can be moved.
  const unread = found?.version === undefined && found?.problem ? [found.problem] : problems;
  if (unread.length > 0) return moveReport(facts, unread);
  const now = found?.version ?? null;
  // Two images can have one version, and one commit of a mirror two names.
  const isNamed = found?.digest === undefined ? now === pointer.version : found.digest === digest;
  if (isNamed) return moveReport({ ...facts, now, outcome: 'already' }, []);
  return moveReport({ ...facts, now }, [noFrom(pointer, now, only)]);
}

async function send(
  { facts, from, pointer }: Asked & { readonly from: string },
  run: PublisherRun,
  context: RunContext,
): Promise<MoveReport> {
  const { value, problems } = await runStep(
    {
      run,
      phase: 'promote',
      effect: 'unknown',
      name: `move ${pointer.pointer}`,
      call: async (step) => run.publisher.movePointer?.(run.plan, { pointer, from }, step),
    },
    context,
  );
  if (value === undefined) return moveReport(facts, problems);
  const { outcome, problem } = value;
  const found = problem === undefined ? problems : [...problems, problem];
  return moveReport({ ...facts, ...nowOf(pointer, value), outcome }, found);
}

function nowOf({ version }: Pointer, { from, outcome }: PointerMove): { readonly now?: string } {
  if (outcome === 'moved' || outcome === 'already') return { now: version };
  return from === undefined ? {} : { now: from };
}

/** Exit 0 must not mean that nothing was moved. */
function noFrom(pointer: Pointer, now: string | null, only: string | undefined): Problem {
  const at = only === undefined ? '' : ` --only ${only}`;
  const input = {
    field: 'from',
    expected: `what ${formatPointer(pointer)} names now, which is ${now ?? 'nothing'}: nothing was moved`,
    hint: `To ${now === null ? 'make' : 'move'} it: ${movePointerCommand(pointer, now ?? NO_POINTER)}${at}`,
  };
  return inputProblem(new InvalidInputError(input, 'pointer-from-missing'));
}

function requireManaged(name: PointerName, { id, publisher }: PublisherRun): void {
  if (publisher.movePointer !== undefined && publisher.managesPointer?.(name.pointer) === true)
    return;
  throw new InvalidInputError(
    {
      field: 'pointer',
      received: formatPointer(name),
      expected: `a pointer that a release of ${id} moves, for example dev or latest`,
      hint: 'Move any other with the tool of its registry.',
    },
    'pointer-not-managed',
  );
}
