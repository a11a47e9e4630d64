import type { MoveDecision } from '@ameide/publisher-kit';
import { decidePointer, findMovingName } from '@ameide/versioning-core';
import type { Promotion } from './promote.ts';
import { ancestryUnknown, readNamed } from './registry/read-tags.ts';

/** Decides whether a dist-tag that names `version` now moves to the plan's version. */
export async function decideTag(
  { plan, step, target }: Promotion,
  tag: string,
  version: string | undefined,
): Promise<MoveDecision> {
  if (version === undefined) return { outcome: 'move' };
  if (version === plan.version) return { outcome: 'already', from: version };
  const rule = findMovingName(plan.distTags, tag)?.rule ?? 'stable';
  const needsSource = rule === 'ancestry';
  const { problem: unread, ...current } = needsSource
    ? await readNamed(target, plan.name, version, step.signal)
    : { version };
  if (unread !== undefined) return { outcome: 'blocked', from: version, problem: unread };
  const relation =
    'sha' in current ? await step.history.relation(current.sha, plan.sha) : 'unknown';
  const outcome = decidePointer(rule, current, plan, relation);
  return outcome === 'blocked'
    ? {
        outcome,
        from: version,
        problem: ancestryUnknown(plan, tag, current),
        isNotOlder: 'sha' in current,
      }
    : { outcome, from: version };
}
