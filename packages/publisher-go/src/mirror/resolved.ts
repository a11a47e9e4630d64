import type { Step } from '@ameide/versioning-core';
import { goRetractions, parseGoVersion, retractingTag } from '@ameide/versioning-core/go';
import { goVersionOf } from '../pseudo-version.ts';
import type { MirrorCommit } from './commit.ts';
import type { Failed, Mirror } from './mirror.ts';
import { type MirrorRefs, versionsAt } from './refs.ts';
import { tagsTakenOver } from './take-over.ts';

interface Resolving {
  readonly modulePath: string;
  readonly refs: MirrorRefs;
  readonly mirror: Mirror;
  readonly step: Step;
}

/**
 * Returns the version that `go` gives to a mirror commit: a version tag on it, or the
 * pseudo-version after the highest version tag before it, ignoring retracted ones. Goes back
 * release by release while all are retracted, seldom more than one. Returns undefined if the mirror
 * does not answer.
 */
export async function resolvedBy(
  found: MirrorCommit,
  resolving: Resolving,
): Promise<string | undefined> {
  const { commit, parent, time } = found;
  const { modulePath, refs } = resolving;
  const tagsAtCommit = versionsAt(commit, refs);
  const mayBeRetracted =
    tagsAtCommit.length > 0 || (parent !== undefined && versionsAt(parent, refs).length > 0);
  const retracted = mayBeRetracted ? await readRetracted(resolving) : [];
  if ('failure' in retracted) return undefined;
  const tags: string[] = [];
  const derive = (): string =>
    goVersionOf({ sha: commit, time }, { tags, tagsAtCommit }, { modulePath, retracted });
  for await (const before of versionsBefore(found, resolving)) {
    if ('failure' in before) return undefined;
    tags.push(...before.tags);
    if (isAfterTag(derive())) break;
  }
  return derive();
}

/**
 * Yields the version tags on the commits before one, nearest first. Ends with a failure if an
 * earlier commit has no version tag.
 */
export async function* versionsBefore(
  { parent }: MirrorCommit,
  { refs, mirror, step }: Pick<Resolving, 'refs' | 'mirror' | 'step'>,
): AsyncGenerator<{ readonly tags: readonly string[] } | Failed> {
  for (let before = parent; before !== undefined; ) {
    if (before === mirror.takeOver) {
      yield await tagsTakenOver(refs, mirror, step);
      return;
    }
    const tags = versionsAt(before, refs);
    yield { tags };
    const [tag] = tags;
    const found: MirrorCommit | Failed =
      tag === undefined
        ? { failure: { kind: 'other', message: `commit ${before} has lost its version tag` } }
        : await mirror.read({ ref: `refs/tags/${tag}`, commit: before }, step);
    if ('failure' in found) {
      yield found;
      return;
    }
    before = found.parent;
  }
}

/** True for a tag's own version, or a pseudo-version after a tag. */
function isAfterTag(version: string): boolean {
  const parsed = parseGoVersion(version);
  return parsed?.channel !== 'dev' || parsed.baseTag !== undefined;
}

/** Returns the retractions in the module's go.mod at the mirror's highest release. */
export async function readRetracted({
  modulePath,
  refs,
  mirror,
  step,
}: Resolving): Promise<ReturnType<typeof goRetractions> | Failed> {
  const { tag = '', paths = [] } = retractingTag([...refs.versions.keys()], { modulePath }) ?? {};
  const commit = refs.versions.get(tag);
  if (commit === undefined) return [];
  const texts: (string | undefined)[] = [];
  for (const path of paths) {
    const file = await mirror.readFile({ ref: `refs/tags/${tag}`, commit }, path, step);
    if ('failure' in file) return file;
    texts.push(file.text);
  }
  return goRetractions(texts, modulePath);
}
