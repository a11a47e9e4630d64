import { posix } from 'node:path';
import {
  actionName,
  embeddedText,
  entriesOf,
  type Job,
  localPath,
  readWorkflow,
  type Step,
  type Workflow,
  type YamlScalar,
} from '@ameide/source-files/workflows';
import type { SourceFiles } from '@ameide/versioning-core';
import { calledScripts } from './called-scripts.ts';
import { isComputed } from './calls.ts';
import { directoriesOf, normal } from './directories.ts';
import type { JobFacts, NamedArtifact, Script, StepFacts, WorkflowFacts } from './facts.ts';
import { createScriptReader, type ScriptReader, shellScript } from './read-scripts.ts';

const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const ACTION = /(?:^|\/)action\.ya?ml$/;
const DOCKERFILE = /(?:^|\/)(?:[^/]*\.)?(?:Docker|Container)file(?:\.[^/]*)?$/;
/** Examples of other people's repositories are no workflows of this one. */
const ELSEWHERE = /(?:^|\/)(?:node_modules|fixtures|__fixtures__|testdata|test-data)\//;

/**
 * Reads the workflows and actions of a repository and the scripts that they call. `published`: what the
 * definition publishes; empty if there is none.
 */
export async function readWorkflowFacts(
  files: SourceFiles,
  published: readonly NamedArtifact[],
): Promise<WorkflowFacts> {
  const listed = (await files.list('')).filter(
    ({ mode }) => mode === 'file' || mode === 'executable',
  );
  const paths = new Set(listed.map(({ path }) => path));
  const read = [...paths].filter(
    (path) => WORKFLOW.test(path) || (ACTION.test(path) && !ELSEWHERE.test(path)),
  );
  const workflows = await Promise.all(
    read.map(async (path) => readWorkflow(path, (await files.readText(path)) ?? '')),
  );
  const scripts = createScriptReader(files, paths);
  const own = new Map<Step, readonly Script[]>();
  const reached = new Map<Script, ReadonlySet<Script>>();
  for (const { workflow, step } of allSteps(workflows)) {
    if (own.has(step)) continue;
    const found = scriptsOf(workflow, step);
    own.set(step, found);
    for (const script of found) reached.set(script, await reach(script, scripts));
  }
  const jobs = workflows
    .filter(({ kind }) => kind === 'workflow')
    .flatMap((workflow) =>
      workflow.jobs.map((job) => jobFacts(workflow, job, { workflows, own, reached })),
    );
  return {
    workflows,
    jobs,
    scripts: [...new Set([...reached.values()].flatMap((one) => [...one]))],
    published,
    files: paths,
    packageNames: await packageNames(files, paths),
    labelledDockerfiles: await labelledDockerfiles(files, paths),
  };
}

function allSteps(workflows: readonly Workflow[]): readonly StepFacts[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.flatMap(({ steps }) => steps.map((step) => ({ workflow, step }))),
  );
}

/** Inputs of actions that are scripts. */
const SCRIPT_INPUTS: Readonly<Record<string, readonly string[]>> = {
  'changesets/action': ['publish', 'version'],
  'nick-fields/retry': ['command'],
  'nick-invision/retry': ['command'],
};
const OTHER_SHELL = /^(?:python|node|perl|cmd)\b/;

function scriptsOf({ path, text }: Workflow, step: Step): readonly Script[] {
  const directory = directoryOf(step);
  const inputs = SCRIPT_INPUTS[step.uses === undefined ? '' : actionName(step.uses.text)] ?? [];
  const scalars = entriesOf(step.with)
    .filter(({ key }) => inputs.includes(key.text))
    .flatMap(({ value }) => (value.kind === 'scalar' ? [value] : []));
  const sources = [
    ...(step.run === undefined || OTHER_SHELL.test(step.shell ?? '') ? [] : [step.run]),
    ...scalars.map((one: YamlScalar) => embeddedText(text, one)),
  ];
  return sources.map((source) => ({ ...shellScript(path, text, source, directory), step }));
}

function directoryOf({ workingDirectory = '' }: Step): string | undefined {
  const bare = workingDirectory.replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, '');
  return isComputed(bare) || bare.startsWith('/') ? undefined : normal(bare);
}

/** The script itself, and what it calls. */
async function reach(script: Script, { read }: ScriptReader): Promise<ReadonlySet<Script>> {
  const found = new Set([script]);
  for (const one of found) {
    const directories = directoriesOf(one.commands, one.directory);
    for (const command of one.commands) {
      const directory = directories.get(command) ?? '';
      for (const called of calledScripts(command, directory))
        for (const next of await read(called)) found.add(next);
    }
  }
  return found;
}

interface Read {
  readonly workflows: readonly Workflow[];
  readonly own: ReadonlyMap<Step, readonly Script[]>;
  readonly reached: ReadonlyMap<Script, ReadonlySet<Script>>;
}

function jobFacts(workflow: Workflow, job: Job, { own, reached, workflows }: Read): JobFacts {
  const steps = new Set<Step>();
  const found: StepFacts[] = [];
  const add = (from: Workflow, step: Step): void => {
    if (steps.has(step)) return;
    steps.add(step);
    found.push({ workflow: from, step });
    const used = localPath(step.uses?.text ?? '');
    if (used === undefined) return;
    const folder = normal(used);
    const action = workflows.find(
      ({ kind, path }) => kind === 'action' && normal(posix.dirname(path)) === folder,
    );
    for (const one of action?.jobs[0]?.steps ?? []) add(action as Workflow, one);
  };
  for (const step of job.steps) add(workflow, step);
  const scripts = found.flatMap(({ step }) => own.get(step) ?? []);
  return {
    workflow,
    job,
    steps: found,
    scriptsOf: (step) => own.get(step) ?? [],
    scripts: [...new Set(scripts.flatMap((one) => [...(reached.get(one) ?? [])]))],
  };
}

async function packageNames(
  files: SourceFiles,
  paths: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const manifests = [...paths].filter((path) => /(?:^|\/)package\.json$/.test(path));
  const named = await Promise.all(
    manifests.map(async (path) => {
      const [, name] = /"name"\s*:\s*"([^"\\]+)"/.exec((await files.readText(path)) ?? '') ?? [];
      return name === undefined ? [] : [[normal(posix.dirname(path)), name] as const];
    }),
  );
  return new Map(named.flat());
}

async function labelledDockerfiles(
  files: SourceFiles,
  paths: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const found = [...paths].filter((path) => DOCKERFILE.test(path));
  const texts = await Promise.all(found.map(async (path) => (await files.readText(path)) ?? ''));
  return new Set(
    found.filter(
      (_, index) => texts[index]?.includes('org.opencontainers.image.revision') === true,
    ),
  );
}
