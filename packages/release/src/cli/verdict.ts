import { isOurs } from '@ameide/versioning-core';
import colors from 'picocolors';
import { writes } from '../report/command.ts';
import type { ArtifactReport, ReleaseReport } from '../report/release-report.ts';
import { builtVerdict } from './built-table.ts';

/**
 * How one artifact ended. `in-doubt`: it was sent, and we do not know whether it arrived.
 * `not-known`: the registry did not answer.
 */
type ArtifactStatus =
  | 'published'
  | 'there'
  | 'conflict'
  | 'in-doubt'
  | 'not-published'
  | 'not-known';

/** True if the run asked a registry anything. A run with a wrong input ends before that. */
export function wasAsked({ artifacts, pointers, status }: ReleaseReport): boolean {
  if (status !== 'invalid-input') return true;
  return (
    artifacts.some(({ state, outcome }) => state !== 'unknown' || outcome !== undefined) ||
    pointers.some(({ now }) => now !== undefined)
  );
}

/**
 * Writes the last line of `plan`, `build`, `publish` and `promote`: the result of everything, and how the process ends.
 */
export function verdict(report: ReleaseReport): string {
  const { status, exitCode } = report;
  if (status === 'converged') return wouldBeRefused(report) ?? colors.green(good(report));
  const ending = `Exit ${exitCode} (${status}).`;
  const none = writes(report.command) ? 'Nothing was sent. ' : '';
  const said = wasAsked(report) ? `${counted(report)}. ` : none;
  return `${said}${colors.red(ending)}`;
}

/** A `plan` that shows what another branch would publish. */
function wouldBeRefused(report: ReleaseReport): string | undefined {
  const [first] = report.problems;
  if (first === undefined) return undefined;
  return `${counted(report)}. ${colors.yellow(`publish would refuse this commit: ${first.code}.`)}`;
}

/** Returns the status to count an artifact under. A partly uploaded version is not published. */
function statusOf({ state, outcome, files }: ArtifactReport): ArtifactStatus {
  if (state === 'conflict' || outcome === 'conflict') return 'conflict';
  if (outcome === 'published') return 'published';
  if (outcome === 'already-there') return 'there';
  if (outcome !== undefined) return outcome === 'unknown' ? 'in-doubt' : 'not-published';
  if (state === 'unknown') return 'not-known';
  const isPartial = files?.some((file) => file.state === 'absent') === true;
  return !isPartial && isOurs(state) ? 'there' : 'not-published';
}

function good(report: ReleaseReport): string {
  if (report.command === 'build') return `${builtVerdict(report.artifacts)}.`;
  const count = counts(report);
  if (!writes(report.command)) return `${counted(report)}.`;
  const moved = report.pointers.filter(({ outcome }) => outcome === 'moved').length;
  if (count.published > 0)
    return `${count.published} published${thereAlready(count.there)}; all read back.`;
  if (moved > 0)
    return `Every artifact was there already${newlySigned(report)}; ${moved} of ${report.pointers.length} pointers moved.`;
  return `Everything was there already${newlySigned(report) || '; nothing was written'}.`;
}

/** Signatures are written, too, to the registry and into a log. */
function newlySigned({ artifacts }: ReleaseReport): string {
  const all = artifacts.filter(({ proofs = [] }) => proofs.some(({ isNew }) => isNew));
  return all.length === 0 ? '' : `; ${all.length} of ${artifacts.length} signed now`;
}

function counted(report: ReleaseReport): string {
  if (report.command === 'build') return builtVerdict(report.artifacts);
  const count = counts(report);
  const all = report.artifacts.length;
  const isPlan = !writes(report.command);
  const first = isPlan
    ? `${count['not-published']} of ${all} artifacts to publish`
    : `${count.published} of ${all} artifacts published`;
  const conflicts = count.conflict === 0 ? '' : `, ${count.conflict} in conflict`;
  const doubtful = count['in-doubt'] === 0 ? '' : `, ${count['in-doubt']} in doubt`;
  const left = isPlan ? count['not-known'] : count['not-known'] + count['not-published'];
  const rest = left === 0 ? '' : `, ${left} ${isPlan ? 'not known' : 'not published'}`;
  const ending = isPlan ? unsent(report) : pointers(report);
  return `${first}${thereAlready(count.there)}${conflicts}${doubtful}${rest}${ending}`;
}

function unsent({ command }: ReleaseReport): string {
  return command === 'plan' ? '' : '; nothing was sent';
}

function thereAlready(count: number): string {
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'was' : 'were'} there already`;
}

function pointers({ artifacts, pointers: all }: ReleaseReport): string {
  if (all.length === 0) return '';
  const moved = all.filter(({ outcome }) => outcome === 'moved').length;
  if (moved > 0) return `; ${moved} of ${all.length} pointers moved`;
  // Pointers move only after everything is published. We do not know about one whose answer was
  // lost.
  const isKnown =
    artifacts.some((artifact) => !['published', 'there'].includes(statusOf(artifact))) ||
    all.every(({ outcome, now }) => outcome !== undefined || now !== undefined);
  return isKnown ? '; no pointer was moved' : '';
}

function counts(report: ReleaseReport): Readonly<Record<ArtifactStatus, number>> {
  const count: Record<ArtifactStatus, number> = {
    published: 0,
    there: 0,
    conflict: 0,
    'in-doubt': 0,
    'not-published': 0,
    'not-known': 0,
  };
  for (const artifact of report.artifacts) count[statusOf(artifact)] += 1;
  return count;
}
