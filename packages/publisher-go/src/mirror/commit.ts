import type { CommitInput, ObjectFormat } from '@ameide/publisher-kit';
import { commitId } from '@ameide/publisher-kit';

/** What one mirror commit is made of; the same for every run, channel and machine. */
export interface MirrorContent {
  /** Tree of the module's directory at the source commit. */
  readonly tree: string;
  /** Full id of the source commit. */
  readonly sha: string;
  /** Committer time of the source commit, Unix seconds: `go` writes it into the pseudo-version, so it must be the DATETIME. */
  readonly time: number;
  readonly module: string;
}

const WHO = { name: 'ameide-release', email: 'ameide-release@users.noreply.github.com' };
const TRAILER = /^Source-Commit: ([0-9a-f]{40}|[0-9a-f]{64})$/m;

/** The mirror commit of a source commit on top of `parent`, as `git commit-tree` would make it: no checkout, no walk through history. */
export function mirrorCommit(content: MirrorContent, parent: string | undefined): CommitInput {
  const who = { ...WHO, time: content.time };
  return {
    tree: content.tree,
    parents: parent === undefined ? [] : [parent],
    author: who,
    committer: who,
    message: `${content.module} at ${content.sha.slice(0, 12)}\n\nSource-Commit: ${content.sha}\n`,
  };
}

/** Its id, before it exists. */
export function mirrorCommitId(content: MirrorContent, parent: string | undefined): string {
  const format: ObjectFormat = content.tree.length === 64 ? 'sha256' : 'sha1';
  return commitId(mirrorCommit(content, parent), format);
}

/** The source commit that a mirror commit's text names, or undefined when it is not one of ours. */
export function sourceCommitOf(commitText: string): string | undefined {
  return TRAILER.exec(commitText)?.[1];
}
