import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem, GitError } from '@ameide/publisher-kit';
import { gitIn, runIn, type TreeStore } from '@ameide/publisher-kit/go';
import { failed, ok, type Problem, type Result, type Step } from '@ameide/versioning-core';
import { unreadable } from '../problems.ts';
import { type MirrorCommit, parseMirrorCommit } from './commit.ts';
import type { Mirror } from './mirror.ts';
import { type MirrorBuilt, type MirrorPlan, tagsOf } from './plan.ts';
import type { MirrorRefs } from './refs.ts';
import { hasContentOf } from './tag-state.ts';
import { findParent } from './take-over.ts';
import { hasObject } from './tree.ts';

/** The commit with all its files, and what a push and `go` need of its parent: gitformat-pack(5). */
const PACK = 'commit.pack';
const NAMES = 'commit.json';

/** What the pack does not say. */
type Names = Pick<MirrorBuilt, 'commit' | 'unedited'>;

interface Transfer {
  readonly mirror: Mirror;
  readonly step: Step;
}

/** Writes the mirror commit as a pack, with everything that `loadCommit` and a push need. */
export async function saveCommit(
  { commit, unedited }: MirrorBuilt,
  folder: string,
  store: TreeStore,
): Promise<void> {
  const own = await gitIn(store, ['rev-list', '--objects', '--no-walk', commit, unedited]);
  const listed = own + (await listOfParent(commit, store));
  const input = listed.replace(/^(\S+).*$/gm, '$1');
  const hash = await gitIn(store, ['pack-objects', '--quiet', join(folder, 'pack')], { input });
  await rename(join(folder, `pack-${hash.trim()}.pack`), join(folder, PACK));
  for (const name of await readdir(folder))
    if (name.startsWith('pack-')) await rm(join(folder, name));
  const names: Names = { commit, unedited };
  await writeFile(join(folder, NAMES), `${JSON.stringify(names)}\n`);
}

/**
 * Lists the parent itself, which a push needs, and its go.mod, which may retract versions. Not its other files: they are
 * published already, and nobody may search them for secrets again.
 */
async function listOfParent(commit: string, store: TreeStore): Promise<string> {
  // Lists no parent of a commit that was fetched without its history.
  const listed = await gitIn(store, ['rev-list', '--parents', '--no-walk', commit]);
  const [, parent] = listed.trim().split(' ');
  if (parent === undefined) return '';
  const input = `${parent}\n${parent}^{tree}\n${parent}:go.mod\n`;
  const found = await gitIn(store, ['cat-file', '--batch-check=%(objectname)'], { input });
  return found.replace(/^.* missing\n/gm, '');
}

/**
 * Reads the commit again, without asking the mirror. It must have the content of the source commit. Whether the mirror
 * still fits is found out by `checkLoaded`.
 */
export async function loadCommit(
  plan: MirrorPlan,
  folder: string,
  { mirror, step }: Transfer,
): Promise<Result<MirrorBuilt>> {
  const unusable = (reason: string): Result<never> =>
    failed(builtFolderProblem(plan.publisher, reason));
  const store = await mirror.trees(step);
  const read = await readPack(folder, store);
  if (read === undefined) return unusable(`${PACK} and ${NAMES} hold no commit`);
  const { found, unedited } = read;
  const [tag = plan.sourceTag] = tagsOf(plan);
  if (!(await hasContentOf(found, tag, { plan, mirror, step, built: undefined })))
    return unusable('its mirror commit does not have the files of this commit');
  const { commit, parent, tree } = found;
  await mirror.noteCommit(found, step);
  const before = parent === undefined ? undefined : await readCommit(parent, store);
  if (before !== undefined) mirror.noteTree(before.commit, before.tree);
  const artifact = { name: 'commit', digest: commit, size: 0 };
  const artifacts = plan.coordinates.map((coordinate) => ({ coordinate, ...artifact }));
  const { gitDirectory } = store;
  return ok({ artifacts, commit, tree, unedited, isLoaded: true, gitDirectory });
}

/** Adds the pack to the private store. Undefined if the files are not what `saveCommit` wrote. */
async function readPack(
  folder: string,
  store: TreeStore,
): Promise<{ readonly found: MirrorCommit; readonly unedited: string } | undefined> {
  const names = parseNames(await readFile(join(folder, NAMES), 'utf8').catch(() => ''));
  if (names === undefined) return undefined;
  const { commit, unedited } = names;
  // git finds a pack by the name of its index.
  const pack = join(store.gitDirectory, 'objects', 'pack', `pack-${commit}.pack`);
  try {
    await copyFile(join(folder, PACK), pack);
    await gitIn(store, ['index-pack', pack]);
    await gitIn(store, ['cat-file', '-e', `${unedited}^{tree}`]);
    const found = await readCommit(commit, store);
    return found === undefined ? undefined : { found, unedited };
  } catch (error) {
    if (error instanceof GitError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw error;
  }
}

async function readCommit(commit: string, store: TreeStore): Promise<MirrorCommit | undefined> {
  const read = await runIn(store, ['cat-file', 'commit', commit]);
  return read.ok ? parseMirrorCommit(commit, read.stdoutText) : undefined;
}

function parseNames(text: string): Names | undefined {
  try {
    const { commit, unedited } = JSON.parse(text) as Record<string, unknown>;
    return isObjectId(commit) && isObjectId(unedited) ? { commit, unedited } : undefined;
  } catch {
    return undefined;
  }
}

function isObjectId(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

/**
 * Finds out whether a loaded commit still fits the mirror: the mirror has it already, or a new one would come after the
 * same parent now. Fetches that parent if the saved build does not contain it.
 */
export async function checkLoaded(
  commit: string,
  refs: MirrorRefs,
  { mirror, plan, step }: Transfer & { readonly plan: MirrorPlan },
): Promise<Problem | undefined> {
  if (refs.tips.has(commit)) return undefined;
  const found = await mirror.read({ ref: commit, commit }, step);
  if ('failure' in found) return unreadable(plan.registry, found.failure);
  const wanted = await findParent(plan, refs, mirror, step);
  if (wanted !== undefined && 'failure' in wanted) return unreadable(plan.registry, wanted.failure);
  if (wanted?.commit !== found.parent) {
    const other = wanted?.commit ?? 'none';
    const reason = `the mirror has changed since: a new commit would now come after ${other}`;
    return builtFolderProblem(plan.publisher, reason);
  }
  if (wanted === undefined || (await isPushable(wanted.commit, refs, await mirror.trees(step))))
    return undefined;
  const fetched = await mirror.fetchCommit(wanted, step);
  return 'failure' in fetched ? unreadable(plan.registry, fetched.failure) : undefined;
}

/** True if a push can go on top of a commit: git needs nothing below an object that a ref of the host itself names. */
async function isPushable(
  commit: string,
  { tips }: MirrorRefs,
  store: TreeStore,
): Promise<boolean> {
  return tips.has(commit) && hasObject(commit, store);
}
