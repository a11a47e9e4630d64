import type { JobFacts } from '../doctor/workflows/facts.ts';
import { publishes } from '../doctor/workflows/job-needs.ts';
import { readWorkflowFacts } from '../doctor/workflows/read-facts.ts';
import { WORKFLOW_FILE } from './definition-data.ts';
import type { RepositoryFacts } from './facts.ts';

/** What to do about workflows that publish already: they would publish the same commits, by their own rules. */
export async function otherWorkflows({ files }: RepositoryFacts): Promise<readonly string[]> {
  const { jobs } = await readWorkflowFacts(files, []);
  const publishing = jobs.filter((one) => one.workflow.path !== WORKFLOW_FILE && publishes(one));
  const byFile = Map.groupBy(publishing, ({ workflow }) => workflow.path);
  return [...byFile].map(([path, group]) => stepFor(path, group));
}

function stepFor(path: string, jobs: readonly JobFacts[]): string {
  const names = jobs.map(({ job }) => job.id).join(', ');
  const events = jobs[0]?.workflow.events.map(({ text }) => text).join(', ');
  return `before you push, remove what publishes in ${path} (${jobs.length === 1 ? 'job' : 'jobs'} ${names}, on ${events}): it would publish beside ameide-release, with other versions`;
}
