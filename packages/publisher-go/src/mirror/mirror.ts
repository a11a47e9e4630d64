import { join } from 'node:path';
import type { ObjectStore, RemoteFailure } from '@ameide/publisher-kit';
import { createObjectStore } from '@ameide/publisher-kit';
import type { SourceTree, Step } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import type { MirrorContent } from './commit.ts';
import { mirrorCommit, mirrorCommitId, sourceCommitOf } from './commit.ts';
import type { MirrorRefs } from './refs.ts';
import { patternsFor, readRefs } from './refs.ts';

/** A commit of the mirror, read or recognised. */
export interface MirrorCommit {
  readonly commit: string;
  /** The source commit it names; absent when it is not one of ours. */
  readonly sha?: string;
  readonly parent?: string;
  /** True when its id proves its content, tree and text, to be what this source commit gives. */
  readonly proven: boolean;
}

export type Failed = { readonly failure: RemoteFailure };

/** The mirror repository: its refs, its commits, and a private place to write new ones. */
export interface Mirror {
  refs(sourceTag: string, step: Step): Promise<{ readonly refs: MirrorRefs } | Failed>;
  /** Every `source-<sha>` tag with its commit: for finding a pseudo-version's source. Grows with the dev builds published. */
  sources(step: Step): Promise<{ readonly sources: ReadonlyMap<string, string> } | Failed>;
  /** Reads the commit that a ref names. */
  read(ref: string, commit: string, step: Step): Promise<MirrorCommit | Failed>;
  /** Recognises a commit by its id alone where it can, and reads it where it must. */
  recognise(ref: string, commit: string, content: MirrorContent, refs: MirrorRefs, step: Step): Promise<MirrorCommit | Failed>;
  /** Writes the mirror commit of a source commit into the private store. */
  write(
    content: MirrorContent,
    parent: { readonly ref: string; readonly commit: string } | undefined,
    step: Step,
  ): Promise<{ readonly commit: string; readonly gitDirectory: string } | Failed>;
  /** Fetches a ref of the mirror into the private store, so that another ref can be pushed to the same commit. */
  fetch(ref: string, step: Step): Promise<{ readonly gitDirectory: string } | Failed>;
}

export function openMirror(source: SourceTree, access: () => Access, branches: readonly string[]): Mirror {
  const stores = new Map<string, Promise<ObjectStore>>();
  const store = (step: Step): Promise<ObjectStore> => {
    const made =
      stores.get(step.workspace) ?? createObjectStore(source.gitDirectory, join(step.workspace, 'mirror.git'), access().processes);
    stores.set(step.workspace, made);
    return made;
  };
  const fetch: Mirror['fetch'] = async (ref, step) => {
    const { gitDirectory } = await store(step);
    const answer = await access().remote.fetch(gitDirectory, [ref], { depth: 1, signal: step.signal });
    return 'failure' in answer ? answer : { gitDirectory };
  };
  const read: Mirror['read'] = async (ref, commit, step) => {
    const fetched = await fetch(ref, step);
    if ('failure' in fetched) return fetched;
    const argv = ['git', `--git-dir=${fetched.gitDirectory}`, 'cat-file', 'commit', commit] as const;
    const { ok, stdoutText, summary } = await access().processes.run({ argv, cwd: fetched.gitDirectory, signal: step.signal });
    // The ref moved between the list and the fetch.
    if (!ok) return { failure: { kind: 'unreachable', message: summary } };
    const sha = sourceCommitOf(stdoutText);
    const parent = /^parent (\S+)$/m.exec(stdoutText)?.[1];
    return { commit, proven: false, ...(sha === undefined ? {} : { sha }), ...(parent === undefined ? {} : { parent }) };
  };
  return {
    fetch,
    read,
    async refs(sourceTag, step) {
      const answer = await access().remote.lsRemote(patternsFor(sourceTag, branches), { signal: step.signal });
      return 'failure' in answer ? answer : { refs: readRefs(answer.refs, sourceTag) };
    },
    async sources(step) {
      const answer = await access().remote.lsRemote(['refs/tags/source-*'], { signal: step.signal });
      if ('failure' in answer) return answer;
      return { sources: new Map(answer.refs.map(({ ref, sha, peeled }) => [ref.slice('refs/tags/source-'.length), peeled ?? sha])) };
    },
    async recognise(ref, commit, content, refs, step) {
      for (const parent of [undefined, ...new Set(refs.versions.values())]) {
        if (mirrorCommitId(content, parent) !== commit) continue;
        return { commit, sha: content.sha, proven: true, ...(parent === undefined ? {} : { parent }) };
      }
      return read(ref, commit, step);
    },
    async write(content, parent, step) {
      if (parent !== undefined) {
        const fetched = await fetch(parent.ref, step);
        if ('failure' in fetched) return fetched;
      }
      const { gitDirectory, writeCommit } = await store(step);
      return { commit: await writeCommit(mirrorCommit(content, parent?.commit), { signal: step.signal }), gitDirectory };
    },
  };
}
