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
import {
  type GoRetraction,
  goRetractions,
  isRetractedVersion,
  listGoVersions,
  retractingTag,
} from '@ameide/versioning-core/go';
import { unreadable } from '../problems.ts';
import type { Failed, Mirror } from './mirror.ts';
import type { Branches, MirrorPlan } from './plan.ts';
import { readBranch } from './promote.ts';
import { type MirrorRefs, shaOfSourceTag, versionAt } from './refs.ts';

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
  const retracted = await readRetractions(plan, mirror, refs, step);
  if ('failure' in retracted) return failed(unreadable(plan.registry, retracted.failure));
  const versions = found.map((one) =>
    isRetractedVersion(one.coordinate.version, retracted.retracted)
      ? { ...one, isWithdrawn: true as const }
      : one,
  );
  return ok({ versions, pointers });
}

/** What the go.mod of the highest version retracts. */
async function readRetractions(
  { content: { module: modulePath } }: MirrorPlan,
  mirror: Mirror,
  { versions }: MirrorRefs,
  step: Step,
): Promise<{ readonly retracted: readonly GoRetraction[] } | Failed> {
  const retracting = retractingTag([...versions.keys()], { modulePath });
  const commit = versions.get(retracting?.tag ?? '');
  if (retracting === undefined || commit === undefined) return { retracted: [] };
  const at = { ref: `refs/tags/${retracting.tag}`, commit };
  const texts: (string | undefined)[] = [];
  for (const path of retracting.paths) {
    const read = await mirror.readFile(at, path, step);
    if ('failure' in read) return read;
    texts.push(read.text);
  }
  return { retracted: goRetractions(texts, modulePath) };
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
