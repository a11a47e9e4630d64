import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Problem,
  problem,
  type Release,
  type Step,
} from '@ameide/versioning-core';
import {
  type GoRequirement,
  goTagPrefix,
  isPlaceholderVersion,
  isPseudoVersion,
} from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { moduleFolders } from '../module/members.ts';
import { unreadable } from '../problems.ts';
import type { InPlacePlan } from './plan.ts';

/** The versions that a go.mod requires of modules that this release publishes in the same place. */
export interface RequiredMembers {
  /** Those that this release makes. */
  readonly requires: readonly Coordinate[];
  /** Every other one: each is a tag that must exist. */
  readonly requiredTags: readonly Coordinate[];
}

/** `version` is the release's own; null on a dev build. Pure. */
export function requiredMembers(
  requirements: readonly GoRequirement[],
  { members }: Pick<Release, 'members'>,
  version: string | null,
): RequiredMembers {
  const inPlace = members.filter(({ ecosystem, mirror }) => ecosystem === 'go' && !mirror);
  const names = new Set(inPlace.map(({ name }) => name));
  const found = requirements
    .filter((one) => names.has(one.path) && !isPlaceholderVersion(one.version))
    .map((one): Coordinate => ({ ecosystem: 'go', name: one.path, version: one.version }));
  return {
    requires: found.filter((one) => one.version === version),
    requiredTags: found.filter((one) => one.version !== version && !isPseudoVersion(one.version)),
  };
}

/** Reports required versions that the host has no tag for: nobody could install the module. */
export async function missingVersions(
  { publisher, registry, requiredTags }: InPlacePlan,
  access: PushAccess,
  { signal, source }: Step,
): Promise<readonly Problem[]> {
  if (requiredTags.length === 0) return [];
  const folders = await moduleFolders(source);
  const found = await inParallel(requiredTags, async ({ name, version }) => {
    const directory = folders.get(name);
    if (directory === undefined) return [];
    const ref = `refs/tags/${goTagPrefix({ modulePath: name, directory })}${version}`;
    const answer = await access.remote.lsRemote([ref], { signal });
    if ('failure' in answer) return [unreadable(registry, answer.failure)];
    const message = `${publisher} requires ${name} ${version}, and ${registry} has no tag ${ref.slice('refs/tags/'.length)}, so nobody could install it.`;
    const hint = `Release ${name} ${version} first, or require a version that is released.`;
    return answer.refs.some((one) => one.ref === ref)
      ? []
      : [problem({ code: 'go-required-tag-missing', kind: 'incomplete', message, hint })];
  });
  return found.flat();
}
