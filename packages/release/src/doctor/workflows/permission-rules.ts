import {
  entriesOf,
  entryOf,
  type Workflow,
  type YamlEntry,
  type YamlMap,
} from '@ameide/source-files/workflows';
import type { Rule } from '../finding.ts';
import type { JobFacts, WorkflowFacts } from './facts.ts';
import { mayNeedIdentity, mayWriteContents, mayWritePackages } from './job-needs.ts';
import { type Hit, workflowRule } from './report.ts';

export const permissionsMissing: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'permissions-missing',
    zizmor: 'excessive-permissions',
    title: 'Each job says which permissions its token has.',
    why: 'Otherwise, the token has whatever the repository’s settings give: in older repositories, write access to everything.',
  },
  (facts) =>
    ownWorkflows(facts).flatMap((workflow) => {
      if (entryOf(workflow.root, 'permissions') !== undefined) return [];
      const without = workflow.jobs.filter(
        ({ body }) => entryOf(body, 'permissions') === undefined,
      );
      const [first] = without;
      if (first === undefined) return [];
      const names = without.map(({ id }) => id).join(', ');
      return {
        path: workflow.path,
        text: workflow.text,
        offset: first.key.start,
        message:
          without.length === 1
            ? `The job ${names} does not say which permissions its token has.`
            : `${without.length} jobs do not say which permissions their token has: ${names}.`,
        hint: 'Write `permissions: {}` at the top of the workflow, and in each job what it needs, for example `contents: read`.',
      };
    }),
);

export const permissionsWide: Rule<WorkflowFacts> = workflowRule(
  {
    name: 'permissions-wide',
    zizmor: 'excessive-permissions',
    title: 'No token may write what its job does not write.',
    why: 'Everything that runs in a job can use its token: a dependency of a test can push a commit, publish a package, or prove to PyPI that it is your workflow.',
  },
  (facts) =>
    ownWorkflows(facts).flatMap((workflow) => {
      const jobs = facts.jobs.filter((one) => one.workflow === workflow);
      return [...wideOfWorkflow(workflow, jobs), ...jobs.flatMap((job) => wideOfJob(job))];
    }),
);

function ownWorkflows({ workflows }: WorkflowFacts): readonly Workflow[] {
  return workflows.filter(({ kind }) => kind === 'workflow');
}

/** A job without permissions of its own has those of the workflow. */
function wideOfWorkflow(workflow: Workflow, jobs: readonly JobFacts[]): readonly Hit[] {
  const entry = entryOf(workflow.root, 'permissions');
  const silent = jobs.filter(({ job }) => entryOf(job.body, 'permissions') === undefined);
  if (entry === undefined || silent.length === 0) return [];
  if (isAll(entry)) return [allHit(workflow, entry)];
  const [only] = jobs;
  if (jobs.length === 1 && only !== undefined)
    return scopes(entry).flatMap((scope) => unneeded(scope, only));
  return scopes(entry).map(({ key }) => ({
    ...at(workflow, key.start),
    message: `Every job of the workflow gets \`${key.text}: write\`.`,
    hint: `Write \`${key.text}: write\` in the permissions of the job that needs it, and not at the top.`,
  }));
}

function wideOfJob(job: JobFacts): readonly Hit[] {
  const entry = entryOf(job.job.body, 'permissions');
  if (entry === undefined) return [];
  if (isAll(entry)) return [allHit(job.workflow, entry)];
  return scopes(entry).flatMap((scope) => unneeded(scope, job));
}

function isAll({ value }: YamlEntry): boolean {
  return value.kind === 'scalar' && value.text === 'write-all';
}

function allHit(workflow: Workflow, { value }: YamlEntry): Hit {
  return {
    ...at(workflow, value.start),
    message: 'The token may write everything (`write-all`).',
    hint: 'Write the permissions that the job needs, for example `contents: read`.',
  };
}

/** The scopes that may be written. */
function scopes({ value }: YamlEntry): readonly YamlEntry[] {
  return entriesOf(value as YamlMap).filter(
    (one) => one.value.kind === 'scalar' && one.value.text === 'write',
  );
}

const NEEDS: Readonly<
  Record<string, { readonly isNeeded: (job: JobFacts) => boolean; readonly what: string }>
> = {
  contents: {
    isNeeded: mayWriteContents,
    what: 'nothing in it pushes a commit or a tag, or writes a release',
  },
  packages: { isNeeded: mayWritePackages, what: 'nothing in it writes to GitHub Packages' },
  'id-token': {
    isNeeded: mayNeedIdentity,
    what: 'nothing in it signs, publishes or logs in with its identity',
  },
};

function unneeded({ key }: YamlEntry, job: JobFacts): readonly Hit[] {
  const need = Object.hasOwn(NEEDS, key.text) ? NEEDS[key.text] : undefined;
  if (need === undefined || need.isNeeded(job)) return [];
  return [
    {
      ...at(job.workflow, key.start),
      message: `The job ${job.job.id} may use \`${key.text}: write\`, but ${need.what}.`,
      hint: key.text === 'contents' ? 'Write `contents: read`.' : `Remove \`${key.text}: write\`.`,
    },
  ];
}

function at({ path, text }: Workflow, offset: number): Pick<Hit, 'path' | 'text' | 'offset'> {
  return { path, text, offset };
}
