import type { Finding, Problem, Published } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import { everyFinding, isThere } from './answers.ts';
import { guard, inParallel } from './guard.ts';
import type { Lane, RunContext } from './lane.ts';
import { statesOf } from './lane.ts';
import { findingProblem, withoutRepeats } from './preflight.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Reads back every lane that was sent to. What its publisher says is there is waited for, within `visibleWithinMs`, and must be what
 * was published; the rest is read once, so that the report tells how it stands now.
 */
export async function verifyAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const sent = lanes.filter((lane) => lane.sent !== 'nothing');
  await inParallel(sent, async (lane) => {
    lane.verified = await untilVisible(lane, context);
    const verdicts = lane.verified.flatMap((finding) => verdict(finding, outcomeOf(lane, finding)));
    lane.problems = withoutRepeats([...lane.problems, ...verdicts]);
  });
}

async function untilVisible(lane: Lane, context: RunContext): Promise<readonly Finding[]> {
  const { built, plan, publisher } = lane;
  const subject = built === undefined ? { plan } : { plan, built };
  const start = context.now();
  context.emit({ phase: 'verify', publisher: publisher.id, message: 'reading back' });
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const found = await guard(
      { lane, phase: 'verify', name: 'read back', effect: 'unknown', run: async (step) => publisher.inspect(subject, step) },
      context,
    );
    if (found === undefined) return [];
    const findings = everyFinding(plan.coordinates, found);
    const awaited = findings.filter((finding) => isAwaited(outcomeOf(lane, finding)));
    const left = start + context.visibleWithinMs - context.now();
    if (!awaited.some(isHidden) || left <= 0) return findings;
    const waited = Math.round((context.now() - start) / 1000);
    context.emit({ phase: 'verify', publisher: publisher.id, message: `not visible yet, ${waited} s` });
    await context.sleep(Math.min(pause, left));
  }
}

function outcomeOf(lane: Lane, finding: Finding): Published | undefined {
  const name = formatCoordinate(finding.coordinate);
  return lane.published.find(({ coordinate }) => formatCoordinate(coordinate) === name);
}

function isAwaited(published: Published | undefined): boolean {
  return published !== undefined && isThere(published);
}

function isHidden(finding: Finding): boolean {
  return statesOf(finding).some((state) => state === 'absent' || state === 'unknown');
}

/** What is wrong with what was read back. Of what was not published, the reason is told already. */
function verdict(finding: Finding, published: Published | undefined): Problem[] {
  if (statesOf(finding).includes('conflict')) return findingProblem(finding);
  if (published === undefined || !isThere(published)) return [];
  if (isHidden(finding)) return [notVisible(finding)];
  const differs = published.digest !== undefined && finding.digest !== undefined && finding.digest !== published.digest;
  return differs ? [otherBytes(finding, published.digest)] : [];
}

function notVisible(finding: Finding): Problem {
  const coordinate = formatCoordinate(finding.coordinate);
  return {
    code: 'not-visible-yet',
    kind: 'unknown',
    message: `${coordinate} was accepted, but the registry does not show it${finding.state === 'absent' ? '' : ' whole'} yet.`,
    hint: 'No pointer was moved. Run the same command again later: it reads the registry first and uploads nothing twice.',
    coordinate,
    effect: 'unknown',
    rerun: 'safe',
    ...(finding.problem === undefined ? {} : { cause: finding.problem }),
  };
}

function otherBytes(finding: Finding, sent: string | undefined): Problem {
  const coordinate = formatCoordinate(finding.coordinate);
  return {
    code: 'other-bytes-served',
    kind: 'conflict',
    message: `${coordinate} was published with digest ${sent}, and the registry serves ${finding.digest}.`,
    hint: 'No pointer was moved. Find out who wrote to the registry before anything else is published under this version.',
    coordinate,
    effect: 'committed',
    rerun: 'never',
  };
}
