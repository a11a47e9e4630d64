import type { Step } from '@ameide/versioning-core';
import { canonical, deriveVersions, goRetractions, parseGoVersion, retractingTag } from '@ameide/versioning-core';
import type { MirrorCommit } from './commit.ts';
import type { Mirror } from './mirror.ts';
import type { MirrorRefs } from './refs.ts';

interface Resolving {
  readonly modulePath: string;
  readonly refs: MirrorRefs;
  readonly mirror: Mirror;
  readonly step: Step;
}

/**
 * The version that `go` gives to a mirror commit: a version tag on it, or the pseudo-version after the highest version tag before it;
 * retracted ones do not count. Goes back from parent to parent while each has a tag and all of them are retracted: seldom further than one.
 * Undefined where it cannot be told: a commit before has no tag, or the mirror does not answer.
 */
export async function resolvedBy({ commit, parent, time }: MirrorCommit, resolving: Resolving): Promise<string | undefined> {
  const { modulePath, refs, mirror, step } = resolving;
  const tagsAt = (at: string): string[] => [...refs.versions].filter(([, target]) => target === at).map(([tag]) => tag);
  const tagsAtCommit = tagsAt(commit);
  const tags = parent === undefined ? [] : tagsAt(parent);
  const retracted = tags.length + tagsAtCommit.length === 0 ? [] : await readRetracted(resolving);
  if (retracted === undefined) return undefined;
  // The base has no part in it: `go` looks at tags alone.
  const tuple = canonical({ base: '0.0.0', sha: commit, datetime: time });
  const derive = (): string =>
    deriveVersions(tuple, { kind: 'dev' }, { tags, tagsAtCommit }, { afterRelease: 'keep', go: { modulePath, retracted } }).go.version;
  for (let before = parent; before !== undefined && !isAfterTag(derive()); ) {
    const [tag] = tagsAt(before);
    const found = tag === undefined ? undefined : await mirror.read({ ref: `refs/tags/${tag}`, commit: before }, step);
    if (found === undefined || 'failure' in found) return undefined;
    before = found.parent;
    if (before !== undefined) tags.push(...tagsAt(before));
  }
  return derive();
}

/** A tag's own version, or a pseudo-version after one. */
function isAfterTag(version: string): boolean {
  const parsed = parseGoVersion(version);
  return parsed?.channel !== 'dev' || parsed.baseTag !== undefined;
}

/** What the module's go.mod at the mirror's highest release retracts; undefined when the mirror does not answer. */
async function readRetracted({ modulePath, refs, mirror, step }: Resolving): Promise<ReturnType<typeof goRetractions> | undefined> {
  const { tag = '', paths = [] } = retractingTag([...refs.versions.keys()], { modulePath }) ?? {};
  const commit = refs.versions.get(tag);
  if (commit === undefined) return [];
  const texts: (string | undefined)[] = [];
  for (const path of paths) {
    const file = await mirror.readFile({ ref: `refs/tags/${tag}`, commit }, path, step);
    if ('failure' in file) return undefined;
    texts.push(file.text);
  }
  return goRetractions(texts, modulePath);
}
