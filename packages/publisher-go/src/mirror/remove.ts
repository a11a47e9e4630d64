import { type RefResult, type RemoteRef, remoteProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  type Problem,
  problem,
  type Removed,
  type Step,
} from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { attestationRef } from '../provenance/attestation-ref.ts';
import type { Mirror } from './mirror.ts';
import type { Branches, MirrorPlan } from './plan.ts';
import {
  type MirrorRefs,
  patternsFor,
  readRefs,
  shaOfSourceTag,
  tagsAt,
  versionAt,
} from './refs.ts';

interface Removal {
  readonly access: PushAccess;
  readonly branches: Branches;
  readonly mirror: Mirror;
  readonly plan: MirrorPlan;
  readonly step: Step;
}

/** Tags in one push, each with its attestation ref: their names and leases must fit into one command line, on Windows too. */
const BATCH = 60;
/** Attempts, because another run may change a tag and the host may refuse one. */
const ATTEMPTS = 3;

/**
 * Deletes the tags `source-<sha>` of dev builds, many in one push, each only while it names what was
 * read. Keeps the tag if a version or a moving branch names the same commit. With the last tag of a commit goes the ref of
 * its provenance. The git host's garbage collection removes the commits later.
 */
export async function removeSourceTags(
  coordinates: readonly Coordinate[],
  removal: Removal,
): Promise<readonly Removed[]> {
  const tags = coordinates.map((coordinate) => sourceTag(coordinate, removal.plan));
  const before = await readAll(removal);
  if ('problem' in before)
    return coordinates.map((coordinate) => incomplete(coordinate, before.problem));
  const decided = new Map(tags.map((tag) => [tag, decide(tag, before, removal.branches)]));
  const toRemove = [...decided.keys()].filter((tag) => decided.get(tag) === 'to-remove');
  const ended = new Map<string, TagEnd>();
  for (let start = 0; start < toRemove.length; start += BATCH) {
    const batch = toRemove.slice(start, start + BATCH);
    const message = `deleting ${batch.length} tags of ${removal.plan.registry}`;
    removal.step.emit({ publisher: removal.plan.publisher, message });
    const now = start === 0 ? before : await readAll(removal);
    for (const [tag, end] of await removeBatch(batch, now, removal)) ended.set(tag, end);
  }
  return coordinates.map((coordinate, index): Removed => {
    const tag = tags[index] ?? '';
    const end = ended.get(tag) ?? decided.get(tag);
    if (end === undefined || end === 'to-remove') return { coordinate, outcome: 'unknown' };
    if (typeof end === 'string') return { coordinate, outcome: end };
    return 'reason' in end
      ? { coordinate, outcome: 'kept', reason: end.reason }
      : { ...incomplete(coordinate, end.problem), outcome: end.outcome };
  });
}

type TagEnd =
  | 'removed'
  | 'gone'
  | { readonly reason: string }
  | { readonly outcome: 'incomplete' | 'unknown'; readonly problem: Problem };

/** The refs of the mirror, with the object that each names: for an annotated tag, the tag object. */
interface AllRefs {
  readonly refs: MirrorRefs;
  readonly objects: ReadonlyMap<string, string>;
}

interface Unread {
  readonly problem: Problem;
}

async function readAll({ access, branches, plan, step }: Removal): Promise<AllRefs | Unread> {
  const branchNames = [...new Set([branches.release, branches.dev])];
  const patterns = patternsFor(branchNames);
  const answer = await access.remote.lsRemote(patterns, { signal: step.signal });
  if ('failure' in answer) {
    const what = `read ${plan.registry}`;
    return { problem: remoteProblem({ code: 'go', what, failure: answer.failure }) };
  }
  const objects = new Map(answer.refs.map(({ ref, sha }: RemoteRef) => [ref, sha]));
  return { refs: readRefs(answer.refs), objects };
}

function decide(
  tag: string,
  { refs }: AllRefs,
  branches: Branches,
): 'to-remove' | 'gone' | { readonly reason: string } {
  const commit = refs.sources.get(tag);
  if (commit === undefined) return 'gone';
  const version = versionAt(commit, refs);
  if (version !== undefined) return { reason: `the version ${version} is on the same commit` };
  const branch = [branches.release, branches.dev].find((one) => refs.branches.get(one) === commit);
  return branch === undefined ? 'to-remove' : { reason: `the branch ${branch} names its commit` };
}

/**
 * Pushes until each tag is decided. A push is all or nothing, so one refused tag stops the others. Decides
 * before each push by what was read last: another run may have released a commit meanwhile.
 */
async function removeBatch(
  batch: readonly string[],
  first: AllRefs | Unread,
  removal: Removal,
): Promise<ReadonlyMap<string, TagEnd>> {
  const ended = new Map<string, TagEnd>();
  const end = (tags: readonly string[], problemFound: Problem): typeof ended => {
    for (const tag of tags) ended.set(tag, { outcome: 'incomplete', problem: problemFound });
    return ended;
  };
  let left = batch;
  let now = first;
  for (let attempt = 1; ; attempt += 1) {
    if ('problem' in now) return end(left, now.problem);
    for (const tag of left) {
      const decided = decide(tag, now, removal.branches);
      if (decided !== 'to-remove') ended.set(tag, decided);
    }
    left = left.filter((tag) => !ended.has(tag));
    if (left.length === 0) return ended;
    if (attempt > ATTEMPTS) return end(left, contended(removal.plan));
    for (const pushed of await pushDeletions(left, now, removal))
      if (pushed.end !== 'again') ended.set(pushed.tag, pushed.end);
    left = left.filter((tag) => !ended.has(tag));
    if (left.length === 0) return ended;
    now = await readAll(removal);
  }
}

interface PushedTag {
  readonly tag: string;
  /** `again`: the tag has changed, or another tag stopped the push. */
  readonly end: TagEnd | 'again';
}

async function pushDeletions(
  tags: readonly string[],
  now: AllRefs,
  { access, mirror, plan, step }: Removal,
): Promise<readonly PushedTag[]> {
  const { gitDirectory } = await mirror.trees(step);
  const refs = tags.map((tag) => refsOf(tag, tags, now));
  const updates = refs.flat().map((ref) => {
    return { ref, sha: null, expect: now.objects.get(ref) ?? '' };
  });
  const answer = await access.remote.push(gitDirectory, updates, { signal: step.signal });
  const what = `delete tags of ${plan.registry}`;
  return tags.map((tag, index): PushedTag => {
    const own = answer.results.filter(({ ref }) => refs[index]?.includes(ref));
    const result = own.find(isDeclined) ?? own.find(({ outcome }) => !isGone(outcome)) ?? own[0];
    if (result?.outcome === 'ok') return { tag, end: 'removed' };
    if (result?.outcome === 'already') return { tag, end: 'gone' };
    if (answer.failure !== undefined) {
      const found = remoteProblem({ code: 'go', what, failure: answer.failure });
      const outcome = result?.outcome === 'unknown' ? 'unknown' : 'incomplete';
      return { tag, end: { outcome, problem: found } };
    }
    return { tag, end: isOwnRefusal(result) ? refused(tag, plan, result) : 'again' };
  });
}

/** The refusal that stopped the others, if it is one of these. */
function isDeclined({ outcome, reason }: RefResult): boolean {
  return outcome === 'rejected' && reason === 'declined';
}

function isGone(outcome: RefResult['outcome']): boolean {
  return outcome === 'ok' || outcome === 'already';
}

/** A tag, and with the last one of its commit the ref of the provenance. */
function refsOf(
  tag: string,
  removed: readonly string[],
  { objects, refs }: AllRefs,
): readonly string[] {
  const commit = refs.sources.get(tag) ?? '';
  const all = tagsAt(commit, refs);
  const isLast = all.every((one) => removed.includes(one));
  const attestation = attestationRef(commit);
  const own = isLast && all[0] === tag && objects.has(attestation) ? [attestation] : [];
  return [`refs/tags/${tag}`, ...own];
}

/** Returns no problem for a tag that has changed, or whose push another tag stopped. */
function isOwnRefusal(result: RefResult | undefined): boolean {
  return result?.reason === 'declined' || result?.reason === undefined;
}

function refused(tag: string, plan: MirrorPlan, result: RefResult | undefined): TagEnd {
  const detail = result?.detail ?? 'no reason given';
  return {
    outcome: 'incomplete',
    problem: problem({
      code: 'go-push-refused',
      kind: 'incomplete',
      message: `Could not delete the tag ${tag} of ${plan.registry}: the host refused it (${detail}).`,
      hint: 'Check the host’s rules for tags: which names are protected and who may delete tags.',
      reason: detail,
      rerun: 'after-fix',
    }),
  };
}

function contended(plan: MirrorPlan): Problem {
  return problem({
    code: 'go-tags-contended',
    kind: 'incomplete',
    message: `Other runs changed tags of ${plan.registry} during each of our pushes.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
  });
}

function incomplete(coordinate: Coordinate, found: Problem): Removed {
  const named = { ...found, coordinate: formatCoordinate(coordinate) };
  return { coordinate, outcome: 'incomplete', problem: named };
}

/** Throws `InvalidInputError` for anything but a tag `source-<sha>` of this module. */
function sourceTag({ ecosystem, name, version }: Coordinate, { content }: MirrorPlan): string {
  const isOwn = ecosystem === 'go' && name === content.module;
  if (isOwn && shaOfSourceTag(version) !== undefined) return version;
  throw new InvalidInputError({
    field: 'coordinates',
    received: `${ecosystem}:${name}@${version}`,
    expected: `a tag source-<sha> of go:${content.module}, with a full SHA`,
    hint: 'Releases are never removed.',
  });
}
