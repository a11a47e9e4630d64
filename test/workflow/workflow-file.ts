import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** The part of a workflow file that we read. A key that is not named here is refused. */
export interface Workflow {
  readonly on: Readonly<Record<string, { branches?: string[]; tags?: string[] } | null>>;
  readonly concurrency: {
    readonly group: string;
    readonly queue?: string;
    readonly 'cancel-in-progress': boolean;
  };
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Job {
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly id?: string;
  readonly name: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

const KNOWN = {
  workflow: ['name', 'on', 'permissions', 'concurrency', 'defaults', 'jobs'],
  job: [
    'name',
    'needs',
    'if',
    'runs-on',
    'timeout-minutes',
    'environment',
    'permissions',
    'outputs',
    'steps',
  ],
  step: ['id', 'name', 'uses', 'with', 'run', 'env', 'working-directory'],
} as const;

export async function readWorkflow(path: string): Promise<Workflow> {
  const workflow = parse(await readFile(path, 'utf8')) as Workflow;
  onlyKnown('workflow', workflow);
  for (const job of Object.values(workflow.jobs)) {
    onlyKnown('job', job);
    for (const step of job.steps) onlyKnown('step', step);
  }
  return workflow;
}

function onlyKnown(kind: keyof typeof KNOWN, value: object): void {
  const known: readonly string[] = KNOWN[kind];
  const other = Object.keys(value).find((key) => !known.includes(key));
  if (other !== undefined) throw new Error(`the runner does not know ${kind}.${other}`);
}

/** Whether an event starts the workflow, by its kind, and a push by its branch or tag. */
export function starts({ on }: Workflow, event: string, ref: string): boolean {
  const filter = on[event];
  if (filter === undefined) return false;
  if (event !== 'push') return true;
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.*)$/s.exec(ref) ?? [];
  const patterns = (kind === 'tags' ? filter?.tags : filter?.branches) ?? [];
  return patterns.some((pattern) => glob(pattern).test(name));
}

/** `*` is anything but a slash; no other special character is known here. */
function glob(pattern: string): RegExp {
  if (!/^[\w./*-]+$/.test(pattern) || pattern.includes('**'))
    throw new Error(`the pattern ${pattern} is not known here`);
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}$`);
}

/** The jobs, each after those that it needs. */
export function inOrder({ jobs }: Workflow): readonly (readonly [string, Job])[] {
  const done = new Map<string, Job>();
  const add = (name: string): void => {
    const job = jobs[name];
    if (job === undefined) throw new Error(`there is no job ${name}`);
    for (const needed of job.needs ?? []) add(needed);
    done.set(name, job);
  };
  for (const name of Object.keys(jobs)) add(name);
  return [...done];
}
