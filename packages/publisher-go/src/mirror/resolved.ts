import { canonical, deriveVersions } from '@ameide/versioning-core';
import type { MirrorCommit } from './commit.ts';
import type { MirrorRefs } from './refs.ts';

/**
 * The version that `go` gives to a mirror commit: a version tag on it, or the pseudo-version after the highest version tag before it.
 * Undefined where that cannot be told from the refs: further back than its parent nothing was read.
 */
export function resolvedBy({ commit, parent, time }: MirrorCommit, modulePath: string, refs: MirrorRefs): string | undefined {
  const tagsAt = (at: string | undefined): string[] => [...refs.versions].filter(([, target]) => target === at).map(([tag]) => tag);
  const [tagsAtCommit, tags] = [tagsAt(commit), tagsAt(parent)];
  if (parent !== undefined && tags.length + tagsAtCommit.length === 0) return undefined;
  // The base has no part in it: `go` looks at tags alone.
  const tuple = canonical({ base: '0.0.0', sha: commit, datetime: time });
  return deriveVersions(tuple, { kind: 'dev' }, { tags, tagsAtCommit }, { afterRelease: 'keep', go: { modulePath } }).go.version;
}
