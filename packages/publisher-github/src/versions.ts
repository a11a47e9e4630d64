import { registryTime } from '@ameide/publisher-kit';
import {
  failed,
  type ListedVersion,
  ok,
  type PointerFinding,
  type Result,
  type Step,
  type VersionList,
} from '@ameide/versioning-core';
import { type ApiRelease, createClient } from './api/client.ts';
import { isOurs } from './marker.ts';
import type { Target } from './options.ts';
import { type GithubPlan, latestOf } from './plan.ts';
import { readLatest } from './promote.ts';
import { versionOfTag } from './tag-version.ts';

/**
 * Lists the releases whose tags are versions of this definition, and our own drafts, which `inspect`
 * finds, too. The list does not have the commit of a tag; `inspect` reads it.
 */
export async function listReleases(
  target: Target,
  plan: GithubPlan,
  step: Step,
): Promise<Result<VersionList>> {
  const client = createClient(target, step.signal);
  const listed = await client.releases();
  if (listed.failure !== undefined) return failed(listed.failure.problem);
  // Two runs at once may have made two drafts.
  const versions = new Map(
    listed.value.flatMap((release) => {
      const version = versionOf(release, plan);
      return version === undefined ? [] : [[release.tag_name, version] as const];
    }),
  );
  const pointers =
    target.isLatestWanted && versions.size > 0 ? await latest(target, plan, step) : [];
  return ok({ versions: [...versions.values()], pointers });
}

function versionOf(
  { body, draft, published_at: published, tag_name: version }: ApiRelease,
  plan: GithubPlan,
): ListedVersion | undefined {
  if (versionOfTag(version, plan) === undefined || (draft && !isOurs(body))) return undefined;
  const coordinate = { ecosystem: 'github', name: plan.repository, version } as const;
  const publishedAt = registryTime(published);
  return publishedAt === undefined ? { coordinate } : { coordinate, publishedAt };
}

async function latest(
  target: Target,
  plan: GithubPlan,
  step: Step,
): Promise<readonly PointerFinding[]> {
  const asked = { ...plan, pointers: [latestOf(plan.repository, '')] };
  const found = await readLatest(target, asked, step);
  return found.flatMap((one) => {
    const { problem, version } = one;
    if (problem === undefined && version === undefined) return [];
    return [{ ...one, pointer: latestOf(plan.repository, version ?? '') }];
  });
}
