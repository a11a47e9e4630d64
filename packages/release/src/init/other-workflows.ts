import type { JobFacts } from '../doctor/workflows/facts.ts';
import { publishes, publishesPackages } from '../doctor/workflows/job-needs.ts';
import { readWorkflowFacts } from '../doctor/workflows/read-facts.ts';
import type { Choices } from './choices.ts';
import { WORKFLOW_FILE } from './definition-data.ts';
import type { RepositoryFacts } from './facts.ts';

/** What to do about workflows that publish already: they would publish the same commits, by their own rules. */
export async function otherWorkflows(
  { files }: RepositoryFacts,
  { images }: Choices,
): Promise<readonly string[]> {
  const { jobs } = await readWorkflowFacts(files, []);
  // Images of services are nobody else's business where the definition has none.
  const isOfInterest = images.length > 0 ? publishes : publishesPackages;
  const publishing = jobs.filter((one) => one.workflow.path !== WORKFLOW_FILE && isOfInterest(one));
  const byFile = Map.groupBy(publishing, ({ workflow }) => workflow.path);
  return [...byFile].map(([path, group]) => stepFor(path, group));
}

function stepFor(path: string, jobs: readonly JobFacts[]): string {
  const names = jobs.map(({ job }) => job.id).join(', ');
  const events = jobs[0]?.workflow.events.map(({ text }) => text).join(', ');
  return `before you push, look at what ${path} publishes (${jobs.length === 1 ? 'job' : 'jobs'} ${names}, on ${events}): remove what ameide-release publishes now, or it gets other versions from there`;
}
