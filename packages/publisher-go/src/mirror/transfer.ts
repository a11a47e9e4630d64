import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem, GitError } from '@ameide/publisher-kit';
import { gitIn, type TreeStore } from '@ameide/publisher-kit/go';
import { failed, ok, type Result, type Step } from '@ameide/versioning-core';
import { unreadable } from '../problems.ts';
import { type MirrorCommit, parseMirrorCommit } from './commit.ts';
import type { Failed, Located, Mirror } from './mirror.ts';
import { type MirrorBuilt, type MirrorPlan, tagsOf } from './plan.ts';
import { type MirrorRefs, tagsAt } from './refs.ts';
import { hasContentOf } from './tag-state.ts';
import { findParent } from './take-over.ts';

/** The commit with all its files, without its history: gitformat-pack(5). */
const PACK = 'commit.pack';
const NAMES = 'commit.json';

/** What the pack does not say. */
type Names = Pick<MirrorBuilt, 'commit' | 'unedited'>;

/** Writes the mirror commit as a pack. */
export async function saveCommit(
  { commit, unedited }: MirrorBuilt,
  folder: string,
  store: TreeStore,
): Promise<void> {
  const listed = await gitIn(store, ['rev-list', '--objects', '--no-walk', commit, unedited]);
  const input = listed.replace(/^(\S+).*$/gm, '$1');
  const hash = await gitIn(store, ['pack-objects', '--quiet', join(folder, 'pack')], { input });
  await rename(join(folder, `pack-${hash.trim()}.pack`), join(folder, PACK));
  for (const name of await readdir(folder))
    if (name.startsWith('pack-')) await rm(join(folder, name));
  const names: Names = { commit, unedited };
  await writeFile(join(folder, NAMES), `${JSON.stringify(names)}\n`);
}

/**
 * Reads the commit again. It must have the content of the source commit, and come after the commit
 * that a new one would come after now.
 */
export async function loadCommit(
  plan: MirrorPlan,
  folder: string,
  { mirror, step }: { readonly mirror: Mirror; readonly step: Step },
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
  const answer = await mirror.refs(step);
  if ('failure' in answer) return failed(unreadable(plan.registry, answer.failure));
  const base = await findBase(found, plan, answer.refs, { mirror, step });
  if (base !== undefined && 'failure' in base)
    return failed(unreadable(plan.registry, base.failure));
  if (base !== undefined && 'other' in base)
    return unusable(
      `the mirror has changed since: a new commit would now come after ${base.other}`,
    );
  const { commit, tree } = found;
  const artifacts = plan.coordinates.map((coordinate) => ({
    coordinate,
    name: 'commit',
    digest: commit,
    size: 0,
  }));
  return ok({ artifacts, commit, tree, unedited, gitDirectory: store.gitDirectory });
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
    const text = await gitIn(store, ['cat-file', 'commit', commit]);
    const found = parseMirrorCommit(commit, text);
    return found === undefined ? undefined : { found, unedited };
  } catch (error) {
    if (error instanceof GitError || (error as NodeJS.ErrnoException).code === 'ENOENT')
      return undefined;
    throw error;
  }
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
 * Fetches what the commit is pushed on top of: itself, if the mirror has it, or its parent. Returns
 * the parent that it should have, if that is another.
 */
async function findBase(
  { commit, parent }: MirrorCommit,
  plan: MirrorPlan,
  refs: MirrorRefs,
  { mirror, step }: { readonly mirror: Mirror; readonly step: Step },
): Promise<Failed | { readonly other: string } | undefined> {
  const [tag] = tagsAt(commit, refs);
  const fetch = async (at: Located): Promise<Failed | undefined> => {
    const fetched = await mirror.fetchCommit(at, step);
    return 'failure' in fetched ? fetched : undefined;
  };
  if (tag !== undefined) return fetch({ ref: `refs/tags/${tag}`, commit });
  const wanted = await findParent(plan, refs, mirror, step);
  if (wanted === undefined) return parent === undefined ? undefined : { other: 'none' };
  if ('failure' in wanted) return wanted;
  return wanted.commit === parent ? fetch(wanted) : { other: wanted.commit };
}
