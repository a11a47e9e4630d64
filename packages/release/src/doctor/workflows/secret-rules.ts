import {
  actionName,
  type EmbeddedText,
  embeddedText,
  entriesOf,
  entryOf,
  expressionsIn,
  referencesIn,
  type Step,
  valueAt,
  type Workflow,
  type YamlMap,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import type { WorkflowFacts } from './facts.ts';
import { type Hit, workflowRule } from './report.ts';
import { untrustedIn, withoutTests } from './untrusted.ts';

export const secretScope: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'secret-scope',
    title: 'A secret is in the environment of the one step that needs it.',
    why: 'In the environment of a job or a workflow, every step can read it: also the build, the tests, and the install scripts of their dependencies.',
  },
  ({ workflows }) =>
    workflows.flatMap((workflow) => [
      ...secretsOf(workflow, workflow.root, 'every job of the workflow'),
      ...workflow.jobs.flatMap(({ body, id, steps }) =>
        // In a job with one step, the job's environment is that of the step.
        id === '' || steps.length === 1
          ? []
          : secretsOf(workflow, body, `every step of the job ${id}`),
      ),
    ]),
);

function secretsOf(workflow: Workflow, owner: YamlMap | undefined, who: string): readonly Hit[] {
  return entriesOf(entryOf(owner, 'env')?.value).flatMap(({ key, value }) => {
    if (value.kind !== 'scalar') return [];
    const secret = expressionsIn(value.text).flatMap(({ body }) => secretsIn(body))[0];
    if (secret === undefined) return [];
    return {
      path: workflow.path,
      text: workflow.text,
      offset: key.start,
      message: `${capital(who)} can read ${secret}, as \`${key.text}\`.`,
      hint: `Write it in the \`env:\` of the step that needs it.`,
    };
  });
}

function secretsIn(body: string): readonly string[] {
  return referencesIn(withoutTests(body)).flatMap((one) => {
    if (one === 'github.token' || one === 'secrets.github_token') return "the job's token";
    return one.startsWith('secrets.') || one === 'secrets'
      ? `the secret ${one.slice('secrets.'.length).toUpperCase()}`.trim()
      : [];
  });
}

export const secretInScript: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'secret-in-script',
    title: 'A secret reaches a script through the environment.',
    why: 'An expression is replaced before the shell reads the script: a `$` or a quote in the secret changes what runs, and the secret is in the file that the runner writes and in what `set -x` or `ps` show.',
  },
  (facts) =>
    scriptTexts(facts).flatMap(({ source, workflow }) =>
      expressionsIn(source.text).flatMap(({ body, start }) => {
        const [secret] = secretsIn(body);
        if (secret === undefined) return [];
        return {
          path: workflow.path,
          text: workflow.text,
          offset: source.offsetOf(start),
          message: `The script contains ${secret} itself.`,
          hint: `Write it in the step's \`env:\`, for example \`TOKEN: \${{ ${body} }}\`, and "$TOKEN" in the script.`,
        };
      }),
    ),
);

export const untrustedText: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'untrusted-text-in-script',
    zizmor: 'template-injection',
    title: 'No text that others choose becomes part of a script.',
    why: 'An expression is replaced before the shell reads the script. Whoever names a branch, or writes a title, writes commands that run with the job’s tokens.',
  },
  (facts) =>
    scriptTexts(facts).flatMap(({ source, workflow }) =>
      expressionsIn(source.text).flatMap(({ body, start }) => {
        const untrusted = untrustedIn(body, workflow);
        if (untrusted === undefined) return [];
        return {
          path: workflow.path,
          text: workflow.text,
          offset: source.offsetOf(start),
          message: `\`${untrusted}\` becomes part of the script, and ${whoChooses(untrusted)}.`,
          hint: `Write it in the step's \`env:\`, for example \`TEXT: \${{ ${body} }}\`, and "$TEXT" in the script.`,
        };
      }),
    ),
);

function whoChooses(reference: string): string {
  return /^(?:github\.event\.)?inputs\./.test(reference)
    ? 'whoever starts it chooses its text'
    : 'others choose its text';
}

interface ScriptText {
  readonly workflow: Workflow;
  readonly source: EmbeddedText;
}

function scriptTexts({ workflows }: WorkflowFacts): readonly ScriptText[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.flatMap(({ steps }) =>
      steps.flatMap((step) => sourcesOf(workflow, step).map((source) => ({ workflow, source }))),
    ),
  );
}

/** `actions/github-script` runs its input. */
function sourcesOf({ text }: Workflow, step: Step): readonly EmbeddedText[] {
  const script = valueAt(step.with, 'script');
  const isScript = actionName(step.uses?.text ?? '') === 'actions/github-script';
  return [
    ...(step.run === undefined ? [] : [step.run]),
    ...(isScript && script?.kind === 'scalar' ? [embeddedText(text, script)] : []),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
