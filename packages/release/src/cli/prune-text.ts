import colors from 'picocolors';
import type { KeepReason } from '../prune/decide.ts';
import type { PrunedVersion, PruneReport } from '../prune/prune-report.ts';
import { problemLines } from './problem-lines.ts';
import { nameAndVersion, registryIfSeveral, shortSha, table } from './table.ts';

const REASONS: Readonly<Record<KeepReason, string>> = {
  newest: 'kept: one of the newest (--keep)',
  young: 'kept: recent (--younger-than)',
  release: 'kept: its commit is a release or a candidate',
  pointer: 'kept: a pointer names its commit',
  current: 'kept: a later commit that is kept has no build of its own',
  foreign: 'kept: another tool published it',
  'age-unknown': 'kept: its age is unknown',
};

/** `prune` for people. */
export function pruneText(report: PruneReport): string {
  const { notes, problems, versions } = report;
  const rows = versions.map((one) => [
    ...nameAndVersion(one),
    one.datetime?.slice(0, 10) ?? '',
    shortSha(one.sha),
    statusOf(one, report),
    registryIfSeveral(one),
  ]);
  return [
    ...(rows.length === 0
      ? ['No registry from which prune can remove versions has a dev build.']
      : [table(['ARTIFACT', 'VERSION', 'DATE', 'BUILT FROM', 'PRUNE', 'AT'], rows)]),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(problems, { artifacts: versions, readsOnly: report.isPlan }),
    '',
    summary(report),
  ].join('\n');
}

function statusOf(
  { action, explanation, outcome, reason }: PrunedVersion,
  { isPlan, problems }: PruneReport,
): string {
  if (action === 'keep') return colors.dim(reason === undefined ? 'kept' : REASONS[reason]);
  if (outcome === 'removed' || outcome === 'gone')
    return colors.green(outcome === 'gone' ? 'already gone' : 'removed');
  if (outcome === 'kept') return `kept: ${explanation ?? 'something else needs it'}`;
  if (outcome !== undefined) return colors.red(outcome);
  return isPlan || problems.length === 0 ? 'to remove' : colors.red('not removed');
}

function summary({ exitCode, isPlan, status, versions }: PruneReport): string {
  const toRemove = versions.filter(({ action }) => action === 'remove');
  const keptByPlan = versions.length - toRemove.length;
  const removed = toRemove.filter(
    ({ outcome }) => outcome === 'removed' || outcome === 'gone',
  ).length;
  const kept = toRemove.filter(({ outcome }) => outcome === 'kept').length;
  if (status !== 'converged') {
    const wasTried = versions.some(({ outcome }) => outcome !== undefined);
    const how = !wasTried ? 'Nothing was removed. ' : `${removed} of ${toRemove.length} removed. `;
    return `${how}${colors.red(`Exit ${exitCode} (${status}).`)}`;
  }
  if (isPlan && toRemove.length > 0)
    return `${toRemove.length} to remove, ${keptByPlan} kept. ${colors.yellow('Nothing was removed yet: add --yes to remove them.')}`;
  if (isPlan) return colors.green(`Nothing to remove, ${keptByPlan} kept.`);
  return colors.green(`${removed} removed, ${keptByPlan + kept} kept.`);
}
