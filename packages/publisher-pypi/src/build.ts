import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ArchiveError,
  type CheckoutFolder,
  type ProcessResult,
  processProblem,
} from '@ameide/publisher-kit';
import {
  type Artifact,
  type Built,
  type Coordinate,
  failed,
  formatCoordinate,
  InvalidInputError,
  inputProblem,
  ok,
  type Problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { type Rendering, renderRst } from './acceptance/render-rst.ts';
import { collectDistributions } from './build/given-distributions.ts';
import { stampCheckout } from './build/stamp-checkout.ts';
import { findBuildTool, toolFolder } from './build/tool.ts';
import { type OutputFile, type VerifiedFile, verifyOutput } from './build/verify-output.ts';
import { fileDigests } from './distribution/digests.ts';
import { reproducibleSdist } from './distribution/reproducible-sdist.ts';
import type { PypiPlan } from './plan.ts';
import type { PypiSettings } from './settings.ts';
import { type FormField, uploadFields } from './upload/form-fields.ts';

/** The built distributions. Serialisable as JSON. */
export interface PypiBuilt extends Built {
  /** Wheels first, then the sdist, in the order of the upload. */
  readonly files: readonly PypiFile[];
}

export interface PypiFile {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly kind: 'wheel' | 'sdist';
  /** Hex. */
  readonly sha256: string;
  /** The fields of the upload form, without the content. */
  readonly fields: readonly FormField[];
}

/**
 * Stamps the project in the checkout and builds it there, or takes the files that the definition
 * names; then checks them.
 */
export async function buildPypi(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<Result<PypiBuilt>> {
  step.signal.throwIfAborted();
  const project = join(step.checkout, settings.directory);
  const output = join(step.workspace, 'dist');
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const { distributions } = settings;
  const run =
    distributions === undefined
      ? await stampAndBuild(plan, settings, step, project, output)
      : await collectDistributions(plan, distributions, step, output);
  if (run.value === undefined) return run;
  const made = await readOutput(output, plan);
  const verified = await verifyOutput(plan, made, {
    ...settings,
    render: renderer(plan, settings, step),
  });
  if (verified.value === undefined) return verified;
  return ok(builtFrom(plan, verified.value, output));
}

/** Describes verified distributions in the folder `output`. */
export function builtFrom(
  plan: PypiPlan,
  verified: readonly VerifiedFile[],
  output: string,
): PypiBuilt {
  const [coordinate] = plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan of this publisher has one coordinate');
  const files = verified
    .map((file) => builtFile(file, output))
    .sort((a, b) => order(a) - order(b) || (a.name < b.name ? -1 : 1));
  return { files, artifacts: files.map((file) => artifact(file, coordinate, verified)) };
}

async function stampAndBuild(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
  project: string,
  output: string,
): Promise<Result<true>> {
  const folder = { checkout: step.checkout, directory: project };
  const unstamped = await stampProblem(folder, plan, settings, step.signal);
  return unstamped === undefined
    ? runBuildTool(plan, settings, step, project, output)
    : failed(unstamped);
}

/** The commit was valid, so `prepare` made what cannot be stamped. */
async function stampProblem(
  folder: CheckoutFolder,
  plan: PypiPlan,
  { processes }: PypiSettings,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  try {
    await stampCheckout(folder, plan, processes, signal);
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const [coordinate] = plan.coordinates;
    const about = { kind: 'incomplete', rerun: 'after-fix' } as const;
    const named = error.with({ field: `${plan.publisher}: ${error.field}` });
    return inputProblem(named, {
      ...about,
      ...(coordinate === undefined ? {} : { coordinate: formatCoordinate(coordinate) }),
    });
  }
}

async function runBuildTool(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
  project: string,
  output: string,
): Promise<Result<true>> {
  const cwd = await toolFolder(step.workspace);
  const { problems, value: tool } = await findBuildTool(settings.processes, cwd, step.signal);
  if (problems !== undefined) return { problems };
  step.emit({
    publisher: plan.publisher,
    message: `building ${plan.projectName} ${plan.version} with ${tool.name}`,
  });
  const result = await settings.processes.run({
    argv: tool.argv(project, output, plan.formats ?? []),
    cwd,
    env: {
      ...step.environment,
      ...pluginEnvironment(plan),
      ...settings.buildEnvironment,
      // hatchling, flit, poetry-core and wheel use this for times:
      // https://reproducible-builds.org/specs/source-date-epoch/
      SOURCE_DATE_EPOCH: String(plan.sourceDateEpoch),
      PYTHONHASHSEED: '0',
      PYTHONDONTWRITEBYTECODE: '1',
      TZ: 'UTC',
    },
    endsGroup: true,
    signal: step.signal,
    onLine: (line) => step.emit({ publisher: plan.publisher, message: line }),
  });
  return result.ok ? ok(true) : failed(buildFailed(plan, result));
}

function buildFailed(plan: PypiPlan, result: ProcessResult): Problem {
  const [coordinate] = plan.coordinates;
  return processProblem({
    code: 'pypi-build',
    what: `build ${plan.projectName}`,
    result,
    ...(coordinate === undefined ? {} : { coordinate: formatCoordinate(coordinate) }),
    hint: "Try it in a fresh clone, in the project's folder: uv build, or python3 -m build.",
  });
}

/** Renders each description once. A release goes on without a renderer, and says so. */
function renderer(
  { publisher }: PypiPlan,
  { buildEnvironment, processes }: PypiSettings,
  step: Step,
): (text: string) => Promise<Rendering> {
  const answers = new Map<string, Promise<Rendering>>();
  const render = async (text: string): Promise<Rendering> => {
    const cwd = await toolFolder(step.workspace);
    const env = { ...step.environment, ...buildEnvironment };
    const answer = await renderRst(text, { processes, cwd, env, signal: step.signal });
    const message = `the description is not rendered, as readme-renderer can be neither found nor installed: only what is certain about it was checked`;
    if (answer.rendered === undefined) step.emit({ publisher, message });
    return answer;
  };
  return (text) => {
    const answer = answers.get(text) ?? render(text);
    answers.set(text, answer);
    return answer;
  };
}

/** Returns the variables that override what a plugin would compute or ask git for. */
function pluginEnvironment(plan: PypiPlan): Readonly<Record<string, string>> {
  const { sha, extraVariables, version, versionSource } = plan;
  const sources = [
    extraVariables,
    ...(versionSource.kind === 'environment' ? [versionSource] : []),
  ];
  // https://setuptools-scm.readthedocs.io/en/latest/overrides/, a TOML table
  const commit = `{ node = "g${sha}" }`;
  return Object.fromEntries([
    ...sources.flatMap(({ variables }) => variables.map((name) => [name, version] as const)),
    ...sources.flatMap(({ commitVariables = [] }) =>
      commitVariables.map((name) => [name, commit] as const),
    ),
  ]);
}

/** Reads the files. Rewrites an sdist of ours so that its bytes depend only on the commit. */
async function readOutput(
  output: string,
  { isPrebuilt, sourceDateEpoch }: PypiPlan,
): Promise<readonly OutputFile[]> {
  const files: OutputFile[] = [];
  for (const name of (await readdir(output)).sort()) {
    // Skip the .gitignore that uv puts there.
    if (name.startsWith('.')) continue;
    const built = await readFile(join(output, name));
    const isOurs = name.endsWith('.tar.gz') && !isPrebuilt;
    const bytes = isOurs ? await rewritten(built, sourceDateEpoch) : built;
    if (bytes !== built) await writeFile(join(output, name), bytes);
    files.push({ name, bytes });
  }
  return files;
}

/** Leaves an unreadable sdist unchanged, for `verifyOutput` to report. */
async function rewritten(sdist: Uint8Array, seconds: number): Promise<Uint8Array> {
  try {
    return await reproducibleSdist(sdist, seconds);
  } catch (error) {
    if (error instanceof ArchiveError) return sdist;
    throw error;
  }
}

function builtFile(file: VerifiedFile, output: string): PypiFile {
  const digests = fileDigests(file.bytes);
  return {
    name: file.name,
    path: join(output, file.name),
    kind: file.kind,
    sha256: digests.sha256,
    fields: uploadFields(file.metadata, { kind: file.kind, pythonTag: file.pythonTag, ...digests }),
  };
}

// The order of twine: if the second upload fails, installers already have the file that needs no
// build.
function order(file: PypiFile): number {
  return file.kind === 'wheel' ? 0 : 1;
}

function artifact(
  file: PypiFile,
  coordinate: Coordinate,
  files: readonly VerifiedFile[],
): Artifact {
  const size = files.find((verified) => verified.name === file.name)?.bytes.length ?? 0;
  return { coordinate, name: file.name, digest: `sha256:${file.sha256}`, size };
}
