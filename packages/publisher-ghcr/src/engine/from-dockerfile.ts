import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BuildResult, Problem, Step } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { requireDirectory } from '../image/from-files.ts';
import { parseConfigLabels } from '../image/manifest.ts';
import { REVISION } from '../image/media-types.ts';
import { assembleBuilt } from '../image/pack.ts';
import type { ImageSource } from '../image/source.ts';
import type { DockerfileOptions } from '../options.ts';
import { parseDirectory, parsePlatform } from '../options.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { readBuildStream } from './build-stream.ts';
import { packContext } from './context.ts';
import { buildProblem, checkEngine, connectEngine, engineProblem } from './engine.ts';
import { ArchiveError, readSavedImage } from './saved-image.ts';

interface DockerfileInput extends DockerfileOptions {
  readonly file: string;
  readonly platform: string | undefined;
  readonly connect: () => Promise<Dockerode>;
}

/** An image that Docker Engine's BuildKit makes from a Dockerfile. It is saved out of the engine and pushed like any other. */
export function fromDockerfile(options: DockerfileOptions, platform?: string, docker?: () => Dockerode): ImageSource {
  if (platform !== undefined) parsePlatform(platform);
  const directory = parseDirectory(options.directory, 'dockerfile.directory');
  const file = parseDirectory(options.file ?? 'Dockerfile', 'dockerfile.file');
  const connect = docker === undefined ? connectEngine : (): Promise<Dockerode> => Promise.resolve(docker());
  const input: DockerfileInput = { ...options, directory, file, platform, connect };
  return {
    async open(source) {
      await requireDirectory(source, directory, 'dockerfile.directory');
      const path = directory === '' ? file : `${directory}/${file}`;
      if ((await source.readText(path)) !== undefined) return;
      throw new InvalidInputError({ field: 'dockerfile.file', received: path, expected: 'a file of the repository at this commit' });
    },
    check: (step) => checkEngine(connect, step),
    build: (plan, step) => build(plan, step, input),
  };
}

async function build(plan: GhcrPlan, step: Step, input: DockerfileInput): Promise<BuildResult<GhcrBuilt>> {
  step.signal.throwIfAborted();
  const context = await packContext(join(step.source, input.directory), input.file, Date.parse(plan.created) / 1000);
  step.emit({ publisher: plan.publisher, message: `building ${plan.image} with Docker Engine` });
  try {
    const engine = await input.connect();
    const outcome = await readBuildStream(await engine.buildImage(Readable.from([Buffer.from(context)]), buildOptions(plan, step, input)));
    if ('error' in outcome) return { problem: buildProblem(plan.image, outcome.error) };
    const saved = await readSavedImage(await engine.getImage(outcome.imageId).get(), step.workspace, step.signal);
    await forget(engine, outcome.imageId);
    const labels = parseConfigLabels(await readFile(saved.config.path));
    if (labels[REVISION] !== plan.sha)
      return { problem: buildProblem(plan.image, 'the engine did not set the labels that name the commit') };
    return { built: await assembleBuilt(plan, saved.config, saved.layers, step.workspace) };
  } catch (error) {
    return { problem: failure(plan, error, step.signal) };
  }
}

function buildOptions(plan: GhcrPlan, step: Step, input: DockerfileInput): Dockerode.ImageBuildOptions {
  return {
    // BuildKit: the classic builder is deprecated, and knows neither RUN --mount nor SOURCE_DATE_EPOCH.
    version: '2',
    dockerfile: input.file,
    labels: { ...plan.labels },
    buildargs: { SOURCE_DATE_EPOCH: String(Date.parse(plan.created) / 1000), ...input.buildArgs },
    rm: true,
    forcerm: true,
    abortSignal: step.signal,
    ...(input.platform === undefined ? {} : { platform: input.platform }),
    ...(input.target === undefined ? {} : { target: input.target }),
  };
}

/** Removes the image from the engine unless somebody tagged it; its layers stay in the build cache. */
async function forget(engine: Dockerode, imageId: string): Promise<void> {
  try {
    const image = engine.getImage(imageId);
    if ((await image.inspect()).RepoTags.length === 0) await image.remove({ noprune: true });
  } catch {
    // It is in use, or gone already: nothing depends on it.
  }
}

function failure(plan: GhcrPlan, error: unknown, signal: AbortSignal): Problem {
  if (error instanceof ArchiveError || error instanceof SyntaxError) return buildProblem(plan.image, error.message, error);
  return engineProblem(plan.image, error, signal);
}
