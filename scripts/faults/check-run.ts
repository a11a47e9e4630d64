import { createSecretScan } from '../../packages/publisher-kit/src/contract/secret-scan.ts';
import type { FaultKind } from './faults.ts';
import type { Scenario } from './prepare.ts';
import type { RunResult } from './runs.ts';
import { isImmutable, type Snapshot } from './snapshot.ts';
import type { Logged, Step } from './steps.ts';
import type { World } from './world.ts';

const OUR_UPLOAD_TAG = ' incoming';

/** What is wrong on the registries after a run that may have ended at any step. */
export function checkState(scenario: Scenario, now: Snapshot, run: RunResult): readonly string[] {
  const { before, clean } = scenario;
  const foreign = Object.entries(now)
    .filter(([name, value]) => value !== clean[name] && value !== before[name])
    .filter(([name]) => !name.endsWith(OUR_UPLOAD_TAG) && !isOwnLatest(name, scenario))
    .map(([name, value]) => `${name} names ${value}, which no clean run leaves`);
  const lost = Object.keys(before)
    .filter((name) => now[name] === undefined || (isImmutable(name) && now[name] !== before[name]))
    .map((name) => `${name} was there before, and is gone or changed`);
  return [...foreign, ...lost, ...checkReport(scenario, now, run)];
}

/** Registries give `latest` to a package's first version. */
function isOwnLatest(name: string, { before }: Scenario): boolean {
  return name.endsWith(' latest') && before[name] === undefined;
}

/** What the report says and the registries do not show. */
function checkReport({ clean }: Scenario, now: Snapshot, run: RunResult): readonly string[] {
  const { report, exitCode } = run;
  if (report === undefined) return exitCode === null ? [] : [`no report, exit ${exitCode}`];
  const claimed = report.artifacts
    .filter(({ outcome }) => outcome === 'published' || outcome === 'already-there')
    .flatMap(({ coordinate }) => namesOf(coordinate, clean))
    .filter((name) => now[name] !== clean[name])
    .map((name) => `the report says that ${name} is published, and it is not there`);
  const missing =
    exitCode === 0
      ? Object.keys(clean)
          .filter((name) => now[name] !== clean[name])
          .map((name) => `exit 0, and ${name} names ${now[name] ?? 'nothing'}`)
      : [];
  return [...claimed, ...missing];
}

/** The names of a snapshot that a coordinate of the report stands for. */
function namesOf(coordinate: string, clean: Snapshot): readonly string[] {
  const [, project, version = ''] = /^pypi:(.+)==(.+)$/.exec(coordinate) ?? [];
  if (project !== undefined)
    return Object.keys(clean).filter(
      (name) =>
        name.startsWith(`pypi:${project.replaceAll('-', '_')}-${version}`) &&
        /^(?:-py3|\.tar)/.test(name.slice(`pypi:${project}-${version}`.length)),
    );
  const release = /^go:.*@(v\d+\.\d+\.\d+)$/.exec(coordinate)?.[1];
  if (coordinate.startsWith('go:'))
    return release === undefined ? [] : [`git:refs/tags/${release}`];
  return [coordinate.replace(/127\.0\.0\.1:\d+\//, '')];
}

/** Versions that the log shows to be sent more than once. */
export function checkLog(
  log: readonly Logged[],
  { steps }: Scenario,
  { by, sentOnce }: Pick<FaultKind, 'by' | 'sentOnce'>,
  at: Step,
): readonly string[] {
  const writes = log.filter(({ request }) => request.mutating);
  const accepted = writes.filter(({ request }) => isAccepted(request.targetStatus));
  const versions = steps.filter(({ kind }) => kind === 'version');
  const problems = versions.flatMap(({ label, registry }) => {
    const mine = accepted.filter((one) => one.label === label && one.registry === registry);
    const planned = versions.filter((one) => one.label === label && one.registry === registry);
    // A git host answers 200 to a push that it refuses, and a tag's digest decides elsewhere.
    // PyPI accepts the same file again, and keeps the one it has.
    const isCounted = registry === 'npm' || (registry === 'python' && by !== 'two-runs');
    return isCounted && mine.length > planned.length
      ? [`${registry} accepted ${label} ${mine.length} times`]
      : [];
  });
  const sent = writes.filter((one) => one.label === at.label && one.registry === at.registry);
  const isRepeated = sent.length > steps.filter(({ label }) => label === at.label).length;
  // curl itself repeats a request whose kept connection was reset; git's push is a compare-and-swap.
  if (sentOnce === true && at.kind === 'version' && at.registry !== 'git' && isRepeated)
    problems.push(`${at.label} was sent ${sent.length} times`);
  return [...new Set(problems)];
}

function isAccepted(status: number): boolean {
  return status >= 200 && status < 300;
}

/** A pointer is written only when every version can be read. */
export function checkOrder({ clean }: Scenario, atFirstPointer: Snapshot): readonly string[] {
  return Object.keys(clean)
    .filter((name) => isImmutable(name) && atFirstPointer[name] !== clean[name])
    .map((name) => `a pointer was written before ${name}`);
}

/** Where a token is shown. */
export function checkSecrets({ tokens }: World, runs: readonly RunResult[]): readonly string[] {
  const scan = createSecretScan(tokens);
  return runs.some(({ output }) => scan.inValue(output)) ? ['a run shows a token'] : [];
}
