import type { Finding, Problem } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';

/** Checks every lane and reads what every registry holds, all at once: every problem of every registry in one go. Writes nothing. */
export async function preflight(lanes: readonly Lane[], context: RunContext): Promise<void> {
  await inParallel(lanes, async (lane) => {
    context.emit({ phase: 'check', publisher: lane.publisher.id, message: `asking ${lane.plan.registry}` });
    const step = await context.step(lane, 'check');
    const [problems, found, pointed] = await Promise.all([
      guard(lane, 'check', 'none', context.signal, () => lane.publisher.check(lane.plan, step)),
      guard(lane, 'inspect', 'none', context.signal, () => lane.publisher.inspect({ plan: lane.plan }, step)),
      guard(lane, 'read its pointers', 'none', context.signal, async () => (await lane.publisher.pointers?.(lane.plan, step)) ?? []),
    ]);
    lane.found = found ?? [];
    lane.pointed = pointed ?? [];
    lane.problems.push(...withoutRepeats([...(problems ?? []), ...lane.found.flatMap(findingProblem)]));
  });
}

/** A finding that must stop the run, as a problem: `conflict` and `unknown`. */
export function findingProblem(finding: Finding): Problem[] {
  const coordinate = formatCoordinate(finding.coordinate);
  if (finding.state === 'conflict') return [finding.problem ?? conflict(finding, coordinate)];
  if (finding.state !== 'unknown') return [];
  return [
    finding.problem ?? {
      code: 'registry-silent',
      kind: 'incomplete',
      message: `The registry did not say whether ${coordinate} exists.`,
      hint: 'Run it again; nothing was written.',
      coordinate,
      effect: 'none',
      rerun: 'safe',
    },
  ];
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

/** `check` and `inspect` may meet the same closed door: it is told once. */
function withoutRepeats(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, coordinate }) => {
    const key = JSON.stringify([code, message, coordinate]);
    return !seen.has(key) && seen.add(key);
  });
}
