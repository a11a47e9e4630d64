import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { failed, InvalidInputError, ok, type Result, type Step } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { requireDirectory } from '../image/from-files.ts';
import { parseConfigLabels } from '../image/manifest.ts';
import { REVISION } from '../image/media-types.ts';
import { assembleBuilt } from '../image/pack.ts';
import type { ImageSource } from '../image/source.ts';
import type { DockerfileOptions } from '../options.ts';
import { parseDockerfileOptions, parsePlatform } from '../parse-options.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { BuildLog } from './build-log.ts';
import { readBuildStream } from './build-stream.ts';
import { type Connect, connectEngine, withEngine } from './connection.ts';
import { packContext } from './context.ts';
import {
  buildProblem,
  buildTimeout,
  checkEngine,
  ENGINE_LIMITS,
  type EngineLimits,
  engineProblem,
  failedBuild,
} from './engine.ts';
import { readSavedImage, type SavedImage } from './saved-image.ts';

interface DockerfileInput extends ReturnType<typeof parseDockerfileOptions> {
  readonly platform: string | undefined;
  readonly connect: Connect;
  readonly limits: EngineLimits;
}

/**
 * An image that Docker Engine's BuildKit makes from a Dockerfile. It is saved out of the engine and
 * pushed like any other.
 */
export function fromDockerfile(
  options: DockerfileOptions,
  platform?: string,
  docker?: () => Dockerode,
  limits: EngineLimits = ENGINE_LIMITS,
): ImageSource {
  if (platform !== undefined) parsePlatform(platform);
  const parsed = parseDockerfileOptions(options);
  const { directory, file } = parsed;
  const connect: Connect = docker === undefined ? connectEngine : () => Promise.resolve(docker());
  const input: DockerfileInput = { ...parsed, platform, connect, limits };
  return {
    async open(source) {
      await requireDirectory(source, directory, 'dockerfile.directory');
      const path = directory === '' ? file : `${directory}/${file}`;
      if ((await source.readText(path)) !== undefined) return;
      throw new InvalidInputError({
        field: 'dockerfile.file',
        received: path,
        expected: 'a file of the repository at this commit',
      });
    },
    buildsFrom: 'checkout',
    check: (step) => checkEngine(connect, step, limits),
    build: (plan, step, redact) => build(plan, step, redact, input),
  };
}

async function build(
  plan: GhcrPlan,
  step: Step,
  redact: (text: string) => string,
  input: DockerfileInput,
): Promise<Result<GhcrBuilt>> {
  step.signal.throwIfAborted();
  const context = await packContext(
    join(step.checkout, input.directory),
    input.file,
    Date.parse(plan.created) / 1000,
  );
  const tell = (message: string): void => step.emit({ publisher: plan.publisher, message });
  tell(`building ${plan.image} with Docker Engine`);
  return withEngine(input.connect, step, input.limits.build, async (engine, late) => {
    try {
      const log = new BuildLog(redact, tell);
      const outcome = await readBuildStream(
        await engine.buildImage(Readable.from([Buffer.from(context)]), buildOptions(plan, input)),
        log,
      );
      if ('error' in outcome)
        return failed(failedBuild(plan.image, redact(outcome.error), log.lastLines(outcome.error)));
      const saved = await save(engine, outcome.imageId, step, input);
      const labels = parseConfigLabels(await readFile(saved.config.path));
      if (labels[REVISION] !== plan.sha)
        return failed(
          buildProblem(plan.image, 'the engine did not set the labels that name the commit'),
        );
      return ok(await assembleBuilt(plan, saved.config, saved.layers, step.workspace));
    } catch (error) {
      step.signal.throwIfAborted();
      return failed(
        late.aborted
          ? buildTimeout(plan.image, input.limits.build)
          : engineProblem(plan.image, error),
      );
    }
  });
}

function buildOptions(plan: GhcrPlan, input: DockerfileInput): Dockerode.ImageBuildOptions {
  return {
    // BuildKit: the classic builder is deprecated, and knows neither RUN --mount nor
    // SOURCE_DATE_EPOCH.
    version: '2',
    dockerfile: input.file,
    labels: { ...plan.labels },
    buildargs: { SOURCE_DATE_EPOCH: String(Date.parse(plan.created) / 1000), ...input.buildArgs },
    rm: true,
    forcerm: true,
    ...(input.platform === undefined ? {} : { platform: input.platform }),
    ...(input.target === undefined ? {} : { target: input.target }),
  };
}

/**
 * Copies an image out of the engine, and leaves nothing of it there but its layers in the build
 * cache.
 */
async function save(
  engine: Dockerode,
  imageId: string,
  step: Step,
  input: DockerfileInput,
): Promise<SavedImage> {
  try {
    return await readSavedImage(await engine.getImage(imageId).get(), step.workspace, step.signal);
  } finally {
    // With time of its own: the build's may be what ran out.
    await withEngine(input.connect, step, input.limits.removal, (other) => forget(other, imageId));
  }
}

/** Removes the image from the engine unless somebody tagged it. */
async function forget(engine: Dockerode, imageId: string): Promise<void> {
  try {
    const image = engine.getImage(imageId);
    if ((await image.inspect()).RepoTags.length === 0) await image.remove({ noprune: true });
  } catch {
    // It is in use, or gone already: nothing depends on it.
  }
}
