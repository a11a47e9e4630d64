import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseOutputs } from '../../packages/release/test/support/github-step.ts';
import { runAction } from './actions.ts';
import type { GithubEvent } from './events.ts';
import { type Context, evaluate, interpolate, isTruthy } from './expression.ts';
import { inOrder, type Job, type Step, starts, type Workflow } from './workflow-file.ts';

// Stands in for GitHub Actions: runs the `run:` steps of a workflow file as they are written, each job in
// a clone of its own. What GitHub itself would do with the file (its own parser, its permissions, the real
// actions) it cannot show.

export interface Machine {
  /** Where clones, artifacts and temporary folders go; the packages are linked below it. */
  readonly home: string;
  /** The environment of every step: no token in it. */
  readonly env: Readonly<Record<string, string>>;
  /** What the settings of the repository hold: only a step that names one gets it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Called when a `run:` step has started, with the id of its process group. */
  readonly onStart?: (job: string, pid: number) => void;
  /** A step gets these too, if its job may write packages and it is given the job's token: ours is no ghcr.io. */
  readonly packages: Readonly<Record<string, string>>;
  /** All variables of a job that may have an identity (`id-token: write`): that of this run. */
  readonly identity?: (event: GithubEvent, environment: string) => Readonly<Record<string, string>>;
  /** Scripts that are run in the place of a step's own, by the step's name. */
  readonly standIns?: Readonly<Record<string, string>>;
}

export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: string;
  /** Its temporary folder, absolute. Empty if it was not run. */
  readonly temp: string;
  /** What its `run:` steps printed, both streams. */
  readonly log: string;
  readonly summary: string;
  /** The names of the secrets that its steps were given. */
  readonly secrets: readonly string[];
}

export type RunResult = Readonly<Record<string, JobResult>>;

/** Runs a workflow for an event; undefined if the event does not start it. */
export async function runWorkflow(
  workflow: Workflow,
  event: GithubEvent,
  machine: Machine,
): Promise<RunResult | undefined> {
  if (!starts(workflow, event.name, event.ref)) return undefined;
  return runJobs(workflow, event, machine, {});
}

/** Runs the jobs without a result in `done`; with what succeeded there, as "Re-run failed jobs". */
export async function runJobs(
  workflow: Workflow,
  event: GithubEvent,
  machine: Machine,
  done: RunResult,
): Promise<RunResult> {
  const results: Record<string, JobResult> = { ...done };
  for (const [name, job] of inOrder(workflow))
    results[name] ??= await runJob(name, job, results, { workflow, event, machine });
  return results;
}

/** Runs of one group come one after the other. */
export function concurrencyGroup({ concurrency }: Workflow, event: GithubEvent): string {
  return interpolate(concurrency.group, { github: githubContext(event) });
}

interface Run {
  readonly workflow: Workflow;
  readonly event: GithubEvent;
  readonly machine: Machine;
}

const SKIPPED: JobResult = {
  result: 'skipped',
  outputs: {},
  environment: '',
  temp: '',
  log: '',
  summary: '',
  secrets: [],
};

/** Stands for a job that need not be run again. */
export const PASSED: JobResult = { ...SKIPPED, result: 'success' };

async function runJob(name: string, job: Job, all: RunResult, run: Run): Promise<JobResult> {
  const needs = (job.needs ?? []).map((needed) => [needed, all[needed] ?? SKIPPED] as const);
  // No condition of ours calls always(), failure() or cancelled(), so GitHub puts success() before it.
  if (needs.some(([, { result }]) => result !== 'success')) return SKIPPED;
  const contexts = {
    github: githubContext(run.event),
    needs: Object.fromEntries(needs.map(([needed, { outputs }]) => [needed, { outputs }])),
  };
  if (job.if !== undefined && !isTruthy(evaluate(job.if, contexts))) return SKIPPED;
  const folder = join(run.machine.home, `job-${jobs++}-${name}`);
  const state = new JobState(name, job, folder, run, contexts);
  const result = (await state.runSteps()) ? 'success' : 'failure';
  return {
    result,
    outputs: state.outputs(),
    environment: interpolate(job.environment ?? '', contexts),
    temp: join(folder, 'temp'),
    log: state.log,
    summary: state.summary,
    secrets: [...state.secrets].sort(),
  };
}

let jobs = 0;

const JOB_TOKEN = 'ghs_the-job-s-own';

function githubContext({ name, payload, ref, repository, sha }: GithubEvent): Context {
  return {
    event_name: name,
    event: payload as Context,
    ref,
    repository,
    sha,
    run_id: '7',
    token: JOB_TOKEN,
  };
}

class JobState {
  log = '';
  summary = '';
  readonly secrets = new Set<string>();
  private given: Readonly<Record<string, string>> | undefined;
  private readonly steps: Record<string, { outputs: Record<string, string> }> = {};
  private readonly name: string;
  private readonly job: Job;
  private readonly folder: string;
  private readonly run: Run;
  private readonly contexts: Context;

  constructor(name: string, job: Job, folder: string, run: Run, contexts: Context) {
    [this.name, this.job, this.folder, this.run] = [name, job, folder, run];
    this.contexts = { ...contexts, runner: { temp: join(folder, 'temp') } };
  }

  outputs(): Readonly<Record<string, string>> {
    const contexts = { ...this.contexts, steps: this.steps };
    const outputs = Object.entries(this.job.outputs ?? {});
    return Object.fromEntries(outputs.map(([name, text]) => [name, interpolate(text, contexts)]));
  }

  /** Returns whether all of them succeeded; after a failure none is run. */
  async runSteps(): Promise<boolean> {
    for (const name of ['temp', 'programs'])
      await mkdir(join(this.folder, name), { recursive: true });
    await writeFile(this.temp('event.json'), JSON.stringify(this.run.event.payload));
    for (const step of this.job.steps) {
      this.log += `## ${step.name}\n`;
      if (step.uses === undefined ? !(await this.runScript(step)) : !(await this.useAction(step)))
        return false;
    }
    return true;
  }

  private temp(name: string): string {
    return join(this.folder, 'temp', name);
  }

  private get workspace(): string {
    return join(this.folder, 'workspace');
  }

  private async useAction(step: Step): Promise<boolean> {
    const inputs = Object.entries(step.with ?? {}).map(
      ([name, value]) => [name, interpolate(String(value), this.contexts)] as const,
    );
    await runAction(step.uses ?? '', Object.fromEntries(inputs), {
      event: this.run.event,
      workspace: this.workspace,
      programs: join(this.folder, 'programs'),
      artifacts: join(this.run.machine.home, 'artifacts', this.run.event.sha, this.run.event.ref),
    });
    return true;
  }

  private async runScript(step: Step): Promise<boolean> {
    const { standIns = {} } = this.run.machine;
    const script = standIns[step.name] ?? step.run ?? '';
    if (script.includes('${{')) throw new Error(`an expression in a script: ${step.name}`);
    if (this.run.workflow.defaults.run.shell !== 'bash') throw new Error('the shell is not bash');
    const files = { output: '', summary: '', env: '', path: '', script };
    for (const [name, text] of Object.entries(files)) await writeFile(this.temp(name), text);
    const named = interpolate(step['working-directory'] ?? '', this.contexts);
    const directory = resolve(this.workspace, named);
    const code = await this.bash(directory, this.environment(step));
    const outputs = parseOutputs(await readFile(this.temp('output'), 'utf8'));
    if (step.id !== undefined) this.steps[step.id] = { outputs };
    this.summary += await readFile(this.temp('summary'), 'utf8');
    return code === 0;
  }

  private environment(step: Step): Record<string, string> {
    const { event, machine } = this.run;
    const contexts = { ...this.contexts, secrets: machine.secrets, steps: this.steps };
    const own = Object.entries(step.env ?? {});
    for (const [, text] of own)
      for (const [, name = ''] of text.matchAll(/\bsecrets\.(\w+)/g)) this.secrets.add(name);
    const given = Object.fromEntries(
      own.map(([name, text]) => [name, interpolate(text, contexts)]),
    );
    const mayWrite = this.job.permissions['packages'] === 'write';
    const packages = mayWrite && given['GITHUB_TOKEN'] === JOB_TOKEN ? machine.packages : {};
    return { ...machine.env, ...this.identity(), ...this.variables(event), ...packages, ...given };
  }

  /** One for the whole job. */
  private identity(): Readonly<Record<string, string>> {
    if (this.job.permissions['id-token'] !== 'write') return {};
    const environment = interpolate(this.job.environment ?? '', this.contexts);
    this.given ??= this.run.machine.identity?.(this.run.event, environment) ?? {};
    return this.given;
  }

  private variables(event: GithubEvent): Record<string, string> {
    return {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: this.temp('event.json'),
      GITHUB_JOB: this.name,
      GITHUB_REF: event.ref,
      GITHUB_REPOSITORY: event.repository,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_SHA: event.sha,
      GITHUB_WORKSPACE: this.workspace,
      GITHUB_OUTPUT: this.temp('output'),
      GITHUB_STEP_SUMMARY: this.temp('summary'),
      GITHUB_ENV: this.temp('env'),
      GITHUB_PATH: this.temp('path'),
      RUNNER_TEMP: this.folder.concat('/temp'),
      TMPDIR: this.folder.concat('/temp'),
      PATH: `${join(this.folder, 'programs')}:${this.run.machine.env['PATH']}`,
    };
  }

  /** As GitHub runs a step with `shell: bash`. */
  private async bash(cwd: string, env: Record<string, string>): Promise<number | null> {
    const argv = ['--noprofile', '--norc', '-eo', 'pipefail', this.temp('script')];
    const child = spawn('bash', argv, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) this.run.machine.onStart?.(this.name, child.pid);
    const print = (chunk: Buffer): string => (this.log += chunk.toString());
    child.stdout.on('data', print);
    child.stderr.on('data', print);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
  }
}
