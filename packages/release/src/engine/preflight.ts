import type { Finding, Problem } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import { everyFinding } from './answers.ts';
import { guard, inParallel, together } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';
import { statesOf } from './lane.ts';
import { checkRequirements } from './requirements.ts';

/** Checks every lane and reads what every registry holds, all at once: every problem of every registry in one go. Writes nothing. */
export async function preflight(lanes: readonly Lane[], needed: readonly Lane[], context: RunContext): Promise<void> {
  const [asked, required] = await Promise.allSettled([askAll(lanes, context), checkRequirements(lanes, needed, context)]);
  for (const result of [asked, required]) if (result.status === 'rejected') throw result.reason;
}

async function askAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    const { plan, publisher } = lane;
    context.emit({ phase: 'check', publisher: publisher.id, message: `asking ${plan.registry}` });
    const about = { lane, phase: 'check', effect: 'none' } as const;
    const [problems, found, pointed] = await together([
      guard({ ...about, name: 'check', run: async (step) => publisher.check(plan, step) }, context),
      guard({ ...about, name: 'inspect', run: async (step) => publisher.inspect({ plan }, step) }, context),
      guard({ ...about, name: 'read its pointers', run: async (step) => (await publisher.pointers?.(plan, step)) ?? [] }, context),
    ]);
    lane.found = found === undefined ? [] : everyFinding(plan.coordinates, found);
    lane.pointed = pointed ?? [];
    const unreadable = lane.pointed.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
    lane.problems = withoutRepeats([...lane.problems, ...(problems ?? []), ...lane.found.flatMap(findingProblem), ...unreadable]);
  });
}

/** A finding that must stop the run, as a problem: where it, or a file of it, is a `conflict` or `unknown`. */
export function findingProblem(finding: Finding): Problem[] {
  const states = statesOf(finding);
  const coordinate = formatCoordinate(finding.coordinate);
  if (states.includes('conflict')) return [finding.problem ?? conflict(finding, coordinate)];
  return states.includes('unknown') ? [finding.problem ?? silent(coordinate)] : [];
}

/** `check` and `inspect` may meet the same closed door: it is told once. */
export function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, coordinate }) => {
    const key = JSON.stringify([code, message, coordinate]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The registry did not say whether something is there. */
export function silent(coordinate: string): Problem {
  return {
    code: 'registry-silent',
    kind: 'incomplete',
    message: `The registry did not say whether ${coordinate} exists.`,
    hint: 'Run it again; nothing was written.',
    coordinate,
    effect: 'none',
    rerun: 'safe',
  };
}

function conflict(finding: Finding, coordinate: string): Problem {
  return {
    code: 'built-from-another-commit',
    kind: 'conflict',
    message: `${coordinate} exists already, built from ${finding.sha ?? 'a commit it does not name'}.`,
    hint: 'Nothing was overwritten. Raise the base version, or build the commit it was built from.',
    coordinate,
    effect: 'none',
    rerun: 'never',
  };
}
