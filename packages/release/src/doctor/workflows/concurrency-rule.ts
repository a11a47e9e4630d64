import { entryOf, type Workflow, type YamlEntry } from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import type { JobFacts, WorkflowFacts } from './facts.ts';
import { publishes, publishesPackages } from './job-needs.ts';
import { type Hit, workflowRule } from './report.ts';
import { calledJobs, jobsOf } from './reusable.ts';

export const publishConcurrency: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'publish-concurrency',
    ofGenerated: true,
    title: 'Runs that publish come one after the other, and none is cancelled.',
    why: 'Registries have no compare-and-swap: of two runs at once, the older one can move `latest` last. A cancelled run leaves half of its artifacts published.',
  },
  (facts) => facts.workflows.flatMap((workflow) => concurrencyOf(workflow, facts)),
);

function groupsOf({ job, workflow }: JobFacts): readonly YamlEntry[] {
  return [entryOf(job.body, 'concurrency'), entryOf(workflow.root, 'concurrency')].filter(
    (one) => one !== undefined,
  );
}

function concurrencyOf(workflow: Workflow, facts: WorkflowFacts): readonly Hit[] {
  const jobs = facts.jobs.filter((one) => one.workflow === workflow);
  const at = { path: workflow.path, text: workflow.text };
  const [cancelled] = jobs
    .filter((job) => jobsOf(job, facts).some(publishesPackages))
    .flatMap((job) => {
      const entries = groupsOf(job).map(({ value }) => entryOf(value, 'cancel-in-progress'));
      const entry = entries.find(
        (one) => one?.value.kind === 'scalar' && one.value.text === 'true',
      );
      return entry === undefined ? [] : [{ entry, name: job.job.id }];
    });
  // Whoever calls a workflow decides what runs beside it; the callers of this repository are judged.
  const isCalled =
    workflow.events.length > 0 && workflow.events.every(({ text }) => text === 'workflow_call');
  const alone = isCalled ? [] : jobs.filter((job) => publishesAlone(job, facts));
  const names = alone.map(({ job }) => job.id).join(', ');
  return [
    ...(cancelled === undefined
      ? []
      : [
          {
            ...at,
            offset: cancelled.entry.key.start,
            message: `The job ${cancelled.name} publishes, and a newer run cancels it in the middle.`,
            hint: 'Write `cancel-in-progress: false`.',
          },
        ]),
    ...alone.slice(0, 1).map(({ job }) => ({
      ...at,
      offset: job.key.start,
      message: `Two runs of this workflow can publish at once (${names}).`,
      hint: 'Write `concurrency: { group: publish, cancel-in-progress: false }` at the top of the workflow.',
    })),
  ];
}

/** True if nothing keeps a job that publishes from running twice: neither its group, nor that of what it calls. */
function publishesAlone(job: JobFacts, facts: WorkflowFacts, depth = 0): boolean {
  if (groupsOf(job).length > 0) return false;
  const called = calledJobs(job, facts, depth);
  return called === undefined
    ? publishes(job)
    : called.some((one) => publishesAlone(one, facts, depth + 1));
}
