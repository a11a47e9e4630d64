import { inParallel } from '@ameide/publisher-kit';
import {
  type Deprecation,
  type PointerMove,
  type Problem,
  parseCoordinate,
  parsePointer,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import { runStep, type StepResult } from '../run/run-step.ts';
import type { ArtifactWithdrawal, WithdrawalAction } from './withdrawal-report.ts';

/** An artifact after this command did its part. */
export interface CarriedOut {
  readonly run: PublisherRun;
  readonly artifact: ArtifactWithdrawal;
  readonly problems: readonly Problem[];
}

/** Does what the command can do. Moves every pointer before it deprecates anything. */
export async function carryOut(
  planned: readonly Omit<CarriedOut, 'problems'>[],
  context: RunContext,
): Promise<readonly CarriedOut[]> {
  const before = planned.map((one): CarriedOut => ({ ...one, problems: [] }));
  const moved = await inParallel(before, async (one) => doAll(one, 'move-pointer', context));
  // The message of a deprecation names the version to use instead: pointers have to name it first.
  return inParallel(moved, async (one) => doAll(one, 'deprecate', context));
}

async function doAll(
  carried: CarriedOut,
  kind: 'move-pointer' | 'deprecate',
  context: RunContext,
): Promise<CarriedOut> {
  const { artifact, run } = carried;
  const wanted = artifact.actions.filter((one) => one.kind === kind && one.by === 'command');
  const outcomes = new Map<WithdrawalAction, WithdrawalAction['outcome']>();
  const problems: Problem[] = [...carried.problems];
  // One after the other: each writes the same document of the registry.
  for (const together of writesOf(kind, wanted)) {
    const { value, problems: found } = await doTogether(together, run, context);
    problems.push(...found, ...(value?.problem === undefined ? [] : [value.problem]));
    for (const one of together) outcomes.set(one, OUTCOMES[value?.outcome ?? 'blocked']);
  }
  const actions = artifact.actions.map((one) => {
    const outcome = outcomes.get(one) ?? one.outcome;
    return outcome === undefined ? one : { ...one, outcome };
  });
  return { run, artifact: { ...artifact, actions }, problems };
}

/** Versions that get the same message are deprecated in one write: a package may have hundreds. */
function writesOf(
  kind: WithdrawalAction['kind'],
  actions: readonly WithdrawalAction[],
): readonly (readonly WithdrawalAction[])[] {
  return kind === 'deprecate'
    ? [...Map.groupBy(actions, ({ message }) => message).values()]
    : actions.map((one) => [one]);
}

const OUTCOMES: Readonly<
  Record<(PointerMove | Deprecation)['outcome'], NonNullable<WithdrawalAction['outcome']>>
> = {
  moved: 'done',
  changed: 'done',
  already: 'already',
  superseded: 'blocked',
  blocked: 'blocked',
};

async function doTogether(
  [first, ...others]: readonly WithdrawalAction[],
  run: PublisherRun,
  context: RunContext,
): Promise<StepResult<PointerMove | Deprecation | undefined>> {
  if (first === undefined) return { problems: [] };
  const { from = '', kind, message = '', subject, to = '' } = first;
  const { plan, publisher } = run;
  const step = { run, effect: 'unknown' } as const;
  if (kind === 'move-pointer') {
    const pointer = { ...parsePointer(subject), version: to };
    const name = `move ${pointer.pointer}`;
    const call = async (at: Parameters<NonNullable<typeof publisher.movePointer>>[2]) =>
      publisher.movePointer?.(plan, { pointer, from }, at);
    return runStep({ ...step, phase: 'promote', name, call }, context);
  }
  const otherVersions = others.map((one) => parseCoordinate(one.subject).version);
  const request = { coordinate: parseCoordinate(subject), otherVersions, message };
  const call = async (at: Parameters<NonNullable<typeof publisher.deprecate>>[2]) =>
    publisher.deprecate?.(plan, request, at);
  return runStep({ ...step, phase: 'publish', name: 'deprecate', call }, context);
}
