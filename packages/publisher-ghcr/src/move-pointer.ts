import {
  formatCoordinate,
  type Pointer,
  type PointerMove,
  type Problem,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrPlan } from './plan.ts';
import { nameOf, type Present } from './pointer-name.ts';
import { judgeDev, judgeVersion, type Verdict } from './pointer-rule.ts';
import { problem } from './problems.ts';
import { type Sleep, waitMs, writeTag } from './push.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { readHeld } from './registry/facts.ts';

export interface Move {
  readonly client: RegistryClient;
  readonly plan: GhcrPlan;
  readonly pointer: Pointer;
  /** What the pointer shall name. */
  readonly manifest: Manifest;
  readonly step: Step;
  readonly sleep: Sleep;
}

/**
 * How often a tag is judged. There is no compare-and-swap: another run may move it between our
 * reading and our writing, and after it.
 */
const ROUNDS = 5;

/**
 * Moves one tag forwards: reads and judges it, writes it if it still is as judged, and reads and
 * judges it once more.
 */
export async function movePointer(move: Move): Promise<PointerMove> {
  const { client, pointer, manifest, step } = move;
  const tag = pointer.pointer;
  let from: { readonly from?: string } = {};
  let written: { readonly over: string | undefined } | undefined;
  const held = (found: Problem): PointerMove => ({
    pointer,
    outcome: 'held',
    ...from,
    problem: found,
  });
  for (let round = 1; ; round++) {
    const current = await readHeld(client, tag, step.signal);
    if (current.state === 'unknown')
      return held(written === undefined ? current.problem : unconfirmed(pointer, current.problem));
    const present = current.state === 'present' ? current : undefined;
    if (written !== undefined && present?.digest === manifest.digest) return moved(move, from);
    if (written !== undefined && present?.digest === written.over) {
      // A cache, perhaps, or another run that set it back: writing again would not tell.
      if (round === ROUNDS) return held(unconfirmed(pointer));
      await move.sleep(waitMs(round), step.signal);
      continue;
    }
    const judged =
      present === undefined ? { verdict: 'move' as const } : await judge(move, present);
    from = 'name' in judged ? { from: judged.name } : {};
    const { verdict } = judged;
    if (verdict === 'already' || verdict === 'superseded')
      return { pointer, outcome: verdict, ...from };
    if (verdict !== 'move')
      return held('held' in verdict ? heldProblem(move, verdict.held) : verdict);
    if (round === ROUNDS) return held(contended(pointer));
    const again = await client.manifest(tag, step.signal);
    if (again.state === 'unknown') return held(again.problem);
    if ((again.state === 'present' ? again.value.digest : undefined) !== present?.digest) continue;
    const outcome = await writeTag(
      client,
      { tag, manifest, before: present?.digest },
      step.signal,
      move.sleep,
    );
    if (outcome.state === 'failed') return held(outcome.problem);
    if (outcome.state === 'stored') written = { over: present?.digest };
  }
}

function moved(
  { plan, pointer, manifest, step }: Move,
  from: { readonly from?: string },
): PointerMove {
  step.emit({
    publisher: plan.publisher,
    message: `${plan.image}:${pointer.pointer} names ${manifest.digest}`,
  });
  return { pointer, outcome: 'moved', ...from };
}

async function judge(
  move: Move,
  current: Present,
): Promise<{ readonly name: string; readonly verdict: Verdict | Problem }> {
  const { client, plan, pointer, manifest, step } = move;
  const wanted = { digest: manifest.digest, sha: plan.sha, version: plan.version };
  const named = await nameOf(client, pointer, current, step.signal);
  if (current.digest === manifest.digest) return { name: named.name, verdict: 'already' };
  if (named.problem !== undefined) return { name: named.name, verdict: named.problem };
  if (pointer.pointer !== 'dev') {
    const { version: _label, ...image } = current;
    const version = named.version === undefined ? {} : { version: named.version };
    return {
      name: named.name,
      verdict: judgeVersion(pointer.pointer, { ...image, ...version }, wanted),
    };
  }
  const relation =
    current.revision === undefined
      ? 'unknown'
      : await step.history.relation(current.revision, plan.sha);
  return { name: named.name, verdict: judgeDev(current, wanted, relation) };
}

function heldProblem({ plan, pointer }: Move, why: string): Problem {
  const where = whereOf(pointer);
  const byHand = `move it once by hand: crane tag ${plan.image}:${plan.sha} ${pointer.pointer}`;
  return problem('ghcr-pointer-held', 'incomplete', `${where} was not moved: ${why}.`, {
    coordinate: where,
    hint:
      pointer.pointer === 'dev'
        ? `Fetch the whole history (fetch-depth: 0) and run again, or ${byHand}`
        : `If our image shall take its place, ${byHand}`,
  });
}

function contended(pointer: Pointer): Problem {
  const where = whereOf(pointer);
  return problem(
    'ghcr-pointer-held',
    'incomplete',
    `${where} was not moved: other runs set it again each time.`,
    {
      coordinate: where,
      rerun: 'safe',
      hint: 'Wait until the other runs have ended, then run the same command again.',
    },
  );
}

function unconfirmed(pointer: Pointer, cause?: Problem): Problem {
  const where = whereOf(pointer);
  const why =
    cause === undefined
      ? 'the registry still shows what it named before'
      : 'cannot be read to see what it names now';
  return problem('ghcr-pointer-unknown', 'unknown', `${where} was set, but ${why}.`, {
    coordinate: where,
    effect: 'unknown',
    rerun: 'safe',
    hint: 'Run the same command again in a while.',
    cause,
  });
}

function whereOf(pointer: Pointer): string {
  return formatCoordinate({ ecosystem: 'oci', name: pointer.name, version: pointer.pointer });
}
