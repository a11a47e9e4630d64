import { settleAll } from '@ameide/publisher-kit';
import {
  type Finding,
  findAnswer,
  isOurs,
  type Problem,
  type Published,
} from '@ameide/versioning-core';
import type { RunContext } from '../run/context.ts';
import { comparedWithBuild, everyFinding, isThere, readBackProblems } from '../run/findings.ts';
import { distinct, eventOf, type PublisherRun, statesOf } from '../run/publisher-run.ts';
import { interrupted, runStep } from '../run/run-step.ts';
import { untilVisible } from '../run/until-visible.ts';

/**
 * Reads back every run that wrote. Waits up to `visibleWithinMs` for each artifact that the
 * publisher reported as published or possibly published; it must equal what was published. Reads
 * all others once, so that the report shows their current state.
 */
export async function readBackAll(
  runs: readonly PublisherRun[],
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  return settleAll(
    runs.map(async (run) => (run.writesBegun === 'none' ? run : readBackOne(run, context))),
  );
}

async function readBackOne(run: PublisherRun, context: RunContext): Promise<PublisherRun> {
  const { verified, problems } = await readUntilVisible(run, context);
  // Reading the registry resolves the doubt after a lost answer, so its problem goes, too.
  const resolvedDoubts = run.published.map((answer) => resolveDoubt(answer, verified));
  const published = resolvedDoubts.map((answer) => onlyIfShown(answer, verified));
  const resolved = new Set<Problem | undefined>(
    run.published
      .filter((answer, index) => answer !== resolvedDoubts[index])
      .map((one) => one.problem),
  );
  const remaining = run.problems.filter((one) => !resolved.has(one));
  const found = verified.flatMap((finding) =>
    readBackProblems(finding, findAnswer(finding.coordinate, resolvedDoubts)),
  );
  return {
    ...run,
    verified,
    published,
    problems: distinct([...remaining, ...problems, ...found]),
  };
}

interface ReadBack {
  readonly verified: readonly Finding[];
  readonly problems: readonly Problem[];
}

async function readUntilVisible(run: PublisherRun, context: RunContext): Promise<ReadBack> {
  const { built, plan, publisher } = run;
  const subject = built === undefined ? { plan } : { plan, built };
  const of = eventOf(run, 'verify');
  void context.emit({ type: 'progress', ...of, text: 'reading back' });
  const read = async (): Promise<ReadBack> => {
    const { value, problems } = await runStep(
      {
        run,
        phase: 'verify',
        name: 'read back',
        effect: 'unknown',
        call: async (step) => publisher.inspect(subject, step),
      },
      context,
    );
    if (value === undefined) return { verified: [], problems };
    const verified = everyFinding(plan.coordinates, value).map((one) => compared(one, run));
    return { verified, problems };
  };
  const isAwaitedIn = ({ verified }: ReadBack): boolean =>
    verified.some((finding) => isAwaited(finding, run));
  const back = await untilVisible({ of, read, isAwaited: isAwaitedIn }, context);
  return back ?? { verified: [], problems: [interrupted('unknown')] };
}

/** Compares with the build, unless this run published it: then the publisher's report counts. */
function compared(finding: Finding, run: PublisherRun): Finding {
  const answer = findAnswer(finding.coordinate, run.published);
  return answer?.outcome === 'published' ? finding : comparedWithBuild(finding, run);
}

/**
 * True if the artifact is worth waiting for. Not if the publisher threw: it reported no artifact,
 * and its error remains whatever the registry shows.
 */
function isAwaited(finding: Finding, { published }: PublisherRun): boolean {
  const answer = findAnswer(finding.coordinate, published);
  const mayBeThere = answer !== undefined && (isThere(answer) || isInDoubt(answer));
  return mayBeThere && statesOf(finding).some((state) => state === 'absent' || state === 'unknown');
}

function isInDoubt({ outcome, problem }: Published): boolean {
  return outcome === 'unknown' && problem !== undefined;
}

function resolveDoubt(answer: Published, verified: readonly Finding[]): Published {
  const finding = findAnswer(answer.coordinate, verified);
  if (finding === undefined || !isInDoubt(answer) || !statesOf(finding).every(isOurs))
    return answer;
  const { coordinate, digest, state } = finding;
  const outcome = state === 'identical' ? 'published' : 'already-there';
  return { coordinate, outcome, ...(digest === undefined ? {} : { digest }) };
}

/**
 * An artifact that a registry accepted and does not show may not be there: the answer may have come
 * from something in between, such as a network's login page.
 */
function onlyIfShown(answer: Published, verified: readonly Finding[]): Published {
  const finding = findAnswer(answer.coordinate, verified);
  if (finding === undefined || answer.outcome !== 'published') return answer;
  const isShown = statesOf(finding).every((state) => state !== 'absent' && state !== 'unknown');
  return isShown ? answer : { ...answer, outcome: 'unknown' };
}
