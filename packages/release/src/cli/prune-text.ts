import colors from 'picocolors';
import type { KeepReason } from '../prune/decide.ts';
import type { PrunedVersion, PruneReport } from '../prune/prune-report.ts';
import { problemLines } from './problem-lines.ts';
import { nameAndVersion, registryIfSeveral, shortSha, table } from './table.ts';

const REASONS: Readonly<Record<KeepReason, string>> = {
  newest: 'stays: one of the newest',
  young: 'stays: young enough',
  release: 'stays: its commit is released',
  pointer: 'stays: a name that moves names its commit',
  current: 'stays: a commit that stays has no other',
  foreign: 'stays: another tool made it',
  'age-unknown': 'stays: nobody says how old it is',
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
      ? ['No registry that removes versions has a dev build.']
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
  if (action === 'keep') return colors.dim(reason === undefined ? 'stays' : REASONS[reason]);
  if (outcome === 'removed' || outcome === 'gone')
    return colors.green(outcome === 'gone' ? 'was gone' : 'removed');
  if (outcome === 'kept') return `stays: ${explanation ?? 'something else needs it'}`;
  if (outcome !== undefined) return colors.red(outcome);
  return isPlan || problems.length === 0 ? 'to remove' : colors.red('not removed');
}

function summary({ exitCode, isPlan, status, versions }: PruneReport): string {
  const going = versions.filter(({ action }) => action === 'remove');
  const staying = versions.length - going.length;
  const removed = going.filter(({ outcome }) => outcome === 'removed' || outcome === 'gone').length;
  const kept = going.filter(({ outcome }) => outcome === 'kept').length;
  if (status !== 'converged') {
    const how = isPlan ? 'Nothing was removed. ' : `${removed} of ${going.length} removed. `;
    return `${how}${colors.red(`Exit ${exitCode} (${status}).`)}`;
  }
  if (isPlan && going.length > 0)
    return `${going.length} would go, ${staying} stay. ${colors.yellow('Nothing was removed: add --yes to remove them.')}`;
  return colors.green(`${removed} removed, ${staying + kept} stay.`);
}
