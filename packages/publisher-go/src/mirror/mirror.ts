import { join } from 'node:path';
import { createObjectStore, type ObjectStore, type RemoteFailure } from '@ameide/publisher-kit';
import { readText, type TreeStore } from '@ameide/publisher-kit/go';
import type { SourceTree, Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import {
  type MirrorCommit,
  type MirrorContent,
  mirrorCommit,
  mirrorCommitId,
  parseMirrorCommit,
  provenCommit,
} from './commit.ts';
import { fetchObject } from './fetch-object.ts';
import { type MirrorRefs, patternsFor, readRefs } from './refs.ts';

export type Failed = { readonly failure: RemoteFailure };

export type RefsAnswer = { readonly refs: MirrorRefs } | Failed;

/** A commit, and a ref of the mirror to fetch it by. */
export interface Located {
  /** The full name: `refs/tags/v0.1.0`. */
  readonly ref: string;
  readonly commit: string;
}

/** A mirror, and the commit that its history begins with, if somebody else made that. */
export interface MirrorOptions {
  readonly source: SourceTree;
  readonly access: () => PushAccess;
  /** True if the repository is missing, and `publish` creates it. */
  readonly willBeCreated: (signal: AbortSignal) => Promise<boolean>;
  /** The moving ones. */
  readonly branches: readonly string[];
  readonly takeOver?: string | undefined;
}

/** The mirror repository: its refs, its commits, and a private store for new ones. */
export interface Mirror {
  /** The commit that the definition takes over. */
  readonly takeOver?: string | undefined;
  /** Reads the refs. Steps of one run that ask at the same time share one request. */
  refs(step: Step): Promise<RefsAnswer>;
  /**
   * As `refs`, but may return what this run has read since its last push. Use it where a push with a
   * lease, or a later read, shows what has changed meanwhile.
   */
  knownRefs(step: Step): Promise<RefsAnswer>;
  /** Reads the commit that a ref names. */
  read(at: Located, step: Step): Promise<MirrorCommit | Failed>;
  /**
   * Returns a file's text at the commit that a ref names, with its byte order mark; no text if
   * there is no such file.
   */
  readFile(at: Located, path: string, step: Step): Promise<{ readonly text?: string } | Failed>;
  /**
   * Recognises the mirror commit of `content` by its id if possible; otherwise reads the commit.
   */
  recognise(
    at: Located,
    content: MirrorContent,
    refs: MirrorRefs,
    step: Step,
  ): Promise<MirrorCommit | Failed>;
  /** Writes the mirror commit of a source commit into the private store. */
  write(
    content: MirrorContent,
    parent: Located | undefined,
    step: Step,
  ): Promise<{ readonly commit: string; readonly gitDirectory: string } | Failed>;
  /**
   * Fetches a commit of the mirror into the private store if it is missing, so that another ref can
   * be pushed to it.
   */
  fetchCommit(at: Located, step: Step): Promise<{ readonly gitDirectory: string } | Failed>;
  /** Notes a commit that was added to the private store with all its files, so that nobody fetches it. */
  noteCommit(added: MirrorCommit, step: Step): Promise<void>;
  /** Notes a commit's tree, of which the store has some files: `readFile` looks there first. */
  noteTree(commit: string, tree: string): void;
  /** Returns the private store, for reading and writing trees. */
  trees(step: Step): Promise<TreeStore>;
}

interface Store extends ObjectStore {
  /** The commits in the store that we have already read. */
  readonly commits: Map<string, MirrorCommit>;
}

/** Opens a mirror. Sends nothing yet. */
export function openMirror(options: MirrorOptions): Mirror {
  const { source, access, branches, takeOver, willBeCreated } = options;
  const storeOf = createStores(source, access);
  const { read, fetchCommit, readFile } = createReader(storeOf, access, takeOver);
  const trees = async (step: Step): Promise<TreeStore> => {
    const { gitDirectory } = await storeOf(step);
    return { gitDirectory, processes: access().processes, signal: step.signal };
  };
  // The trees of commits that need not be fetched to read a file.
  const known = new Map<string, string>();
  const ask = async (step: Step): Promise<RefsAnswer> => {
    const { signal } = step;
    const answer = await access().remote.lsRemote(patternsFor(branches), { signal });
    if (!('failure' in answer)) return { refs: readRefs(answer.refs) };
    const isMissing = answer.failure.kind === 'not-found' && (await willBeCreated(signal));
    return isMissing ? { refs: readRefs([]) } : answer;
  };
  // A run has one workspace, and a step for each method.
  const asking = (step: Step) =>
    [step.signal, `refs ${step.workspace}`, async () => ask(step), wasAnswered] as const;
  return {
    takeOver,
    read,
    fetchCommit,
    async readFile(at, path, step) {
      const tree = known.get(at.commit);
      const text = tree && (await readText(tree, path, await trees(step)));
      // The store may lack the file.
      return text === undefined ? readFile(at, path, step) : { text };
    },
    refs: async (step) => access().answers.refresh(...asking(step)),
    knownRefs: async (step) => access().answers.get(...asking(step)),
    async recognise(at, content, refs, step) {
      if (content.fromCheckout.length > 0 || content.edits !== undefined) return read(at, step);
      for (const parent of [undefined, takeOver, ...new Set(refs.versions.values())]) {
        if (mirrorCommitId(content, parent) !== at.commit) continue;
        // The source repository has it.
        known.set(at.commit, content.tree);
        return provenCommit(at.commit, content, parent);
      }
      return read(at, step);
    },
    async write(content, parent, step) {
      const fetched = parent === undefined ? undefined : await fetchCommit(parent, step);
      if (fetched !== undefined && 'failure' in fetched) return fetched;
      const store = await storeOf(step);
      const commit = await store.writeCommit(mirrorCommit(content, parent?.commit), {
        signal: step.signal,
      });
      store.commits.set(commit, provenCommit(commit, content, parent?.commit));
      return { commit, gitDirectory: store.gitDirectory };
    },
    noteCommit: async (added, step) => void (await storeOf(step)).commits.set(added.commit, added),
    noteTree: (commit, tree) => void known.set(commit, tree),
    trees,
  };
}

function wasAnswered(answer: RefsAnswer): boolean {
  return !('failure' in answer);
}

/** Creates the function that reads commits. It fetches one commit at a time. */
function createReader(
  storeOf: (step: Step) => Promise<Store>,
  access: () => PushAccess,
  takeOver: string | undefined,
): Pick<Mirror, 'read' | 'fetchCommit' | 'readFile'> {
  const fetchOne: Mirror['read'] = async ({ ref, commit }, step) => {
    const { gitDirectory, commits } = await storeOf(step);
    const known = commits.get(commit);
    if (known !== undefined) return known;
    // Of a history that is taken over, all tags count.
    const limits = commit === takeOver ? {} : { depth: 1 };
    const fetched = await fetchObject(gitDirectory, { ref, id: commit }, access().remote, {
      ...limits,
      signal: step.signal,
    });
    if ('failure' in fetched) return fetched;
    const argv = ['git', `--git-dir=${gitDirectory}`, 'cat-file', 'commit', commit] as const;
    const { ok, stdoutText, summary } = await access().processes.run({
      argv,
      cwd: gitDirectory,
      signal: step.signal,
    });
    const found = ok ? parseMirrorCommit(commit, stdoutText) : undefined;
    // The ref moved between listing and fetching.
    if (found === undefined)
      return {
        failure: { kind: 'unreachable', message: `${ref} did not hold ${commit}: ${summary}` },
      };
    commits.set(commit, found);
    return found;
  };
  // Parallel shallow fetches into one git directory fail: "shallow file has changed since we read
  // it".
  let last: Promise<unknown> = Promise.resolve();
  const read: Mirror['read'] = (at, step) => {
    const reading = last.then(() => fetchOne(at, step));
    last = reading.catch(() => undefined);
    return reading;
  };
  const fetchCommit: Mirror['fetchCommit'] = async (at, step) => {
    const found = await read(at, step);
    return 'failure' in found ? found : { gitDirectory: (await storeOf(step)).gitDirectory };
  };
  return {
    read,
    fetchCommit,
    async readFile(at, path, step) {
      const fetched = await fetchCommit(at, step);
      if ('failure' in fetched) return fetched;
      const { gitDirectory } = fetched;
      const store = { gitDirectory, processes: access().processes, signal: step.signal };
      const text = await readText(at.commit, path, store);
      return text === undefined ? {} : { text };
    },
  };
}

/** Makes one private store for each workspace, when it is first needed. */
function createStores(
  source: SourceTree,
  access: () => PushAccess,
): (step: Step) => Promise<Store> {
  const stores = new Map<string, Promise<Store>>();
  return ({ workspace }) => {
    const store =
      stores.get(workspace) ??
      createObjectStore(
        source.gitDirectory,
        join(workspace, 'mirror.git'),
        access().processes,
      ).then((made) => ({
        ...made,
        commits: new Map(),
      }));
    stores.set(workspace, store);
    return store;
  };
}
