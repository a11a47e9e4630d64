import type { RemoteRef } from '@ameide/publisher-kit';
import { parseVersionTag } from '@ameide/versioning-core';
import { compare } from 'semver';

/** What a mirror's refs say, read in one request. */
export interface MirrorRefs {
  /** Commit of `source-<sha>`, if that source commit was mirrored. */
  readonly source?: string;
  /** Commit of each version tag. */
  readonly versions: ReadonlyMap<string, string>;
  /** Commit of each moving branch. */
  readonly branches: ReadonlyMap<string, string>;
}

/** The patterns that `readRefs` needs answered. */
export function patternsFor(sourceTag: string, branches: readonly string[]): string[] {
  return [`refs/tags/${sourceTag}`, 'refs/tags/v*', ...branches.map((branch) => `refs/heads/${branch}`)];
}

export function readRefs(refs: readonly RemoteRef[], sourceTag: string): MirrorRefs {
  const versions = new Map<string, string>();
  const branches = new Map<string, string>();
  let source: string | undefined;
  for (const { ref, sha, peeled } of refs) {
    const commit = peeled ?? sha;
    if (ref === `refs/tags/${sourceTag}`) source = commit;
    else if (ref.startsWith('refs/heads/')) branches.set(ref.slice('refs/heads/'.length), commit);
    else if (parseVersionTag(ref) !== undefined) versions.set(ref.slice('refs/tags/'.length), commit);
  }
  return { versions, branches, ...(source === undefined ? {} : { source }) };
}

/** Version tags in Go's order (https://go.dev/ref/mod#versions, SemVer precedence), highest first; other tags left out. */
export function highestFirst(tags: readonly string[]): string[] {
  return tags.filter((tag) => parseVersionTag(tag) !== undefined).sort((a, b) => compare(b.slice(1), a.slice(1)));
}
