import {
  type Answer,
  decideByHand,
  type MoveDecision,
  type MovingPointer,
  movePointer,
  type Pace,
} from '@ameide/publisher-kit';
import {
  formatCoordinate,
  movePointerCommand,
  type Pointer,
  type PointerMove,
  type Problem,
  problem,
  type RequestedMove,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import { describeManifest, type PresentImage } from '../registry/existing-image.ts';
import { FRESH_MS } from '../registry/recent-manifests.ts';
import type { ReadTag } from './early-read.ts';
import { findNewer } from './newer.ts';
import { movingTagOf, readName } from './pointer-name.ts';
import { decideDev, decideVersion, type TagDecision } from './pointer-rule.ts';

export interface Move {
  readonly client: RegistryClient;
  readonly plan: GhcrPlan;
  readonly pointer: Pointer;
  readonly read: ReadTag;
  /** The image that the pointer should name. */
  readonly manifest: Manifest;
  readonly step: Step;
  readonly pace: Pace;
}

/** Moves one tag as a person asked. */
export async function moveTagByHand(move: Move, requested: RequestedMove): Promise<PointerMove> {
  const moving = movingTag(move);
  return sendMove(move, {
    ...moving,
    // A person may want the older image.
    overtaken: undefined,
    async decide(manifest) {
      if (manifest === undefined) return decideByHand(requested, []);
      const current = await describeManifest(move.client, manifest, move.step.signal);
      if (current.state === 'unknown') return { outcome: 'blocked', problem: current.problem };
      const tag = movingTagOf(move.plan, move.pointer);
      const { name } = await readName(move.client, tag, current, move.step.signal);
      if (moving.isSet(manifest)) return { outcome: 'already', from: name };
      return decideByHand(requested, [name, current.digest]);
    },
  });
}

/** Moves a tag as `moving` says, and emits an event when it has moved. */
export async function sendMove(move: Move, moving: MovingPointer<Manifest>): Promise<PointerMove> {
  const { manifest, pace, plan, pointer, step } = move;
  const moved = await movePointer(moving, pace);
  if (moved.outcome === 'moved') {
    const message = `${plan.image}:${pointer.pointer} names ${manifest.digest}`;
    step.emit({ publisher: plan.publisher, message });
  }
  return { pointer, ...moved };
}

/** Returns how to read what a tag names. */
export function tagReader(client: RegistryClient, tag: string, signal: AbortSignal): ReadTag {
  return async () => {
    const read = await client.manifest(tag, signal);
    if (read.state === 'unknown') return { problem: read.problem };
    return { current: read.state === 'present' ? read.value : undefined };
  };
}

/** Returns how to read, decide about and write one tag. */
export function movingTag(move: Move): MovingPointer<Manifest> {
  const { client, manifest, plan, pointer, read, step } = move;
  const tag = pointer.pointer;
  return {
    isShared: true,
    freshMs: FRESH_MS,
    read,
    key: ({ digest }) => digest,
    isSet: (current) => current?.digest === manifest.digest,
    decide: async (current) => decide(move, current),
    send: async () => whySettled(await client.putManifest(tag, manifest, step.signal)),
    unconfirmed: (why, cause) => unconfirmed(pointer, why, cause),
    contended: () => contended(pointer),
    async overtaken() {
      const newer = await findNewer(client, plan, movingTagOf(plan, pointer), step);
      return newer === undefined ? undefined : overtaken(pointer, newer);
    },
  };
}

/**
 * Amazon ECR, Harbor and others have repositories whose tags cannot be set again. Docker Hub and
 * Artifactory forbid it with 403.
 */
function whySettled(answer: Answer<Problem>): Answer<Problem> {
  if (answer.state === 'accepted' || !REFUSED.has(answer.reason.code)) return answer;
  const hint = `If tags cannot change in this repository, move none: movingTags: { release: null, dev: null }. ${answer.reason.hint ?? ''}`;
  return { ...answer, reason: { ...answer.reason, hint: hint.trim() } };
}

const REFUSED: ReadonlySet<string> = new Set(['ghcr-rejected', 'ghcr-forbidden']);

async function decide(move: Move, manifest: Manifest | undefined): Promise<MoveDecision> {
  if (manifest === undefined) return { outcome: 'move' };
  const current = await describeManifest(move.client, manifest, move.step.signal);
  if (current.state === 'unknown') return { outcome: 'blocked', problem: current.problem };
  const { name, decision } = await decideImage(move, current);
  if (typeof decision === 'string') return { outcome: decision, from: name };
  // A commit that our whole history does not have is not one of our ancestors.
  const isNotOlder =
    current.revision !== undefined &&
    movingTagOf(move.plan, move.pointer).rule === 'ancestry' &&
    'blocked' in decision;
  return { outcome: 'blocked', from: name, problem: problemOf(move, name, decision), isNotOlder };
}

function problemOf(
  move: Move,
  now: string,
  decision: Exclude<TagDecision, string> | Problem,
): Problem {
  if ('blocked' in decision) return blockedProblem(move, now, decision.blocked);
  return 'conflict' in decision ? takenProblem(move, now, decision.conflict) : decision;
}

/** Tags have no compare-and-swap: another commit can publish a version while we do. */
export function takenProblem({ plan, pointer }: Move, now: string, other: string): Problem {
  const where = whereOf(pointer);
  return problem({
    code: 'ghcr-tag-conflict',
    kind: 'conflict',
    message: `${where} was not moved: it names an image of version ${plan.version} that was built from ${other}, not from ${plan.sha}.`,
    coordinate: where,
    rerun: 'after-fix',
    hint: `Two commits were published as one version. Raise the base version; or, to put our image in its place: ${movePointerCommand(pointer, now)}, then run the same command again.`,
  });
}

/** Decides about a pointer that names this image. */
export async function decideImage(
  move: Move,
  current: PresentImage,
): Promise<{ readonly name: string; readonly decision: TagDecision | Problem }> {
  const { client, plan, pointer, manifest, step } = move;
  const wanted = { digest: manifest.digest, sha: plan.sha, version: plan.version };
  const tag = movingTagOf(plan, pointer);
  const named = await readName(client, tag, current, step.signal);
  if (current.digest === manifest.digest) return { name: named.name, decision: 'already' };
  if (named.problem !== undefined) return { name: named.name, decision: named.problem };
  if (tag.rule !== 'ancestry') {
    const { version: _label, ...image } = current;
    const version = named.version === undefined ? {} : { version: named.version };
    return {
      name: named.name,
      decision: decideVersion(tag, { ...image, ...version }, wanted),
    };
  }
  const relation =
    current.revision === undefined
      ? 'unknown'
      : await step.history.relation(current.revision, plan.sha);
  return { name: named.name, decision: decideDev(current, wanted, relation) };
}

function blockedProblem({ plan, pointer }: Move, now: string, why: string): Problem {
  const where = whereOf(pointer);
  const byHand = movePointerCommand(pointer, now);
  return problem({
    code: 'ghcr-pointer-blocked',
    kind: 'incomplete',
    message: `${where} was not moved: ${why}.`,
    coordinate: where,
    rerun: 'after-fix',
    hint:
      movingTagOf(plan, pointer).rule === 'ancestry'
        ? `If that commit is on a branch, fetch the branch and run again. If it was squashed or force-pushed away: ${byHand}`
        : `To put our image in its place: ${byHand}`,
  });
}

function overtaken(pointer: Pointer, newer: string): Problem {
  const where = whereOf(pointer);
  const byHand = movePointerCommand({ ...pointer, version: newer }, pointer.version);
  return problem({
    code: 'ghcr-pointer-overtaken',
    kind: 'incomplete',
    message: `${where} was set to ${pointer.version} more than two seconds after it was read, and ${newer} is published: another run may have set it to ${newer} before.`,
    coordinate: where,
    effect: 'committed',
    rerun: 'after-fix',
    hint: `If ${newer} is newer and complete, run again the command that published it, or: ${byHand}`,
  });
}

function contended(pointer: Pointer): Problem {
  const where = whereOf(pointer);
  return problem({
    code: 'ghcr-pointer-blocked',
    kind: 'incomplete',
    message: `${where} was not moved: other runs set it again each time.`,
    coordinate: where,
    hint: 'Wait until the other runs have ended, then run the same command again.',
  });
}

function unconfirmed(
  pointer: Pointer,
  why: 'not-shown' | 'not-read',
  cause: Problem | undefined,
): Problem {
  const where = whereOf(pointer);
  const ending =
    why === 'not-shown'
      ? 'the registry still shows what it named before'
      : 'it cannot be read to see what it names now';
  return problem({
    code: 'ghcr-pointer-unknown',
    kind: 'unknown',
    message: `${where} was sent, but ${ending}.`,
    coordinate: where,
    hint: 'Run the same command again in a while.',
    cause,
  });
}

function whereOf(pointer: Pointer): string {
  return formatCoordinate({ ecosystem: 'oci', name: pointer.name, version: pointer.pointer });
}
