import { posix } from 'node:path';
import { actionName, type ShellCommand, textAt } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { callOf } from './calls.ts';
import { directoriesOf, normal } from './directories.ts';
import type { Script, StepFacts, WorkflowFacts } from './facts.ts';
import { publishedBy, publishedByAction } from './publishing.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';

export const imageLabels: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'image-labels',
    title: 'A published image names its commit.',
    why: 'Without `org.opencontainers.image.revision`, nobody can tell from a running image which commit it was built from, and a rollback is guesswork.',
  },
  (facts) => [
    ...facts.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap(({ steps }) =>
        steps.flatMap((step) => actionHit({ workflow, step }, facts)),
      ),
    ),
    ...facts.scripts.flatMap((script) => scriptHits(script, facts)),
  ],
);

const HINT =
  'Set the labels `org.opencontainers.image.revision`, `.source` and `.version`; `ameide-release publish` does it for the images of the definition.';
const ACTION_HINT =
  'Add docker/metadata-action and `labels: ${{ steps.meta.outputs.labels }}`; `ameide-release publish` labels the images of the definition.';

function actionHit(at: StepFacts, facts: WorkflowFacts): readonly Hit[] {
  const { step, workflow } = at;
  const { uses } = step;
  if (uses === undefined || actionName(uses.text) !== 'docker/build-push-action') return [];
  if (publishedByAction(at) === undefined) return [];
  const labels = textAt(step.with, 'labels') ?? '';
  if (labels.includes('${{') || labels.includes('org.opencontainers.image.revision')) return [];
  const context = textAt(step.with, 'context') ?? '.';
  if (isLabelled(textAt(step.with, 'file') ?? posix.join(context, 'Dockerfile'), facts)) return [];
  return [
    {
      path: workflow.path,
      text: workflow.text,
      offset: uses.start,
      message:
        labels === ''
          ? 'The image is pushed without labels.'
          : 'The labels of the image do not name its commit.',
      hint: ACTION_HINT,
    },
  ];
}

function isLabelled(dockerfile: string, { labelledDockerfiles }: WorkflowFacts): boolean {
  return dockerfile.includes('${{') || labelledDockerfiles.has(normal(dockerfile));
}

/** Builds of a script that pushes: a build for a test needs no label. */
function scriptHits(script: Script, facts: WorkflowFacts): readonly Hit[] {
  const pushes = script.commands.some((command) => {
    const call = callOf(command);
    return call !== undefined && publishedBy(call, undefined, facts)?.ecosystem === 'oci';
  });
  if (!pushes) return [];
  const directories = directoriesOf(script);
  return script.commands
    .filter((command) => isUnlabelledBuild(command, directories.get(command), facts))
    .map((command) =>
      hitAt(script, command, {
        message: 'The image is built without labels, and pushed.',
        hint: HINT,
      }),
    );
}

function isUnlabelledBuild(
  command: ShellCommand,
  directory: string | undefined,
  facts: WorkflowFacts,
): boolean {
  const call = callOf(command);
  const values = call?.args.map(({ value }) => value) ?? [];
  const words = values.filter((one) => !one.startsWith('-'));
  if (!/^(?:docker|podman|buildah)$/.test(call?.program ?? '')) return false;
  if (
    words[0] !== 'build' &&
    !(words[0] === 'buildx' && words[1] === 'build') &&
    !(words[0] === 'image' && words[1] === 'build')
  )
    return false;
  if (
    values.some((one) =>
      /org\.opencontainers\.image\.revision|^--label(?:=|$)?.*\$|^--label-file|^\$\{?\w*(?:LABEL|ARGS|OPTS|FLAGS)/i.test(
        one,
      ),
    )
  )
    return false;
  const labels = values.filter((_, index) => values[index - 1] === '--label');
  if (labels.some((one) => one.startsWith('$'))) return false;
  const flag = values.findIndex((one) => one === '-f' || one === '--file');
  const file =
    flag === -1 ? posix.join(words.at(-1) ?? '.', 'Dockerfile') : (values[flag + 1] ?? '');
  return directory !== undefined && !isLabelled(posix.join(directory, file), facts);
}
