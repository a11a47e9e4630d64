import { inParallel } from '@ameide/publisher-kit';
import {
  decidePointer,
  type MovingName,
  managesName,
  parseOciTag,
  type Step,
} from '@ameide/versioning-core';
import { parseManifest } from '../image/manifest.ts';
import { CREATED } from '../image/media-types.ts';
import type { GhcrPlan } from '../plan.ts';
import type { RegistryClient } from '../registry/client.ts';

/** With more commits the search gives up: it follows a slow write, and has to end soon. */
const MOST_COMMITS = 500;

/**
 * Returns the tag of something newer than the plan's image that a moving tag could name; undefined
 * if there is nothing, or the registry does not say.
 */
export async function findNewer(
  client: RegistryClient,
  plan: GhcrPlan,
  moving: MovingName,
  step: Step,
): Promise<string | undefined> {
  const tags = await client.tags(step.signal);
  if (tags.state !== 'present') return undefined;
  return moving.rule === 'ancestry'
    ? findNewerCommit(client, plan, tags.value, step)
    : findHigherVersion(plan, moving, tags.value);
}

function findHigherVersion(
  { movingTags, version: ours, sha }: GhcrPlan,
  { name, rule }: MovingName,
  tags: readonly string[],
): string | undefined {
  const order = new Intl.Collator('en', { numeric: true });
  return tags
    .filter((tag) => /^\d+\./.test(tag) && parseOciTag(tag) !== undefined)
    .filter((tag) => managesName(movingTags, name, tag))
    .filter((tag) => {
      const decision = decidePointer(rule, { version: ours }, { version: tag, sha }, 'unknown');
      return decision === 'move';
    })
    .toSorted((a, b) => order.compare(b, a))[0];
}

/** A newer commit is a descendant of ours, or a later one that this clone does not have yet. */
async function findNewerCommit(
  client: RegistryClient,
  { created, sha: ours }: GhcrPlan,
  tags: readonly string[],
  { history, signal }: Step,
): Promise<string | undefined> {
  const commits = tags.filter((tag) => tag !== ours && parseOciTag(tag)?.sha !== undefined);
  if (commits.length > MOST_COMMITS) return undefined;
  const newer = await inParallel(commits, async (commit) => {
    const relation = await history.relation(commit, ours);
    if (relation !== 'unknown') return relation === 'descendant';
    const read = await client.manifest(commit, signal);
    const annotations =
      read.state === 'present' ? parseManifest(read.value.bytes)?.annotations : undefined;
    return Date.parse(annotations?.[CREATED] ?? '') >= Date.parse(created);
  });
  return commits.find((_commit, index) => newer[index]);
}
