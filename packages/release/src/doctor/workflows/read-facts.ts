import { posix } from 'node:path';
import {
  actionName,
  commandWithMatrix,
  embeddedText,
  entriesOf,
  type Job,
  localPath,
  type MatrixRow,
  matrixRows,
  readWorkflow,
  type Step,
  textAt,
  type Workflow,
  withMatrix,
  type YamlScalar,
} from '@ameide/source-files/workflows';
import type { SourceFiles } from '@ameide/versioning-core';
import { calledScripts } from './called-scripts.ts';
import { isComputed } from './calls.ts';
import { directoriesOf, normal } from './directories.ts';
import type { JobFacts, NamedArtifact, Script, StepFacts, WorkflowFacts } from './facts.ts';
import { isForeignText } from './known-programs.ts';
import { createScriptReader, type ScriptReader, shellScript } from './read-scripts.ts';
import { placesOf } from './script-places.ts';
import { shortText } from './short-text.ts';

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
  const reached = new Map<Script, Reached>();
  for (const { workflow, job, step } of allSteps(workflows)) {
    if (own.has(step)) continue;
    const found = scriptsOf(workflow, step);
    own.set(step, found);
    const rows = matrixRows(job.body) ?? [new Map()];
    for (const script of found) reached.set(script, await reach(script, rows, scripts));
  }
  const jobs = workflows
    .filter(({ kind }) => kind === 'workflow')
    .flatMap((workflow) =>
      workflow.jobs.map((job) => jobFacts(workflow, job, { workflows, own, reached })),
    );
  return {
    workflows,
    jobs,
    scripts: [...new Set([...reached.values()].flatMap(({ scripts: some }) => [...some]))],
    published,
    files: paths,
    packageNames: await packageNames(files, paths),
    labelledDockerfiles: await labelledDockerfiles(files, paths),
  };
}

function allSteps(workflows: readonly Workflow[]): readonly (StepFacts & { readonly job: Job })[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => job.steps.map((step) => ({ workflow, job, step }))),
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

function directoryOf({ workingDirectory = '' }: Step, row?: MatrixRow): string | undefined {
  const written = row === undefined ? workingDirectory : withMatrix(workingDirectory, row);
  const bare = written.replace(/^\$\{\{\s*github\.workspace\s*\}\}\/?/, '');
  return isComputed(bare) || bare.startsWith('/') ? undefined : normal(bare);
}

/** The script itself, and what it calls; and, as they are written, the calls that cannot be followed. */
interface Reached {
  readonly scripts: ReadonlySet<Script>;
  readonly unfollowed: ReadonlySet<string>;
}

/** `rows`: the runs of the job's matrix. */
async function reach(
  script: Script,
  rows: readonly MatrixRow[],
  { read }: ScriptReader,
): Promise<Reached> {
  const scripts = new Set([script]);
  const unfollowed = new Set<string>();
  for (const one of scripts)
    for (const run of one === script ? rows.map((row) => inRow(one, row)) : [one]) {
      const directories = directoriesOf(run);
      const places = placesOf(run.commands, run.folder);
      for (const command of run.commands)
        for (const called of calledScripts(command, {
          directory: directories.get(command),
          places,
        })) {
          const found = await read(called);
          for (const next of found.scripts) scripts.add(next);
          if (!found.isWhole) unfollowed.add(shortText(command));
        }
    }
  return { scripts, unfollowed };
}

/** A script of a step as one run of its job's matrix has it. */
function inRow(script: Script, row: MatrixRow): Script {
  if (row.size === 0) return script;
  const { step } = script;
  const directory = step === undefined ? script.directory : directoryOf(step, row);
  const commands = script.commands.map((one) => commandWithMatrix(one, row));
  return { ...script, commands, directory };
}

interface Read {
  readonly workflows: readonly Workflow[];
  readonly own: ReadonlyMap<Step, readonly Script[]>;
  readonly reached: ReadonlyMap<Script, Reached>;
}

function jobFacts(workflow: Workflow, job: Job, { own, reached, workflows }: Read): JobFacts {
  const steps = new Set<Step>();
  const found: StepFacts[] = [];
  const unfollowed = new Set<string>();
  const add = (from: Workflow, step: Step): void => {
    if (steps.has(step)) return;
    steps.add(step);
    found.push({ workflow: from, step });
    if (isForeignScript(step)) unfollowed.add(`run: (${step.shell})`);
    const used = localPath(step.uses?.text ?? '');
    if (used === undefined) return;
    const action = workflows.find(
      ({ kind, path }) => kind === 'action' && normal(posix.dirname(path)) === normal(used),
    );
    if (action === undefined || !isComposite(action)) unfollowed.add(`uses: ./${normal(used)}`);
    for (const one of action?.jobs[0]?.steps ?? []) add(action as Workflow, one);
  };
  for (const step of job.steps) add(workflow, step);
  const reachedBy = (step: Step): readonly Reached[] =>
    (own.get(step) ?? []).flatMap((one) => reached.get(one) ?? []);
  const scriptsBy = (step: Step): readonly Script[] =>
    reachedBy(step).flatMap(({ scripts }) => [...scripts]);
  for (const { step } of found)
    for (const one of reachedBy(step)) for (const text of one.unfollowed) unfollowed.add(text);
  return {
    workflow,
    job,
    steps: found,
    scriptsOf: (step) => own.get(step) ?? [],
    reachedBy: scriptsBy,
    scripts: [...new Set(found.flatMap(({ step }) => scriptsBy(step)))],
    unfollowed: [...unfollowed],
  };
}

/** A script in another language than that of a shell. */
function isForeignScript({ run, shell = '' }: Step): boolean {
  return run !== undefined && OTHER_SHELL.test(shell) && isForeignText(run.text);
}

/** The others are programs in JavaScript, and images. */
function isComposite({ root }: Workflow): boolean {
  return textAt(root, 'runs', 'using') === 'composite';
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
