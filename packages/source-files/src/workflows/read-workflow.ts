import { embeddedText } from './source-text.ts';
import type { Job, Step, Workflow } from './workflow.ts';
import {
  entriesOf,
  entryOf,
  readYaml,
  textAt,
  textsOf,
  valueAt,
  type YamlEntry,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from './yaml-value.ts';

/** GitHub itself takes far fewer. With aliases, a small file can stand for any number of steps. */
const MAX_STEPS = 20_000;

/**
 * Reads a workflow, or an action (`action.yml`), in any style of YAML. Never throws: what is not as
 * GitHub wants it is left out, and what is not YAML is in `problems`.
 */
export function readWorkflow(path: string, source: string): Workflow {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const { problems, root } = readYaml(text);
  const map = root?.kind === 'map' ? root : undefined;
  const kind = /(?:^|\/)action\.ya?ml$/.test(path) ? 'action' : 'workflow';
  const reader = createReader(text, map);
  const jobs = kind === 'action' ? actionJobs(map, reader) : workflowJobs(map, reader);
  return { kind, path, text, root: map, problems, events: textsOf(valueAt(map, 'on')), jobs };
}

type StepReader = (body: YamlMap, job: YamlMap) => Step | undefined;

function createReader(text: string, root: YamlMap | undefined): StepReader {
  let left = MAX_STEPS;
  const known = new Map<YamlMap, Step>();
  return (body, job) => {
    left -= 1;
    if (left < 0) return undefined;
    const step = known.get(body) ?? readStep(body, [job, root], text);
    known.set(body, step);
    return step;
  };
}

function workflowJobs(root: YamlMap | undefined, read: StepReader): readonly Job[] {
  return entriesOf(valueAt(root, 'jobs')).flatMap(({ key, value }) =>
    value.kind === 'map' ? [readJob(key, value, read)] : [],
  );
}

/** `runs.steps` of a composite action. */
function actionJobs(root: YamlMap | undefined, read: StepReader): readonly Job[] {
  const runs = entryOf(root, 'runs');
  if (runs?.value.kind !== 'map') return [];
  return [{ ...readJob(runs.key, runs.value, read), id: '' }];
}

function readJob(key: YamlScalar, body: YamlMap, read: StepReader): Job {
  const uses = scalarAt(body, 'uses');
  return {
    id: key.text,
    key,
    body,
    steps: stepsOf(body).flatMap((step) => read(step, body) ?? []),
    ...(uses === undefined ? {} : { uses }),
  };
}

/** Those of a `parallel:` group are steps as the others are. */
function stepsOf(body: YamlMap, key: 'steps' | 'parallel' = 'steps'): readonly YamlMap[] {
  const steps = valueAt(body, key);
  return (steps?.kind === 'list' ? steps.items : []).flatMap((item) => {
    if (item.kind !== 'map') return [];
    const isGroup = key === 'steps' && valueAt(item, 'parallel')?.kind === 'list';
    return isGroup ? stepsOf(item, 'parallel') : [item];
  });
}

function readStep(body: YamlMap, around: readonly (YamlMap | undefined)[], text: string): Step {
  const usesEntry = entryOf(body, 'uses');
  const uses = scalarAt(body, 'uses');
  const run = scalarAt(body, 'run');
  const inputs = valueAt(body, 'with');
  const setting = (key: string): string | undefined =>
    textAt(body, key) ??
    around.map((one) => textAt(one, 'defaults', 'run', key)).find((one) => one !== undefined);
  const [shell, workingDirectory] = [setting('shell'), setting('working-directory')];
  return {
    body,
    ...(uses === undefined || usesEntry === undefined ? {} : { uses, usesEntry }),
    ...(run === undefined ? {} : { run: embeddedText(text, run) }),
    ...(inputs === undefined ? {} : { with: inputs }),
    ...(shell === undefined ? {} : { shell }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
  };
}

function scalarAt(value: YamlValue | undefined, key: string): YamlScalar | undefined {
  const found: YamlEntry | undefined = entryOf(value, key);
  return found?.value.kind === 'scalar' && found.value.text !== '' ? found.value : undefined;
}
