import { type CommitInput, commitId, type ObjectFormat } from '@ameide/publisher-kit';
import type { MirrorEdits } from './edits.ts';

/** Everything a mirror commit is made of; the same for every run, channel and machine. */
export interface MirrorContent {
  /** The tree of the module's directory at the source commit. */
  readonly tree: string;
  /** Full id of the source commit. */
  readonly sha: string;
  /**
   * Committer time of the source commit, Unix seconds. `go` writes it into the pseudo-version, so
   * it must equal DATETIME.
   */
  readonly time: number;
  readonly module: string;
  /**
   * Paths below the directory that the mirror takes from the checkout. `tree` does not contain
   * their content before the build.
   */
  readonly fromCheckout: readonly string[];
  /** The tree before the edits, once they are made. */
  readonly unedited?: string;
  /** How the mirror's files differ from the source commit's; absent if they do not. */
  readonly edits?: MirrorEdits;
}

/** A mirror commit that we read or recognised. */
export interface MirrorCommit {
  readonly commit: string;
  /** The source commit that it names; absent if we did not make it. */
  readonly sha?: string;
  readonly tree: string;
  /** Committer time, Unix seconds. */
  readonly time: number;
  /** The first parent. */
  readonly parent?: string;
  /** True if its id proves that content and message are what the source commit gives. */
  readonly proven: boolean;
}

/** The author of every commit that we make in a mirror. */
export const WHO = { name: 'ameide-release', email: 'ameide-release@users.noreply.github.com' };
const TRAILER = /^Source-Commit: ([0-9a-f]{40}|[0-9a-f]{64})$/gm;

/**
 * Makes the mirror commit of a source commit on top of `parent`, as `git commit-tree` would. Needs
 * no checkout and no walk through history.
 */
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

/** Returns the commit's id before the commit exists. */
export function mirrorCommitId(content: MirrorContent, parent: string | undefined): string {
  const format: ObjectFormat = content.tree.length === 64 ? 'sha256' : 'sha1';
  return commitId(mirrorCommit(content, parent), format);
}

/**
 * Reads a commit object's text. The only `Source-Commit` trailer in its last paragraph names the
 * source commit; two trailers count as none.
 */
export function parseMirrorCommit(commit: string, text: string): MirrorCommit | undefined {
  const cut = text.indexOf('\n\n');
  const header = cut === -1 ? text : text.slice(0, cut);
  const tree = /^tree (\S+)$/m.exec(header)?.[1];
  const time = /^committer .*> (\d+) [+-]\d+$/m.exec(header)?.[1];
  if (tree === undefined || time === undefined) return undefined;
  const parent = /^parent (\S+)$/m.exec(header)?.[1];
  const message = cut === -1 ? '' : text.slice(cut + 2).trimEnd();
  const trailers = [...message.slice(message.lastIndexOf('\n\n') + 1).matchAll(TRAILER)].map(
    ([, sha]) => sha,
  );
  const [sha] = trailers.length === 1 ? trailers : [];
  return {
    commit,
    tree,
    time: Number(time),
    proven: false,
    ...(sha === undefined ? {} : { sha }),
    ...(parent === undefined ? {} : { parent }),
  };
}

/** Returns the mirror commit of `content` on `parent`, which its id proves. */
export function provenCommit(
  commit: string,
  { sha, tree, time }: MirrorContent,
  parent: string | undefined,
): MirrorCommit {
  return { commit, sha, tree, time, proven: true, ...(parent === undefined ? {} : { parent }) };
}
