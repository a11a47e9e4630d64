import { localPath } from '@ameide/source-files/workflows';
import { normal } from './directories.ts';
import type { JobFacts, WorkflowFacts } from './facts.ts';
import { publishes } from './job-needs.ts';

/** Deeper than GitHub lets workflows call each other. */
const MAX_DEPTH = 10;

/** The jobs of the workflow of this repository that a job calls; undefined if it calls none. */
export function calledJobs(
  { job }: JobFacts,
  { jobs }: Pick<WorkflowFacts, 'jobs'>,
  depth: number,
): readonly JobFacts[] | undefined {
  const called = localPath(job.uses?.text ?? '');
  if (called === undefined || depth > MAX_DEPTH) return undefined;
  return jobs.filter(({ workflow }) => workflow.path === normal(called));
}

/** The jobs that do a job: itself, or those that it calls. */
export function jobsOf(
  job: JobFacts,
  facts: Pick<WorkflowFacts, 'jobs'>,
  depth = 0,
): readonly JobFacts[] {
  const called = calledJobs(job, facts, depth);
  return called === undefined ? [job] : called.flatMap((one) => jobsOf(one, facts, depth + 1));
}

/** True for a job that publishes, or calls a workflow of this repository that does. */
export function publishesByCall(job: JobFacts, facts: Pick<WorkflowFacts, 'jobs'>): boolean {
  return jobsOf(job, facts).some(publishes);
}
