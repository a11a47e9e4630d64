import { inParallel } from '@ameide/publisher-kit';
import { type Finding, formatCoordinate, isOurs, type Published } from '@ameide/versioning-core';
import { everyFinding, isThere } from './answers.ts';
import { withoutRepeats } from './findings.ts';
import { guard } from './guard.ts';
import { type Lane, type RunContext, statesOf } from './lane.ts';
import { readBackProblems } from './read-back.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Reads back every lane that was sent to. What its publisher says is there, or may be, is waited
 * for, within `visibleWithinMs`, and must be what was sent; the rest is read once, so that the
 * report tells how it stands now.
 */
export async function verifyAll(lanes: readonly Lane[], context: RunContext): Promise<void> {
  const sent = lanes.filter((lane) => lane.sent !== 'nothing');
  await inParallel(sent, async (lane) => {
    lane.verified = await untilVisible(lane, context);
    settleDoubts(lane);
    const problems = lane.verified.flatMap((finding) =>
      readBackProblems(finding, outcomeOf(lane, finding)),
    );
    lane.problems = withoutRepeats([...lane.problems, ...problems]);
  });
}

async function untilVisible(lane: Lane, context: RunContext): Promise<readonly Finding[]> {
  const { built, plan, publisher } = lane;
  const subject = built === undefined ? { plan } : { plan, built };
  const start = context.now();
  context.emit({ phase: 'verify', publisher: publisher.id, message: 'reading back' });
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const found = await guard(
      {
        lane,
        phase: 'verify',
        name: 'read back',
        effect: 'unknown',
        run: async (step) => publisher.inspect(subject, step),
      },
      context,
    );
    if (found === undefined) return [];
    const findings = everyFinding(plan.coordinates, found);
    const awaited = findings.filter((finding) => isAwaited(outcomeOf(lane, finding)));
    const left = start + context.visibleWithinMs - context.now();
    if (!awaited.some(isHidden) || left <= 0) return findings;
    const waited = Math.round((context.now() - start) / 1000);
    context.emit({
      phase: 'verify',
      publisher: publisher.id,
      message: `not visible yet, ${waited} s`,
    });
    await context.sleep(Math.min(pause, left));
  }
}

function outcomeOf(lane: Lane, finding: Finding): Published | undefined {
  const name = formatCoordinate(finding.coordinate);
  return lane.published.find(({ coordinate }) => formatCoordinate(coordinate) === name);
}

/**
 * A publisher that threw said nothing of its artifacts, and its fault stands whatever is read: that
 * is not waited for.
 */
function isAwaited(published: Published | undefined): boolean {
  return published !== undefined && (isThere(published) || isInDoubt(published));
}

function isInDoubt({ outcome, problem }: Published): boolean {
  return outcome === 'unknown' && problem !== undefined;
}

function isHidden(finding: Finding): boolean {
  return statesOf(finding).some((state) => state === 'absent' || state === 'unknown');
}

/**
 * An answer that got lost is made good by what is read back: then the doubt is gone, and its
 * problem with it.
 */
function settleDoubts(lane: Lane): void {
  const settled = new Map(
    lane.verified.flatMap((finding) => {
      const published = outcomeOf(lane, finding);
      const isSettled =
        published !== undefined && isInDoubt(published) && statesOf(finding).every(isOurs);
      return isSettled ? [[published, asRead(finding)] as const] : [];
    }),
  );
  if (settled.size === 0) return;
  const doubts = new Set([...settled.keys()].map(({ problem }) => problem));
  lane.problems = lane.problems.filter((problem) => !doubts.has(problem));
  lane.published = lane.published.map((published) => settled.get(published) ?? published);
}

function asRead({ coordinate, digest, state }: Finding): Published {
  return {
    coordinate,
    outcome: state === 'identical' ? 'published' : 'already-there',
    ...(digest === undefined ? {} : { digest }),
  };
}
