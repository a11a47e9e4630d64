import {
  actionName,
  entriesOf,
  type ShellCommand,
  type Step,
  textAt,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { callOf } from './calls.ts';
import type { JobFacts, StepFacts, WorkflowFacts } from './facts.ts';
import { isOurs, mayPushWithGit } from './job-needs.ts';
import { type Hit, workflowRule } from './report.ts';
import { setInputs } from './step-edits.ts';
import { unseenIn } from './unseen.ts';

export const checkoutShallow: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'checkout-shallow',
    title: 'A job that derives a version checks out the whole history, with tags.',
    why: 'A version follows from tags and ancestors. In a shallow clone they are missing, so the job fails, or a tool that counts commits counts one.',
  },
  ({ jobs }) =>
    jobs.flatMap((job) => {
      const reader = readerOfHistory(job);
      return reader === undefined || fetchesHistory(job)
        ? []
        : checkouts(job).flatMap((one) => shallow(one, reader, job));
    }),
);

function shallow(checkout: StepFacts, reader: string, job: JobFacts): readonly Hit[] {
  const { step, workflow } = checkout;
  const depth = textAt(step.with, 'fetch-depth');
  if (depth === '0' || depth?.includes('${{') === true || step.uses === undefined) return [];
  const credentials =
    keepsCredentials(checkout, job) && mayLoseCredentials(checkout, job)
      ? { 'persist-credentials': 'false' }
      : {};
  const values = { 'fetch-depth': '0', ...(step.with === undefined ? credentials : {}) };
  const edits = setInputs(workflow.text, step, values);
  return [
    {
      path: workflow.path,
      text: workflow.text,
      offset: step.uses.start,
      message: `The checkout fetches ${depth === undefined || depth === '1' ? 'one commit' : `${depth} commits`}, and ${reader} in the same job needs the history and the tags.`,
      hint: 'Write `fetch-depth: 0` below `with:` of the checkout.',
      ...(edits === undefined ? {} : { edits }),
    },
  ];
}

export const checkoutCredentials: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'checkout-credentials',
    zizmor: 'artipacked',
    title: 'A job with tokens leaves no git credentials in its checkout.',
    why: 'By default, the checkout keeps the job’s token where every later step reads it: a dependency’s install script, and whoever downloads an artifact that contains the folder.',
  },
  ({ jobs }) =>
    jobs.flatMap((job) =>
      checkouts(job)
        .filter((one) => keepsCredentials(one, job))
        .flatMap((one) => credentialsHit(one, job)),
    ),
);

function credentialsHit(checkout: StepFacts, job: JobFacts): readonly Hit[] {
  const { step, workflow } = checkout;
  if (step.uses === undefined) return [];
  // Without `with:` the fix of the other rule writes both lines: two of them would write `with:` twice.
  const isFixedThere =
    step.with === undefined && readerOfHistory(job) !== undefined && !fetchesHistory(job);
  const unseen = unseenIn(job);
  const edits =
    isFixedThere || !mayLoseCredentials(checkout, job)
      ? undefined
      : setInputs(workflow.text, step, { 'persist-credentials': 'false' });
  return [
    {
      path: workflow.path,
      text: workflow.text,
      offset: step.uses.start,
      message:
        'The checkout leaves the job’s token in the folder, where every later step can read it.',
      hint:
        unseen === undefined
          ? 'Write `persist-credentials: false` below `with:` of the checkout.'
          : `Write \`persist-credentials: false\` below \`with:\` of the checkout, unless \`${unseen}\` pushes or fetches: what it does could not be seen. Then write \`true\`.`,
      ...(edits === undefined ? {} : { edits }),
    },
  ];
}

/** Those of this repository. */
function checkouts({ steps }: JobFacts): readonly StepFacts[] {
  return steps.filter(
    ({ step }) =>
      actionName(step.uses?.text ?? '') === 'actions/checkout' &&
      textAt(step.with, 'repository') === undefined,
  );
}

function keepsCredentials({ step }: StepFacts, job: JobFacts): boolean {
  // Who writes `true` has decided.
  const isDefault = textAt(step.with, 'persist-credentials') === undefined;
  return isDefault && holdsTokens(job) && !mayPushWithGit(job);
}

/** True if nothing after the checkout asks the host of git again: everything is known, and all objects are there. */
function mayLoseCredentials({ step }: StepFacts, job: JobFacts): boolean {
  const isPartial = ['filter', 'sparse-checkout'].some(
    (key) => textAt(step.with, key) !== undefined,
  );
  return !isPartial && unseenIn(job) === undefined;
}

/** A token that may write, a secret, or an artifact that may contain the folder. */
function holdsTokens({ job, steps, workflow }: JobFacts): boolean {
  const permissions =
    entriesOf(job.body).find(({ key }) => key.text === 'permissions') ??
    entriesOf(workflow.root).find(({ key }) => key.text === 'permissions');
  const texts = [job.body, ...steps.map(({ step }) => step.body)].map(({ end, start }) =>
    workflow.text.slice(start, end),
  );
  return (
    /\bwrite(?:-all)?\b/.test(
      workflow.text.slice(permissions?.value.start, permissions?.value.end ?? 0),
    ) ||
    texts.some((text) => /\$\{\{[^}]*\b(?:secrets\.|github\.token)/.test(text)) ||
    steps.some(({ step }) => actionName(step.uses?.text ?? '') === 'actions/upload-artifact')
  );
}

/** What in a job needs the history; undefined if nothing does. */
function readerOfHistory({ scripts, steps }: JobFacts): string | undefined {
  const byAction = steps.find(({ step }) => readsHistory(step));
  if (byAction?.step.uses !== undefined) return `\`${actionName(byAction.step.uses.text)}\``;
  return scripts
    .flatMap(({ commands }) => commands)
    .map(historyReader)
    .find((one) => one !== undefined);
}

const HISTORY_ACTIONS = new Set([
  'cycjimmy/semantic-release-action',
  'gittools/actions/gitversion/execute',
  'paulhatch/semantic-version',
]);

/** GoReleaser can also be installed alone, or build a snapshot. */
function readsHistory({ uses, with: inputs }: Step): boolean {
  const name = actionName(uses?.text ?? '');
  if (name !== 'goreleaser/goreleaser-action') return HISTORY_ACTIONS.has(name);
  const args = textAt(inputs, 'args') ?? '';
  return /\brelease\b/.test(args) && !args.includes('--snapshot');
}

function historyReader(command: ShellCommand): string | undefined {
  const call = callOf(command);
  if (call === undefined) return undefined;
  const [first = ''] = call.args.map(({ value }) => value);
  if (isOurs(call)) return '`ameide-release`';
  if (call.program === 'semantic-release') return '`semantic-release`';
  const isFromPackage = call.args.some(({ value }) => value === 'from-package');
  if (call.program === 'lerna' && /^(?:publish|version)$/.test(first) && !isFromPackage)
    return `\`lerna ${first}\``;
  if (call.program !== 'git') return undefined;
  if (first === 'describe') return '`git describe`';
  return first === 'rev-list' && call.args.some(({ value }) => value === '--count')
    ? '`git rev-list --count`'
    : undefined;
}

function fetchesHistory({ scripts }: JobFacts): boolean {
  return scripts.some(({ commands }) =>
    commands.some((command) => {
      const values = command.words.map(({ value }) => value);
      return (
        values[0] === 'git' &&
        values.includes('fetch') &&
        values.some((one) => /^--(?:unshallow|depth=0|depth=2147483647|tags)$/.test(one))
      );
    }),
  );
}
