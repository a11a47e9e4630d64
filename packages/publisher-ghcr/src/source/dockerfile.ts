import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shownPath, validateFolderContent } from '@ameide/publisher-kit';
import {
  failed,
  InvalidInputError,
  ok,
  type Problem,
  pathBelow,
  pathIn,
  problem,
  type Result,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { assembleBuilt } from '../build.ts';
import { buildImage, type EngineBuild, saveImage } from '../engine/build-image.ts';
import { BuildLog } from '../engine/build-log.ts';
import { type Connect, connectEngine, withEngine } from '../engine/connection.ts';
import { createIgnores, isMalformedPattern, parseDockerignore } from '../engine/dockerignore.ts';
import {
  buildProblem,
  buildTimeout,
  checkEngine,
  ENGINE_LIMITS,
  type EngineLimits,
  engineProblem,
  failedBuild,
} from '../engine/engine.ts';
import { type BuildRegistry, registryAuth } from '../engine/registry-auth.ts';
import { followLinks, linksOf } from '../folder/links.ts';
import { parseConfigLabels } from '../image/manifest.ts';
import { REVISION } from '../image/media-types.ts';
import type { DockerfileOptions } from '../options.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { requireDirectory } from './require-directory.ts';
import type { ImageSource } from './source.ts';

export interface DockerfileInput extends DockerfileOptions {
  /** The path from `parseRepositoryPath`. */
  readonly directory: string;
  readonly file: string;
  /** Default: the engine's own. */
  readonly platform?: string;
  readonly allow: readonly string[];
  /** Default: by the environment, or the local socket. */
  readonly docker?: () => Dockerode;
  readonly limits?: EngineLimits;
}

/**
 * Builds an image from a Dockerfile with Docker Engine's BuildKit, then saves it out of the engine
 * and pushes it like any other.
 */
export function fromDockerfile(input: DockerfileInput): ImageSource {
  const { directory, docker, file, limits = ENGINE_LIMITS } = input;
  const connect: Connect = docker === undefined ? connectEngine : async () => docker();
  return {
    async open(source) {
      await requireDirectory(source, directory, 'dockerfile.directory');
      if ((await readCommitted(source, directory, file)) !== undefined) return;
      throw new InvalidInputError({
        field: 'dockerfile.file',
        received: pathIn(directory, file),
        expected: 'a file of the repository at this commit',
      });
    },
    validate: (plan, step) => validate(plan, step, input),
    buildsFrom: 'checkout',
    checkTools: (step) => checkEngine(connect, step, limits),
    build: (plan, step, registry) => build(plan, step, registry, input, connect, limits),
  };
}

/** Reads a file of the commit and follows links to it as BuildKit does. */
async function readCommitted(
  source: SourceTree,
  directory: string,
  path: string,
): Promise<string | undefined> {
  const end = followLinks(await linksOf(source, directory), path);
  return end === undefined ? undefined : source.readText(pathIn(directory, end.path));
}

async function validate(
  { publisher }: GhcrPlan,
  { source }: Step,
  { allow, directory, file }: DockerfileInput,
): Promise<readonly Problem[]> {
  const ignoreFile = await readIgnoreFile(source, directory, file);
  const lines = parseDockerignore(ignoreFile?.text ?? '');
  const malformed = lines.filter(({ pattern }) => isMalformedPattern(pattern));
  const ignores = createIgnores(
    lines.filter((line) => !malformed.includes(line)).map(({ pattern }) => pattern),
  );
  return [
    ...malformed.map(({ line }) => malformedLine(publisher, ignoreFile?.path ?? '', line)),
    ...(await validateFolderContent(source, publisher, directory, allow, (path) =>
      ignores(pathBelow(directory, path)),
    )),
  ];
}

/**
 * The Dockerfile's own ignore file has precedence
 * (https://docs.docker.com/build/concepts/context/).
 */
async function readIgnoreFile(
  source: SourceTree,
  directory: string,
  dockerfile: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = await readCommitted(source, directory, name);
    if (text !== undefined) return { path: pathIn(directory, name), text };
  }
  return undefined;
}

function malformedLine(project: string, path: string, line: number): Problem {
  return problem({
    code: 'ghcr-dockerignore',
    kind: 'input',
    message: `${project} cannot be built: line ${line} of ${shownPath(path)} is a pattern that Docker refuses.`,
    hint: String.raw`Close every [, order every range as in [a-z], and put a \ before a [ that is part of a name.`,
    path,
  });
}

async function build(
  plan: GhcrPlan,
  step: Step,
  registry: BuildRegistry,
  input: DockerfileInput,
  connect: Connect,
  limits: EngineLimits,
): Promise<Result<GhcrBuilt>> {
  step.signal.throwIfAborted();
  const emit = (message: string): void => step.emit({ publisher: plan.publisher, message });
  emit(`building ${plan.image} with Docker Engine`);
  const redact = (text: string): string => registry.redact(text);
  const log = new BuildLog(redact, emit);
  const auth = registryAuth(registry, step.signal);
  return withEngine(connect, step, limits.build, async (engine, late) => {
    try {
      const outcome = await buildImage(engine, engineBuild(plan, step, input), log, auth);
      if ('error' in outcome)
        return failed(failedBuild(plan.image, redact(outcome.error), log.lastLines(outcome.error)));
      const saved = await saveImage(engine, outcome.imageId, step, async (use) =>
        // A separate time limit: the build's may have run out.
        withEngine(connect, step, limits.removal, use),
      );
      const labels = parseConfigLabels(await readFile(saved.config.path));
      if (labels[REVISION] !== plan.sha)
        return failed(
          buildProblem(plan.image, 'the engine did not set the labels that name the commit'),
        );
      return ok(await assembleBuilt(plan, saved.config, saved.layers, step.workspace));
    } catch (error) {
      step.signal.throwIfAborted();
      return failed(
        late.aborted ? buildTimeout(plan.image, limits.build) : engineProblem(plan.image, error),
      );
    }
  });
}

function engineBuild(
  plan: GhcrPlan,
  step: Step,
  { buildArgs, directory, file, platform, target }: DockerfileInput,
): EngineBuild {
  const mtime = Date.parse(plan.created) / 1000;
  return {
    context: join(step.checkout, directory),
    mtime,
    dockerfile: file,
    labels: plan.labels,
    buildArgs: { SOURCE_DATE_EPOCH: String(mtime), ...buildArgs },
    ...(platform === undefined ? {} : { platform }),
    ...(target === undefined ? {} : { target }),
  };
}
