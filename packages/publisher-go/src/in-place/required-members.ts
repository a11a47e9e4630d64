import { inParallel } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Problem,
  problem,
  type Release,
  type Step,
} from '@ameide/versioning-core';
import {
  type GoModuleLocation,
  goTagPrefix,
  isPlaceholderVersion,
  isPseudoVersion,
  parseGoModulePath,
} from '@ameide/versioning-core/go';
import type { PushAccess } from '../access.ts';
import { unreadable } from '../problems.ts';
import type { InPlaceModule, InPlacePlan } from './plan.ts';

/** The versions that a go.mod requires of modules that this release publishes in the same place. */
export interface RequiredMembers {
  /** Those that this release makes. */
  readonly requires: readonly Coordinate[];
  /** Every other one: each is a tag that must exist. */
  readonly requiredTags: readonly Coordinate[];
}

/** `version` is the release's own; null on a dev build. Pure. */
export function requiredMembers(
  { requirements, siblings }: Pick<InPlaceModule, 'requirements' | 'siblings'>,
  { members }: Pick<Release, 'members'>,
  version: string | null,
): RequiredMembers {
  const inPlace = members.filter(({ ecosystem, mirror }) => ecosystem === 'go' && !mirror);
  const made = new Set(inPlace.map(({ name }) => name));
  const found = requirements
    .filter(({ path }) => made.has(path) || siblings.includes(path))
    .filter((one) => !isPlaceholderVersion(one.version) && !isPseudoVersion(one.version))
    .map((one): Coordinate => ({ ecosystem: 'go', name: one.path, version: one.version }));
  const isMade = (one: Coordinate): boolean => made.has(one.name) && one.version === version;
  return { requires: found.filter(isMade), requiredTags: found.filter((one) => !isMade(one)) };
}

/**
 * Returns the other modules of the repository that are published in place, by this release or
 * another one: their paths lead to their folders, as this module's does.
 */
export function siblingsOf(
  { modulePath, directory }: Required<GoModuleLocation>,
  folders: ReadonlyMap<string, string>,
): readonly string[] {
  const root = rootOf(modulePath, directory);
  if (root === undefined) return [];
  return [...folders].flatMap(([path, folder]) =>
    path !== modulePath && rootOf(path, folder) === root ? [path] : [],
  );
}

/** Returns the path of the repository; undefined for a path that does not end with the folder. */
function rootOf(modulePath: string, directory: string): string | undefined {
  const { major } = parseGoModulePath(modulePath);
  const plain = modulePath.slice(0, modulePath.length - major.length);
  if (directory === '') return plain;
  return [plain, modulePath]
    .find((path) => path.endsWith(`/${directory}`))
    ?.slice(0, -directory.length - 1);
}

/** Reports required versions that the host has no tag for: nobody could install the module. */
export async function missingVersions(
  { publisher, registry, requiredTags }: InPlacePlan,
  {
    access,
    folders,
  }: { readonly access: PushAccess; readonly folders: ReadonlyMap<string, string> },
  { signal }: Step,
): Promise<readonly Problem[]> {
  const found = await inParallel(requiredTags, async ({ name, version }) => {
    const directory = folders.get(name);
    if (directory === undefined) return [];
    const ref = `refs/tags/${goTagPrefix({ modulePath: name, directory })}${version}`;
    const answer = await access.remote.lsRemote([ref], { signal });
    if ('failure' in answer) return [unreadable(registry, answer.failure)];
    const message = `${publisher} requires ${name} ${version}, and ${registry} has no tag ${ref.slice('refs/tags/'.length)}, so nobody could install it.`;
    const hint = `Release ${name} ${version} first, with this module or before it, or require a version that is released.`;
    return answer.refs.some((one) => one.ref === ref)
      ? []
      : [problem({ code: 'go-required-tag-missing', kind: 'incomplete', message, hint })];
  });
  return found.flat();
}
