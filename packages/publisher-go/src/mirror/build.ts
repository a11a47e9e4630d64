import { readFile } from 'node:fs/promises';
import { checkBuiltFiles } from '@ameide/publisher-kit';
import {
  failed,
  isOurs,
  ok,
  type Problem,
  pathIn,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type { ModuleContent } from '../module/content.ts';
import { findUncommittedSources } from '../module/uncommitted.ts';
import { isWithin, validateContent } from '../module/validate-content.ts';
import type { ParsedOptions } from '../options.ts';
import { unreadable } from '../problems.ts';
import type { ModuleAtCommit } from '../validate.ts';
import { type CheckoutFile, readCheckoutFiles } from './checkout-files.ts';
import type { MirrorContent } from './commit.ts';
import { type EditedTree, makeEdits } from './edits.ts';
import type { Failed, Mirror } from './mirror.ts';
import type { MirrorBuilt, MirrorPlan } from './plan.ts';
import { readTagStates } from './tag-state.ts';
import { findParent } from './take-over.ts';
import { writeTree } from './tree.ts';
import { verifyFiles } from './verify.ts';

export interface Building {
  readonly module: ModuleAtCommit;
  readonly mirror: Mirror;
  readonly options: ParsedOptions;
  readonly step: Step;
}

/** Makes the mirror commit in the private store, ready to push. */
export async function buildCommit(
  plan: MirrorPlan,
  building: Building,
): Promise<Result<MirrorBuilt>> {
  const { value: own, problems } = await buildContent(plan, building);
  if (own === undefined) return failed(...problems);
  const edited = await editIn(own, plan, building);
  if (edited.value === undefined) return edited;
  const { tree, members } = edited.value;
  const [wrong, ...more] = await verifyFiles(tree, members, {
    ...building,
    project: building.module.project,
    store: await building.mirror.trees(building.step),
  });
  if (wrong !== undefined) return failed(wrong, ...more);
  const content = { ...own, tree, unedited: own.tree };
  const made = await makeCommit({ ...plan, content }, building);
  if ('failure' in made) return failed(unreadable(plan.registry, made.failure));
  const artifact = { name: 'commit', digest: made.commit, size: 0 };
  const artifacts = plan.coordinates.map((coordinate) => ({ coordinate, ...artifact }));
  return ok({ artifacts, ...made, tree, unedited: own.tree });
}

async function editIn(
  { edits, tree }: MirrorContent,
  plan: MirrorPlan,
  { mirror, step }: Building,
): Promise<Result<EditedTree>> {
  if (edits === undefined) return ok({ tree, members: [] });
  return makeEdits(tree, edits, { plan, step, store: await mirror.trees(step) });
}

/**
 * Makes the tree of the mirror commit: the source commit's tree, with the files that come from the
 * checkout.
 */
async function buildContent(
  { content }: MirrorPlan,
  { mirror, module, step }: Building,
): Promise<Result<MirrorContent>> {
  const { fromCheckout } = content;
  const { checkout } = step;
  const question = { module, checkout, elsewhere: fromCheckout };
  const [first, ...more] = await findUncommittedSources(question);
  if (first !== undefined) return failed(first, ...more);
  if (fromCheckout.length === 0) return ok(content);
  const taken = await readCheckoutFiles({
    ...module,
    converted: module.converted.text,
    checkout,
    paths: fromCheckout,
  });
  if (taken.value === undefined) return taken;
  const kept = module.content.files.filter(
    ({ path }) => !fromCheckout.some((one) => isWithin(path, one)),
  );
  const [problem, ...others] = await checkTaken(taken.value, module, {
    files: [...kept, ...taken.value],
    read: async (path) => {
      const file = taken.value.find((one) => one.path === path);
      return file === undefined ? module.content.read(path) : readFile(file.absolute);
    },
  });
  if (problem !== undefined) return failed(problem, ...others);
  const tree = await writeTree(content.tree, fromCheckout, taken.value, await mirror.trees(step));
  return ok({ ...content, tree, fromCheckout: [] });
}

/** Checks the files that only the build knows. */
async function checkTaken(
  files: readonly CheckoutFile[],
  module: ModuleAtCommit,
  content: ModuleContent,
): Promise<readonly Problem[]> {
  const entries = files.map(({ absolute, path }) => ({
    path: pathIn(module.directory, path),
    content: { file: absolute },
  }));
  const problems = await validateContent({
    ...module,
    content,
    mirrored: true,
    unknown: [],
    kind: 'incomplete',
  });
  return [...checkBuiltFiles(module.project, entries, module.allow), ...problems];
}

/**
 * Finds or makes the mirror commit. A source commit has only one, whichever channel made it first,
 * unless it names other modules of the release in that channel's versions.
 */
async function makeCommit(
  plan: MirrorPlan,
  { mirror, step }: Building,
): Promise<Pick<MirrorBuilt, 'commit' | 'gitDirectory'> | Failed> {
  const { content } = plan;
  // If a tag was made since they were read, the push is refused.
  const answer = await mirror.knownRefs(step);
  if ('failure' in answer) return answer;
  const tags = await readTagStates(plan, answer.refs, { mirror, step });
  if ('failure' in tags) return tags;
  // Another run may have published the same files meanwhile.
  const ours = tags.find(({ state, found }) => isOurs(state) && found?.tree === content.tree);
  if (ours?.found !== undefined) {
    const { commit } = ours.found;
    const fetched = await mirror.fetchCommit({ ref: `refs/tags/${ours.tag}`, commit }, step);
    return 'failure' in fetched ? fetched : { commit, ...fetched };
  }
  const parent = await findParent(plan, answer.refs, mirror, step);
  if (parent !== undefined && 'failure' in parent) return parent;
  return mirror.write(content, parent, step);
}
