import { type ShellCommand, valueAt } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { callOf } from './calls.ts';
import type { JobFacts, Script, WorkflowFacts } from './facts.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';

export const goGetByMajor: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'go-get-by-major',
    ofGenerated: true,
    title: 'No step skips Go modules by their major version.',
    why: 'From v2 on, the module path must end in /vN, or no client can get the release. A step that skips `go get` there hides it until a user reports it.',
  },
  (facts) => [
    ...facts.scripts.flatMap((script) => inScript(script)),
    ...facts.jobs.flatMap((job) => inSteps(job)),
  ],
);

const HINT =
  'Remove the condition, and let the module path end in the major version: `module github.com/OWNER/NAME/v2` in go.mod, from 2.0.0 on.';
/** A test of a major version: `[ "$MAJOR" -gt 1 ]`, `[[ $VERSION == v1.* ]]`, `case $major in`. */
const MAJOR =
  /major|(?:==|=~?|!=)\s*["']?\^?v?\\?[012]\\?\.|(?:==|=~?|!=)\s*["']?\^?v\[(?:2|\^?01)/i;

function inScript(script: Script): readonly Hit[] {
  return script.commands.flatMap((command) => {
    const go = goCommand(command);
    const condition = command.conditions.find(({ text }) => MAJOR.test(text));
    if (go === undefined || condition === undefined) return [];
    return hitAt(script, command, {
      message: `\`${go}\` runs only for some major versions.`,
      hint: HINT,
    });
  });
}

function inSteps({ scriptsOf, steps }: JobFacts): readonly Hit[] {
  return steps.flatMap(({ step, workflow }) => {
    const condition = valueAt(step.body, 'if');
    if (condition?.kind !== 'scalar' || !/major/i.test(condition.text)) return [];
    const go = scriptsOf(step)
      .flatMap(({ commands }) => commands.map(goCommand))
      .find((one) => one !== undefined);
    if (go === undefined) return [];
    return {
      path: workflow.path,
      text: workflow.text,
      offset: condition.start,
      message: `\`${go}\` runs only for some major versions.`,
      hint: HINT,
    };
  });
}

function goCommand(command: ShellCommand): string | undefined {
  const call = callOf(command);
  const [first = '', second = ''] = call?.args.map(({ value }) => value) ?? [];
  if (call?.program !== 'go') return undefined;
  if (first === 'get' || first === 'install') return `go ${first}`;
  if (first === 'mod') return `go mod ${second}`;
  return first === 'list' && call.args.some(({ value }) => value === '-m')
    ? 'go list -m'
    : undefined;
}
