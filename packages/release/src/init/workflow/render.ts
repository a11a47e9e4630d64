import type { FoundPackage } from '@ameide/source-files/packages';
import type { DefinitionData } from '../definition-data.ts';
import type { RepositoryFacts } from '../facts.ts';
import { buildJob, promoteJob, publishJob, testJob, versionJob } from './jobs.ts';
import { publishingNeeds } from './needs.ts';
import { testSteps } from './test-steps.ts';
import { scalar } from './yaml.ts';

export interface WorkflowQuestion {
  readonly facts: RepositoryFacts;
  readonly data: DefinitionData;
  readonly publish: readonly FoundPackage[];
  readonly form: 'code' | 'data';
  /** True: the jobs with tokens run in the environments dev, candidate and release. */
  readonly environments: boolean;
}

/** `.github/workflows/publish-packages.yml`: decision 50 says why it is as it is. */
export async function renderWorkflow(question: WorkflowQuestion): Promise<string> {
  const { data, facts, publish } = question;
  const parts = {
    ...question,
    needs: publishingNeeds(data),
    tests: await testSteps(facts, publish),
  };
  const jobs = [versionJob, testJob, buildJob, publishJob, promoteJob].map((job) => job(parts));
  return `${head(data)}\njobs:\n${jobs.join('\n')}`;
}

function head({ branches, tagPrefix = 'v' }: DefinitionData): string {
  const branch = branches.map(scalar).join(', ');
  return `# Publishes every push to ${branches.join(' and ')} as a dev build, every tag ${tagPrefix}X.Y.Z as a release and every tag ${tagPrefix}X.Y.Z-rc.N as
# a candidate. Pull requests and merge queues are versioned, tested and built, without any secret.
name: publish-packages

on:
  push:
    branches: [${branch}]
    tags: [${JSON.stringify(`${tagPrefix.replaceAll(/[+*?[\]\\!]/g, String.raw`\$&`)}*.*.*`)}]
  pull_request:
  merge_group:

# Each job asks for what it needs.
permissions: {}

# Runs that publish come one after the other, of whichever branch or tag: registries have no compare-and-swap.
# \`queue: max\` lets all of them wait; without it GitHub drops a waiting run for a newer one, a release for a dev
# build. Other runs publish nothing and wait for nothing.
concurrency:
  group: publish-packages-\${{ github.event_name == 'push' && 'push' || github.run_id }}
  cancel-in-progress: false
  queue: max

defaults:
  run:
    shell: bash
`;
}
