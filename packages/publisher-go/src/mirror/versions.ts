import { inParallel } from '@ameide/publisher-kit';
import {
  failed,
  type ListedVersion,
  ok,
  type PointerFinding,
  type Result,
  type Step,
  type VersionList,
  type VersionQuestion,
} from '@ameide/versioning-core';
import { isRetractedVersion, listGoVersions } from '@ameide/versioning-core/go';
import { unreadable } from '../problems.ts';
import type { Mirror } from './mirror.ts';
import type { Branches, MirrorPlan } from './plan.ts';
import { readBranch } from './promote.ts';
import { type MirrorRefs, shaOfSourceTag, versionAt } from './refs.ts';
import { readRetractions } from './retractions.ts';

/**
 * Lists the `source-<sha>` tags and the module's version tags of a mirror, and what its branches
 * name, from one list of refs. A version tag and a `source-<sha>` tag on the same
 * mirror commit have the same source commit.
 */
export async function listVersions(
  plan: MirrorPlan,
  { branches, mirror, step }: { branches: Branches; mirror: Mirror; step: Step },
  { withdrawn = false }: VersionQuestion = {},
): Promise<Result<VersionList>> {
  const answer = await mirror.refs(step);
  if ('failure' in answer) return failed(unreadable(plan.registry, answer.failure));
  const { refs } = answer;
  const names = [...new Set([branches.release, branches.dev])];
  const pointers = await inParallel(
    names.filter((branch) => refs.branches.has(branch)),
    async (branch): Promise<PointerFinding> => {
      const pointer = { ecosystem: 'go', name: plan.content.module, pointer: branch } as const;
      // A release names its branch by version, a dev build by commit.
      const versionTag =
        branch === branches.release
          ? (versionAt(refs.branches.get(branch) ?? '', refs) ?? '')
          : null;
      const asked = { ...pointer, version: '' };
      const found = await readBranch(asked, { plan: { ...plan, versionTag }, refs, mirror, step });
      return { ...found, pointer: { ...asked, version: found.version ?? '' } };
    },
  );
  const found = versionsIn(refs, plan.content.module);
  if (!withdrawn) return ok({ versions: found, pointers });
  const read = await readRetractions(plan.content.module, { mirror, refs, step });
  if ('failure' in read) return failed(unreadable(plan.registry, read.failure));
  const { incompatible, retracted, retracting } = read;
  const versions = found.map((one) =>
    isRetractedVersion(one.coordinate.version, retracted)
      ? { ...one, isWithdrawn: true as const }
      : one,
  );
  const old = incompatible.map((tag): ListedVersion => {
    const version = `${tag}+incompatible`;
    return { coordinate: { ecosystem: 'go', name: plan.content.module, version } };
  });
  return ok({
    versions: [...versions, ...old],
    pointers,
    ...(retracting === undefined ? {} : { retracting }),
  });
}

function versionsIn({ sources, versions }: MirrorRefs, name: string): readonly ListedVersion[] {
  const shas = new Map([...sources].map(([tag, commit]) => [commit, shaOfSourceTag(tag)]));
  const tags = [...sources.keys(), ...listGoVersions([...versions.keys()], { modulePath: name })];
  return tags.flatMap((version): readonly ListedVersion[] => {
    const digest = versions.get(version) ?? sources.get(version);
    if (digest === undefined) return [];
    const sha = shaOfSourceTag(version) ?? shas.get(digest);
    const coordinate = { ecosystem: 'go', name, version } as const;
    return [{ coordinate, digest, ...(sha === undefined ? {} : { sha }) }];
  });
}
