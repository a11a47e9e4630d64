import { posix } from 'node:path';
import {
  actionName,
  type MatrixRow,
  matrixRows,
  type ShellCommand,
  textAt,
  withMatrix,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import { buildsImage, publishedByAction } from './action-publishing.ts';
import { callOf, isComputed } from './calls.ts';
import { directoriesOf, normal } from './directories.ts';
import type { Script, StepFacts, WorkflowFacts } from './facts.ts';
import { publishedBy } from './publishing.ts';
import { type Hit, hitAt, workflowRule } from './report.ts';

export const imageLabels: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'image-labels',
    ofGenerated: true,
    title: 'A published image names its commit.',
    why: 'Without `org.opencontainers.image.revision`, nobody can tell from a running image which commit it was built from, and a rollback is guesswork.',
  },
  (facts) => [
    ...facts.workflows.flatMap((workflow) =>
      workflow.jobs.flatMap(({ body, steps }) =>
        steps.flatMap((step) => actionHit({ workflow, step }, matrixRows(body), facts)),
      ),
    ),
    ...facts.scripts.flatMap((script) => scriptHits(script, facts)),
  ],
);

const HINT =
  'Set the labels `org.opencontainers.image.revision`, `.source` and `.version`; `ameide-release publish` does it for the images of the definition.';
const ACTION_HINT =
  'Add docker/metadata-action and `labels: ${{ steps.meta.outputs.labels }}`; `ameide-release publish` labels the images of the definition.';

function actionHit(
  at: StepFacts,
  rows: readonly MatrixRow[] | undefined,
  facts: WorkflowFacts,
): readonly Hit[] {
  const { step, workflow } = at;
  const { uses } = step;
  if (uses === undefined || !buildsImage(actionName(uses.text))) return [];
  if (publishedByAction(at) === undefined) return [];
  const labels = textAt(step.with, 'labels') ?? '';
  if (labels.includes('${{') || labels.includes('org.opencontainers.image.revision')) return [];
  const context = textAt(step.with, 'context') ?? '.';
  const file = textAt(step.with, 'file') ?? posix.join(context, 'Dockerfile');
  const files = new Set((rows ?? [new Map()]).map((row) => withMatrix(file, row)));
  const unlabelled = [...files].filter((one) => !mayBeLabelled(one, facts));
  if (unlabelled.length === 0) return [];
  const of = file.includes('${{') && files.size > 1 ? ` (${unlabelled.join(', ')})` : '';
  return [
    {
      path: workflow.path,
      text: workflow.text,
      offset: uses.start,
      message:
        labels === ''
          ? `The image is pushed without labels${of}.`
          : `The labels of the image do not name its commit${of}.`,
      hint: ACTION_HINT,
    },
  ];
}

/** A Dockerfile of which an expression says the name may be any of those that label their image. */
function mayBeLabelled(dockerfile: string, { labelledDockerfiles }: WorkflowFacts): boolean {
  return isComputed(dockerfile)
    ? labelledDockerfiles.size > 0
    : labelledDockerfiles.has(normal(dockerfile));
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
  return directory !== undefined && !mayBeLabelled(posix.join(directory, file), facts);
}
