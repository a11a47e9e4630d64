import colors from 'picocolors';
import type {
  ArtifactWithdrawal,
  WithdrawalAction,
  WithdrawalReport,
} from '../withdraw/withdrawal-report.ts';
import { problemLines } from './problem-lines.ts';
import { short, table } from './table.ts';

/** `migrate` and `withdraw` for people. */
export function withdrawalText(report: WithdrawalReport): string {
  const { artifacts, isPlan, notes, problems } = report;
  const concerned = artifacts.filter(({ versions }) => versions.length > 0);
  const actions = concerned.flatMap((one) => one.actions);
  return [
    ...(concerned.length === 0 ? [] : [clients(concerned)]),
    ...section(
      isPlan ? 'This command does with --yes:' : 'This command did:',
      actions.filter(({ by }) => by === 'command'),
    ),
    ...section(
      'A person has to do:',
      actions.filter(({ by }) => by === 'person'),
    ),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(problems, { readsOnly: isPlan }),
    '',
    summary(report, actions),
  ].join('\n');
}

function clients(artifacts: readonly ArtifactWithdrawal[]): string {
  const rows = artifacts.map(({ client, ecosystem, versions }) => [
    client.command,
    shown(client.now, ecosystem),
    shown(client.afterCommand, ecosystem),
    client.needsRelease === true ? 'the next release' : shown(client.afterAll, ecosystem),
    versions.length <= 3
      ? versions.join(', ')
      : `${versions.slice(0, 2).join(', ')} and ${versions.length - 2} more`,
  ]);
  return table(['CLIENT', 'INSTALLS NOW', 'AFTER --yes', 'AFTER ALL', 'WITHDRAWN'], rows);
}

/** Without a version that is not retracted, go takes the newest commit of the default branch, if it can. */
function shown(version: string | undefined, ecosystem: string): string {
  if (version !== undefined) return short(version);
  return colors.dim(ecosystem === 'go' ? 'a commit, if any' : 'nothing');
}

function section(title: string, actions: readonly WithdrawalAction[]): readonly string[] {
  if (actions.length === 0) return [];
  return ['', colors.bold(title), ...actions.flatMap(lines)];
}

function lines(action: WithdrawalAction): readonly string[] {
  const { by, how, isReversible, outcome, undo } = action;
  const ended = outcome === undefined ? '' : `: ${OUTCOMES[outcome]}`;
  const steps = by === 'command' ? [] : how.split('\n').map((line) => `    ${line}`);
  const back = isReversible ? `to take it back: ${undo}` : `cannot be taken back. ${undo}`;
  return [`  ${what(action)}${ended}`, ...steps, colors.dim(`    ${back}`)];
}

const OUTCOMES: Readonly<Record<NonNullable<WithdrawalAction['outcome']>, string>> = {
  done: colors.green('done'),
  already: colors.green('already done'),
  blocked: colors.red('not done'),
};

function what({
  from = 'nothing',
  kind,
  message = '',
  subject,
  to = '',
}: WithdrawalAction): string {
  if (kind === 'move-pointer') return `${subject}: from ${short(from)} to ${to}`;
  if (kind === 'deprecate') return `deprecate ${subject}: "${message}"`;
  return kind === 'yank' ? `yank ${subject}` : `retract ${subject}`;
}

function summary(
  { exitCode, isPlan, status }: WithdrawalReport,
  actions: readonly WithdrawalAction[],
): string {
  if (status !== 'converged') return colors.red(`Exit ${exitCode} (${status}).`);
  const ours = actions.filter(({ by }) => by === 'command').length;
  const theirs = actions.length - ours;
  if (actions.length === 0) return colors.green('Nothing is left to do.');
  if (isPlan && ours > 0)
    return colors.yellow(
      `Nothing was changed yet: the same command with --yes does ${ours} of ${actions.length} steps.`,
    );
  const left = theirs === 0 ? 'Nothing is left to do.' : `${theirs} left for a person.`;
  return `${isPlan ? '' : `${ours} done. `}${left}`;
}
