import { inParallel } from '@ameide/publisher-kit';
import {
  type ChannelKind,
  decidePointer,
  type History,
  type PointerFinding,
  type PointerMove,
} from '@ameide/versioning-core';
import { isSamePointer, type PublisherRun } from '../run/publisher-run.ts';

interface Question {
  readonly channel: ChannelKind;
  readonly history: History;
}

/**
 * Predicts what `promote` will do to each pointer, from what it names now. Predicts nothing where only
 * the publisher can decide: the pointer names something without a version, or a commit that this clone
 * does not have.
 */
export async function expectMoves(
  runs: readonly PublisherRun[],
  question: Question,
): Promise<readonly PublisherRun[]> {
  return inParallel(runs, async (run) => ({
    ...run,
    expectedMoves: (
      await inParallel(run.plan.pointers, async (pointer): Promise<readonly PointerMove[]> => {
        const now = run.pointersBefore.find((one) => isSamePointer(one.pointer, pointer));
        if (now === undefined || now.problem !== undefined) return [];
        const outcome = await outcomeOf(now, run, question);
        return outcome === undefined ? [] : [{ pointer, outcome }];
      })
    ).flat(),
  }));
}

async function outcomeOf(
  { pointer, sha, version }: PointerFinding,
  { plan }: PublisherRun,
  { channel, history }: Question,
): Promise<PointerMove['outcome'] | undefined> {
  if (version === undefined) return 'moved';
  if (version === pointer.version) return 'already';
  const ours = { version: plain(pointer.version), sha: plan.sha };
  if (channel === 'dev') {
    if (sha === undefined) return undefined;
    const relation = await history.relation(sha, plan.sha);
    // Only the publisher knows which of two versions of one commit is newer.
    return relation === 'same'
      ? undefined
      : OUTCOMES[decidePointer('ancestry', { sha }, ours, relation)];
  }
  const rule = channel === 'release' ? 'stable' : 'forwards';
  return OUTCOMES[decidePointer(rule, { version: plain(version) }, ours, 'unknown')];
}

const OUTCOMES = {
  move: 'moved',
  already: 'already',
  superseded: 'superseded',
  blocked: undefined,
} as const;

/** Go writes `v1.2.3`. */
function plain(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}
