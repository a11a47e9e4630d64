import type { Finding, Problem } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';
import { findingProblem } from './preflight.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Reads everything back until it is visible, within `visibleWithinMs`. What the registry serves must equal what was built. */
export async function verifyAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const published = lanes.filter((lane) => lane.published.length > 0);
  await inParallel(published, async (lane) => {
    lane.verified = await untilVisible(lane, context);
    lane.problems.push(...lane.verified.flatMap((finding) => verdict(finding)));
  });
}

async function untilVisible(lane: Lane, context: RunContext): Promise<readonly Finding[]> {
  const { built } = lane;
  let waited = 0;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    context.emit({
      phase: 'verify',
      publisher: lane.publisher.id,
      message: waited === 0 ? 'reading back' : `not visible yet, ${Math.round(waited / 1000)} s`,
    });
    const step = await context.step(lane, 'verify');
    const subject = built === undefined ? { plan: lane.plan } : { plan: lane.plan, built };
    const findings = (await guard(lane, 'verify', 'unknown', context.signal, () => lane.publisher.inspect(subject, step))) ?? [];
    const hidden = findings.some(({ state, files }) =>
      [state, ...(files ?? []).map((file) => file.state)].some((s) => s === 'absent' || s === 'unknown'),
    );
    if (!hidden || waited >= context.visibleWithinMs) return findings;
    await context.sleep(pause);
    waited += pause;
  }
}

function verdict(finding: Finding): Problem[] {
  const coordinate = formatCoordinate(finding.coordinate);
  const missing = finding.state === 'absent' || finding.files?.some((file) => file.state === 'absent') === true;
  if (finding.state === 'conflict') return findingProblem(finding);
  if (!missing && finding.state !== 'unknown') return [];
  return [
    {
      code: 'not-visible-yet',
      kind: 'unknown',
      message: `${coordinate} was accepted, but the registry does not show it yet.`,
      hint: 'No pointer was moved. Run the same command again later: it reads the registry first and uploads nothing twice.',
      coordinate,
      effect: 'unknown',
      rerun: 'safe',
      ...(finding.problem === undefined ? {} : { cause: finding.problem }),
    },
  ];
}
