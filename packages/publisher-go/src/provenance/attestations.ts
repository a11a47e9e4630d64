import { join } from 'node:path';
import {
  createObjectStore,
  type ObjectStore,
  onceForEach,
  type PushAnswer,
  type RemoteFailure,
} from '@ameide/publisher-kit';
import { gitIn, runIn, type TreeStore } from '@ameide/publisher-kit/go';
import type { SourceTree, Step } from '@ameide/versioning-core';
import type { PushAccess } from '../access.ts';
import { WHO } from '../mirror/commit.ts';
import { fetchObject } from '../mirror/fetch-object.ts';
import type { Failed } from '../mirror/mirror.ts';
import { attestationRef } from './attestation-ref.ts';
import { BUNDLE_FILE, joinBundles, MAX_BYTES, splitBundles } from './bundle-file.ts';

/** What the attestation ref of a mirror's commit holds. */
export interface Attestation {
  /** The object that the ref names; absent if there is no such ref. */
  readonly tip?: string;
  /** At most 16. None is verified yet: anybody who may push can have made them. */
  readonly bundles: readonly Uint8Array[];
  /** Why there is no bundle, although there is a ref. */
  readonly reason?: string;
  /** False for a ref that names no commit: nothing can be added to that, and nothing is overwritten. */
  readonly canGrow: boolean;
}

/** A commit of the mirror, and the provenance to add for it. */
interface Attesting {
  readonly commit: string;
  /** The module's path, for the message of the added commit. */
  readonly module: string;
  /** Of the source commit, in Unix seconds. */
  readonly time: number;
  /** A Sigstore bundle as JSON, on one line. */
  readonly bundle: Uint8Array;
}

/** The attestation refs of a mirror. */
export interface Attestations {
  /** Reads the attestation that the commit's ref names. `tip` is the ref's value as the host listed it; undefined if it listed no such ref. */
  read(commit: string, tip: string | undefined, step: Step): Promise<Attestation | Failed>;
  /**
   * Pushes a commit with the bundle, on top of the commit that `read` found. The host accepts it only while the ref
   * still names that commit, or while there is still no ref.
   */
  add(attesting: Attesting, to: Attestation, step: Step): Promise<PushAnswer>;
}

/**
 * Opens the attestation refs. Their objects are in a git directory of their own, a partial clone: too large ones stay
 * on the host, if it supports that.
 */
export function openAttestations(source: SourceTree, access: () => PushAccess): Attestations {
  const storeIn = onceForEach(async (workspace: string) =>
    createObjectStore(source.gitDirectory, join(workspace, 'attestations.git'), access().processes),
  );
  return {
    async read(commit, tip, step) {
      if (tip === undefined) return { bundles: [], canGrow: true };
      const ref = attestationRef(commit);
      const store = treeStore(await storeIn(step.workspace), access(), step);
      // The store may have it already, because this run pushed it. An id always names the same content.
      const known = await runIn(store, ['cat-file', '-e', tip], { env: OFFLINE });
      if (known.ok) return readTip(tip, ref, store);
      const limits = { depth: 1, maxFileBytes: MAX_BYTES, signal: step.signal };
      const { remote } = access();
      const fetched = await fetchObject(store.gitDirectory, { ref, id: tip }, remote, limits);
      return 'failure' in fetched ? fetched : readTip(tip, ref, store);
    },
    async add(attesting, { bundles, tip }, step) {
      const store = await storeIn(step.workspace);
      const file = joinBundles(attesting.bundle, bundles);
      const commit = await writeCommit(
        attesting,
        file,
        tip,
        store,
        treeStore(store, access(), step),
      );
      const update = { ref: attestationRef(attesting.commit), sha: commit, expect: tip ?? null };
      const call = { isPartial: true, signal: step.signal };
      return access().remote.push(store.gitDirectory, [update], call);
    },
  };
}

function treeStore(
  { gitDirectory }: ObjectStore,
  { processes }: PushAccess,
  { signal }: Step,
): TreeStore {
  return { gitDirectory, processes, signal };
}

/** Stops git from fetching what a partial clone lacks. Before 2.45 git knows only the second variable. */
const OFFLINE = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };

async function readTip(tip: string, ref: string, store: TreeStore): Promise<Attestation | Failed> {
  const type = await runIn(store, ['cat-file', '-t', tip], { env: OFFLINE });
  // The ref moved between listing and fetching.
  if (!type.ok) return { failure: movedMeanwhile(ref, tip) };
  if (type.stdoutText.trim() !== 'commit')
    return { tip, bundles: [], canGrow: false, reason: 'its ref names no commit' };
  const file = await readFile(tip, store);
  const found = { tip, canGrow: true };
  if (typeof file === 'string') return { ...found, bundles: [], reason: file };
  return { ...found, bundles: splitBundles(file) };
}

function movedMeanwhile(ref: string, tip: string): RemoteFailure {
  return { kind: 'unreachable', message: `${ref} did not hold ${tip}` };
}

/** Returns the file's bytes, or why it is not read. */
async function readFile(commit: string, store: TreeStore): Promise<Uint8Array | string> {
  const args = ['ls-tree', '-z', '--long', '--full-tree', commit, '--', BUNDLE_FILE];
  const { ok, stdoutText } = await runIn(store, args, { env: OFFLINE });
  if (ok && stdoutText === '') return `its ref has no file ${BUNDLE_FILE}`;
  const [, mode, blob = '', size] = /^(\d+) \w+ ([0-9a-f]+) +(\S+)\t/.exec(stdoutText) ?? [];
  if (ok && mode !== '100644') return `${BUNDLE_FILE} in its ref is no regular file`;
  const tooLarge = `${BUNDLE_FILE} in its ref has more than ${MAX_BYTES} bytes`;
  if (!ok || !(Number(size) <= MAX_BYTES)) return tooLarge;
  const read = await runIn(store, ['cat-file', 'blob', blob], { env: OFFLINE });
  return read.ok ? read.stdout : tooLarge;
}

async function writeCommit(
  { commit, module, time }: Attesting,
  file: string,
  parent: string | undefined,
  objects: ObjectStore,
  store: TreeStore,
): Promise<string> {
  const hashed = await gitIn(store, ['hash-object', '-w', '--stdin'], {
    input: file,
    env: OFFLINE,
  });
  const entry = `100644 blob ${hashed.trim()}\t${BUNDLE_FILE}\n`;
  const tree = await gitIn(store, ['mktree'], { input: entry, env: OFFLINE });
  const who = { ...WHO, time };
  const parents = parent === undefined ? [] : [parent];
  const message = `Provenance of ${module} at ${commit}`;
  const input = { tree: tree.trim(), parents, author: who, committer: who, message };
  return objects.writeCommit(input, { signal: store.signal });
}
