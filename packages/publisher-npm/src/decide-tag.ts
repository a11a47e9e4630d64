import type { MoveDecision, Pace } from '@ameide/publisher-kit';
import {
  decidePointer,
  findMovingName,
  managesName,
  movePointerCommand,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import semver from 'semver';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { ancestryUnknown, readNamed, readVersions } from './registry/read-tags.ts';

/** The dist-tags of one package in one run of `promote`. */
export interface Promotion {
  readonly target: Target;
  readonly plan: NpmPlan;
  readonly step: Step;
  readonly pace: Pace;
}

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
    : { outcome, from: version, hasReadNothing: !needsSource };
}

/** Returns a problem if the registry has a newer version for a dist-tag that we have set late. */
export async function findOvertaken(
  { plan, step, target }: Promotion,
  tag: string,
): Promise<Problem | undefined> {
  const { problems, value } = await readVersions(target, plan.name, step.signal);
  if (typeof value !== 'object') return unconfirmed(plan, tag, 'not-read', problems?.[0]);
  const isOfHistory = findMovingName(plan.distTags, tag)?.rule === 'ancestry';
  const [newest] = value
    .filter((version) => managesName(plan.distTags, tag, version))
    .filter((version) => !isOfHistory || /-dev\.\d/.test(version))
    .filter((version) => semver.gt(version, plan.version))
    .toSorted(semver.rcompare);
  return newest === undefined ? undefined : overtaken(plan, tag, newest);
}

export function unconfirmed(
  { name }: NpmPlan,
  tag: string,
  why: 'not-shown' | 'not-read',
  cause: Problem | undefined,
): Problem {
  const ending =
    why === 'not-shown'
      ? 'the registry still shows what it named before'
      : 'the registry cannot be read to see what it names now';
  return problem({
    code: 'npm-tag-unknown',
    kind: 'unknown',
    message: `The change of the dist-tag ${tag} of npm:${name} was sent, but ${ending}.`,
    hint: 'Run the same command again in a while: it reads the dist-tags first.',
    cause,
  });
}

function overtaken({ name, version }: NpmPlan, tag: string, newest: string): Problem {
  const pointer = { ecosystem: 'npm', name, pointer: tag, version: newest } as const;
  return problem({
    code: 'npm-tag-overtaken',
    kind: 'incomplete',
    message: `The dist-tag ${tag} of npm:${name} was set to ${version} more than two seconds after it was read, and ${newest} is published: another run may have set it to ${newest} before.`,
    hint: `If ${newest} is complete, run again the command that published it, or: ${movePointerCommand(pointer, version)}`,
    effect: 'committed',
    rerun: 'after-fix',
  });
}
