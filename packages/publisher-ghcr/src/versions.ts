import { inParallel } from '@ameide/publisher-kit';
import {
  failed,
  type ListedVersion,
  managesName,
  ok,
  type PointerFinding,
  parseOciTag,
  type Result,
  type Step,
  type VersionList,
} from '@ameide/versioning-core';
import type { GhcrPlan } from './plan.ts';
import { readPointer } from './promote.ts';
import type { RegistryClient } from './registry/client.ts';

/**
 * Lists the tags that never move (commits and versions), and what `latest` and the moving tags of the plan's
 * policy name. Leaves out the tags of other tools, for example of signatures. Only a commit tag has the
 * commit in its name; for the other tags, the image would have to be read.
 */
export async function listVersions(
  client: RegistryClient,
  plan: GhcrPlan,
  { signal }: Step,
): Promise<Result<VersionList>> {
  const tags = await client.tags(signal);
  if (tags.state === 'unknown') return failed(tags.problem);
  const all = tags.state === 'present' ? tags.value : [];
  // `docker pull` follows `latest`, also where no release moves it.
  const moving = all.filter((tag) => tag === 'latest' || managesName(plan.movingTags, tag));
  const pointers = await inParallel(moving, (tag) => readMovingTag(client, plan, tag, signal));
  return ok({
    versions: all.flatMap((tag) => listed(plan.image, tag)),
    // A tag that was deleted meanwhile names nothing.
    pointers: pointers.filter(
      ({ problem, version }) => problem !== undefined || version !== undefined,
    ),
  });
}

function listed(name: string, tag: string): readonly ListedVersion[] {
  const parsed = parseOciTag(tag);
  if (parsed === undefined) return [];
  const coordinate = { ecosystem: 'oci', name, version: tag } as const;
  return [{ coordinate, ...(parsed.sha === undefined ? {} : { sha: parsed.sha }) }];
}

async function readMovingTag(
  client: RegistryClient,
  plan: GhcrPlan,
  tag: string,
  signal: AbortSignal,
): Promise<PointerFinding> {
  const asked = { ecosystem: 'oci', name: plan.image, pointer: tag, version: '' } as const;
  const found = await readPointer(client, plan, asked, signal);
  return { ...found, pointer: { ...asked, version: found.version ?? '' } };
}
