import { readText, type TreeStore } from '@ameide/publisher-kit/go';
import { failed, ok, type RequiredArtifact, type Result, type Step } from '@ameide/versioning-core';
import {
  compareGoVersions,
  type GoSums,
  parseGoMod,
  parseGoModulePath,
  readGoSums,
} from '@ameide/versioning-core/go';
import { unreadable } from '../problems.ts';
import { goVersionOf } from '../pseudo-version.ts';
import type { MirrorCommit } from './commit.ts';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorBuilt, MirrorPlan } from './plan.ts';
import { commitAt, type MirrorRefs } from './refs.ts';
import { moduleSums } from './sums.ts';
import { tagsTakenOver } from './take-over.ts';

/** Tells other modules of the release the version and the checksums of this one's commit. */
export async function describeMirrored(
  { plan, built }: { readonly plan: MirrorPlan; readonly built?: MirrorBuilt },
  mirror: Mirror,
  step: Step,
): Promise<Result<RequiredArtifact>> {
  const answer = await mirror.refs(step);
  if ('failure' in answer) return failed(unreadable(plan.registry, answer.failure));
  const tag = plan.versionTag ?? plan.sourceTag;
  const commit = built?.commit ?? commitAt(tag, answer.refs);
  if (commit === undefined) throw new Error(`${plan.registry} has no ${tag}`);
  const found = await mirror.read({ ref: `refs/tags/${tag}`, commit }, step);
  if ('failure' in found) return failed(unreadable(plan.registry, found.failure));
  const path = plan.content.module;
  const version = plan.versionTag ?? (await devVersion(found, plan, answer.refs, { mirror, step }));
  if (typeof version !== 'string') return failed(unreadable(plan.registry, version.failure));
  const store = await mirror.trees(step);
  return ok({
    ...artifact(path, await moduleSums(found.tree, { path, version }, store)),
    requires: await requirements(found.tree, plan, store),
    files: { gitDirectory: store.gitDirectory, tree: found.tree },
  });
}

/**
 * Returns the pseudo-version after the release before the commit. `go` gives a commit another name
 * once it is released itself, or that release is retracted, but still takes this one: so it is the
 * same in every run.
 */
async function devVersion(
  { commit, parent, time }: MirrorCommit,
  { content, earlier }: MirrorPlan,
  refs: MirrorRefs,
  { mirror, step }: { readonly mirror: Mirror; readonly step: Step },
): Promise<string | Failed> {
  const isTakenOver = parent !== undefined && parent === mirror.takeOver;
  // The mirror may lack tags that the source had before there was a mirror.
  const isParent = (tag: string): boolean =>
    parent !== undefined && refs.versions.get(tag) === parent;
  const before = isTakenOver
    ? await tagsTakenOver(refs, mirror, step)
    : { tags: earlier.filter(isParent).slice(0, 1) };
  if ('failure' in before) return before;
  const { path: modulePath } = parseGoModulePath(content.module);
  return goVersionOf({ sha: commit, time }, before, { modulePath });
}

/** Returns what the commit requires of the release, from its own go.mod and go.sum. */
async function requirements(
  tree: string,
  { content }: MirrorPlan,
  store: TreeStore,
): Promise<readonly RequiredArtifact[]> {
  const { all = [] } = content.edits ?? {};
  if (all.length === 0) return [];
  const goMod = parseGoMod((await readText(tree, 'go.mod', store)) ?? '');
  const goSum = (await readText(tree, 'go.sum', store)) ?? '';
  return all.flatMap((path) => {
    const known = readGoSums(goSum, path).toSorted((a, b) =>
      compareGoVersions(b.version, a.version),
    );
    const required = goMod.requirements.find((one) => one.path === path)?.version;
    const sums = known.find(({ version }) => version === required) ?? known[0];
    return sums === undefined ? [] : [artifact(path, sums)];
  });
}

function artifact(path: string, { version, zip, goMod }: GoSums): RequiredArtifact {
  return {
    coordinate: { ecosystem: 'go', name: path, version },
    checksums: { zip, 'go.mod': goMod },
    requires: [],
  };
}
