import { localPath, type Workflow, type YamlScalar } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import type { WorkflowFacts } from './facts.ts';
import { type Hit, workflowRule } from './report.ts';

const COMMIT = /^[0-9a-f]{40}$/;

export const actionUnpinned: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'action-unpinned',
    zizmor: 'unpinned-uses',
    title: 'Every third-party action is pinned to a commit.',
    why: 'A tag or a branch can be moved: whoever takes over the action runs their code beside your tokens, as happened to tj-actions/changed-files in March 2025.',
  },
  ({ workflows }) =>
    workflows.flatMap((workflow) =>
      workflow.jobs.flatMap(({ steps, uses }) =>
        [uses, ...steps.map((step) => step.uses)].flatMap((one) =>
          one === undefined ? [] : unpinned(workflow, one),
        ),
      ),
    ),
);

function unpinned({ path, text }: Workflow, uses: YamlScalar): readonly Hit[] {
  const written = uses.text;
  const hit = (message: string, hint: string): readonly Hit[] => [
    { path, text, offset: uses.start, message, hint },
  ];
  if (localPath(written) !== undefined || written.startsWith('../') || written.includes('${{'))
    return [];
  if (written.startsWith('docker://'))
    return /@sha256:[0-9a-f]{64}$/.test(written)
      ? []
      : hit(
          `The image ${written.slice('docker://'.length)} can change under its tag.`,
          'Write its digest after it: `docker://NAME@sha256:…` (`docker buildx imagetools inspect NAME` prints it).',
        );
  const [name = '', ref] = written.split('@');
  if (ref !== undefined && COMMIT.test(ref)) return [];
  if (ref === undefined || ref === '')
    return hit(
      `${name} has no ref, so GitHub refuses it.`,
      'Write a commit after it: `NAME@<40 hex digits> # vX.Y.Z`.',
    );
  const repository = name.split('/').slice(0, 2).join('/');
  return hit(
    `${written} is a tag or a branch, which can be moved.`,
    `Write the commit: \`uses: ${name}@<40 hex digits> # ${ref}\`. \`git ls-remote https://github.com/${repository} '${ref}' '${ref}^{}'\` prints it (the last line); Dependabot keeps it up to date.`,
  );
}
