import { inParallel } from '@ameide/publisher-kit';
import { readText, type TreeStore } from '@ameide/publisher-kit/go';
import {
  type ArtifactContents,
  type Coordinate,
  failed,
  ok,
  parseVersionTag,
  type Rehearsal,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { listGoVersions } from '@ameide/versioning-core/go';
import { listArchived } from '../module/archive.ts';
import { lowerVersions } from '../module/lower-versions.ts';
import { readVersion, unreadable } from '../problems.ts';
import { nameOf } from './decide-branch.ts';
import type { Failed, Located, Mirror } from './mirror.ts';
import type { MirrorBuilt, MirrorPlan } from './plan.ts';
import { commitAt, type MirrorRefs } from './refs.ts';
import { readRetracted } from './resolved.ts';
import { tagsTakenOver } from './take-over.ts';

/** Lists the files of the mirror's new commit, and those of the commit that consumers have now. */
export async function rehearseMirror(
  plan: MirrorPlan,
  { commit }: MirrorBuilt,
  mirror: Mirror,
  step: Step,
): Promise<Rehearsal> {
  const built = await contentsOf(plan.coordinates, commit, await mirror.trees(step));
  return { built, published: await readPublished({ plan, mirror, step }) };
}

/**
 * Everything in the commit becomes public, also what `go` leaves out of a module. Whoever clones the
 * mirror also gets its links and modes.
 */
function contentsOf(
  coordinates: readonly Coordinate[],
  commit: string,
  store: TreeStore,
): Promise<readonly ArtifactContents[]> {
  return inParallel(coordinates, async (coordinate) => ({
    coordinate,
    part: 'module',
    digest: commit,
    manifest: (await readText(commit, 'go.mod', store)) ?? '',
    files: await listArchived(commit, [], store),
  }));
}

interface Question {
  readonly plan: MirrorPlan;
  readonly mirror: Mirror;
  readonly step: Step;
}

async function readPublished(question: Question): Promise<Result<readonly ArtifactContents[]>> {
  const { plan, mirror, step } = question;
  const answer = await mirror.refs(step);
  const at = 'failure' in answer ? answer : await findPublished(question, answer.refs);
  if (at === undefined) return ok([]);
  const fetched = 'failure' in at ? at : await mirror.fetchCommit(at, step);
  if ('failure' in at) return failed(unreadable(plan.registry, at.failure));
  if ('failure' in fetched) return failed(unreadable(plan.registry, fetched.failure));
  const { commit, version } = at;
  const named = plan.coordinates.map((coordinate) => ({ ...coordinate, version }));
  const store = await mirror.trees(step);
  return readVersion(version, plan.registry, () => contentsOf(named, commit, store));
}

/** A commit to compare with, and what consumers call it. */
type Published = Located & { readonly version: string };

/** Finds the plan's tag; else what its branch names; else the version before it. */
async function findPublished(
  question: Question,
  refs: MirrorRefs,
): Promise<Published | Failed | undefined> {
  const { versionTag, sourceTag } = question.plan;
  const own = tagged(versionTag ?? sourceTag, refs) ?? (await findByBranch(question, refs));
  if (own !== undefined) return own;
  const before = await versionsBeforePlan(question, refs);
  if ('failure' in before) return before;
  const [highest] = before.versions;
  return highest === undefined ? undefined : tagged(highest, refs);
}

function tagged(version: string, refs: MirrorRefs): Published | undefined {
  const commit = commitAt(version, refs);
  return commit === undefined ? undefined : { ref: `refs/tags/${version}`, commit, version };
}

async function findByBranch(
  question: Question,
  refs: MirrorRefs,
): Promise<Published | Failed | undefined> {
  const [pointer] = question.plan.pointers;
  const commit = pointer === undefined ? undefined : refs.branches.get(pointer.pointer);
  if (pointer === undefined || commit === undefined) return undefined;
  const named = await nameOf(pointer, commit, { ...question, refs });
  if ('failure' in named) return named;
  const { versionTag } = question.plan;
  // A higher one stays: a fix of an older line is compared with that line.
  const stays =
    versionTag !== null &&
    parseVersionTag(named.version) !== undefined &&
    lowerVersions(versionTag, [named.version]).length === 0;
  if (stays) return undefined;
  return { ref: `refs/heads/${pointer.pointer}`, commit, version: named.version };
}

/** Returns the versions before a release, or on the commits before a dev build, highest first. */
async function versionsBeforePlan(
  { plan, mirror, step }: Question,
  refs: MirrorRefs,
): Promise<{ readonly versions: readonly string[] } | Failed> {
  const { content, earlier, versionTag } = plan;
  const { module: modulePath } = content;
  const retracted = await readRetracted({ modulePath, refs, mirror, step });
  if ('failure' in retracted) return retracted;
  const list = (tags: readonly string[]): readonly string[] =>
    listGoVersions(tags, { modulePath, retracted });
  if (versionTag !== null)
    return { versions: lowerVersions(versionTag, list([...refs.versions.keys()])) };
  const takenOver =
    mirror.takeOver === undefined ? { tags: [] } : await tagsTakenOver(refs, mirror, step);
  if ('failure' in takenOver) return takenOver;
  return {
    versions: list([...earlier.filter((tag) => refs.versions.has(tag)), ...takenOver.tags]),
  };
}
