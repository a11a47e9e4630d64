import {
  entriesOf,
  expressionsIn,
  referencesIn,
  type Step,
  textAt,
  valueAt,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { publishedByAction } from './action-publishing.ts';
import type { JobFacts, Script, StepFacts, WorkflowFacts } from './facts.ts';
import { isPublishing, isPush } from './publish-commands.ts';

import { type Hit, workflowRule } from './report.ts';
import { shortText } from './short-text.ts';

export const publishSkipped: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'publish-skipped',
    ofGenerated: true,
    title: 'What cannot be published is an error, not a reason to skip it.',
    why: 'A guard for a missing repository or a missing token keeps the run green for months after the token has expired, and nobody learns that a registry lags behind.',
  },
  (facts) => [
    ...facts.scripts.flatMap((script) => skippedInScript(script)),
    ...facts.jobs.flatMap((job) => skippedSteps(job, facts)),
  ],
);

const HINT =
  'Remove the guard. `ameide-release plan` names a repository, a token or a right that is missing, before anything is published.';
/** Asks whether a repository is there. */
const REPOSITORY =
  /\bgh repo view\b|\bgit ls-remote\b|\bgh api (?:-\S+ )*["']?\/?repos\/[^/\s"']+\/[^/\s"']+["']?(?:\s|$)|\bcurl\b[^|]*api\.github\.com\/repos\/[^/\s"']+\/[^/\s"']+["']?(?:\s|$)/;
/** Asks whether a token is there. */
const TOKEN =
  /-[zn]\s+"?\$\{?\w*(?:TOKEN|SECRET|PASSWORD|API_KEY|_PAT)\b|\$\{?\w*(?:TOKEN|SECRET|PASSWORD|API_KEY|_PAT)(?::?-)?\}?"?\s*(?:=|!=)=?\s*(?:""|'')/;

/** What follows such a guard publishes, or pushes. */
function skippedInScript({ commands, path, source, text }: Script): readonly Hit[] {
  const reported = new Set<number>();
  return commands.flatMap((command) => {
    if (!isPublishing(command) && !isPush(command)) return [];
    const guard = command.conditions.find(
      (one) => REPOSITORY.test(one.text) || TOKEN.test(one.text),
    );
    if (guard === undefined || reported.has(guard.start)) return [];
    reported.add(guard.start);
    const what = REPOSITORY.test(guard.text) ? 'repository' : 'token';
    return {
      path,
      text,
      offset: source.offsetOf(guard.start),
      message: `\`${shortText(command)}\` is silently skipped when a ${what} is missing.`,
      hint: HINT,
    };
  });
}

/** `if: env.NPM_TOKEN != ''` of a step or a job that publishes, or the output of a step that asked. */
function skippedSteps(job: JobFacts, facts: WorkflowFacts): readonly Hit[] {
  const sending = job.steps.filter((one) => sends(one, job));
  const asking = askingReferences(job, facts);
  const owners = [
    ...sending.map(({ step, workflow }) => ({ body: step.body, workflow, what: 'This step' })),
    ...(sending.length > 0
      ? [{ body: job.job.body, workflow: job.workflow, what: `The job ${job.job.id}` }]
      : []),
  ];
  return owners.flatMap(({ body, what, workflow }) => {
    const condition = valueAt(body, 'if');
    if (condition?.kind !== 'scalar') return [];
    const needed = asksForToken(condition.text)
      ? 'a token'
      : asksForRepository(condition.text, asking)
        ? 'a repository'
        : undefined;
    if (needed === undefined) return [];
    return {
      path: workflow.path,
      text: workflow.text,
      offset: condition.start,
      message: `${what} publishes only where ${needed} is there, and is silently skipped otherwise.`,
      hint: HINT,
    };
  });
}

function sends({ step, workflow }: StepFacts, { scriptsOf }: JobFacts): boolean {
  return (
    publishedByAction({ workflow, step }) !== undefined ||
    scriptsOf(step).some(({ commands }) => commands.some((one) => isPublishing(one) || isPush(one)))
  );
}

/**
 * What says whether a repository is there: outputs of steps that asked, `steps.mirror`, and outputs of
 * jobs that pass them on, `needs.check.outputs.exists`.
 */
function askingReferences(job: JobFacts, { jobs }: WorkflowFacts): ReadonlySet<string> {
  const others = jobs.filter(({ workflow }) => workflow === job.workflow);
  return new Set([
    ...askingSteps(job).map((id) => `steps.${id}`),
    ...others.flatMap((other) => {
      const ids = askingSteps(other).map((id) => `steps.${id}.`);
      return entriesOf(valueAt(other.job.body, 'outputs')).flatMap(({ key, value }) => {
        const text = value.kind === 'scalar' ? value.text.toLowerCase() : '';
        const passes = ids.some((id) => text.includes(id));
        return passes ? `needs.${other.job.id}.outputs.${key.text}`.toLowerCase() : [];
      });
    }),
  ]);
}

/** The ids of steps that write into their outputs whether a repository is there. */
function askingSteps({ scripts }: JobFacts): readonly string[] {
  const asking = scripts.filter(({ commands }) =>
    commands.some(
      ({ conditions, redirects }) =>
        redirects.some(({ text }) => text.includes('GITHUB_OUTPUT')) &&
        conditions.some(({ text }) => REPOSITORY.test(text)),
    ),
  );
  return asking.flatMap(({ step }) => idOf(step) ?? []);
}

function idOf(step: Step | undefined): string | undefined {
  return step === undefined ? undefined : textAt(step.body, 'id')?.toLowerCase();
}

function asksForRepository(condition: string, asking: ReadonlySet<string>): boolean {
  return referencesIn(bare(condition)).some((one) =>
    asking.has(one.startsWith('steps.') ? one.split('.', 2).join('.') : one),
  );
}

function asksForToken(condition: string): boolean {
  const text = bare(condition);
  const isAsked = /!=\s*(?:''|null)|(?:''|null)\s*!=|^\s*!?\s*secrets\.\w+\s*$/.test(text);
  return referencesIn(text).some(
    (one) =>
      /^(?:secrets|env|steps|needs)\.(?:.*\.)?[\w-]*(?:token|secret|password|api[_-]key)/.test(
        one,
      ) &&
      (isAsked || (/^(?:steps|needs)\./.test(one) && /==\s*'true'/.test(text))),
  );
}

/** An `if` is an expression with or without its braces. */
function bare(condition: string): string {
  const bodies = expressionsIn(condition).map(({ body }) => body);
  return bodies.length > 0 ? bodies.join(' ') : condition;
}
