import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedactor, secretVariables } from '@ameide/publisher-kit';
import {
  failed,
  InvalidInputError,
  ok,
  pathIn,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { assemble, assembleImage, type ImageParts, type PlatformImage } from '../build.ts';
import { buildImage, type EngineBuild, saveImage } from '../engine/build-image.ts';
import { BuildLog } from '../engine/build-log.ts';
import { type Connect, connectEngine, withEngine } from '../engine/connection.ts';
import {
  buildProblem,
  buildTimeout,
  checkEngine,
  ENGINE_LIMITS,
  type EngineLimits,
  engineProblem,
  failedBuild,
} from '../engine/engine.ts';
import { findLeakedSecret } from '../engine/leaked-secret.ts';
import { type BuildRegistry, registryAuth } from '../engine/registry-auth.ts';
import { serveSecrets } from '../engine/secrets.ts';
import { type ConfigFacts, parseConfig } from '../image/manifest.ts';
import { REVISION } from '../image/media-types.ts';
import { formatPlatform, type Platform, type Platforms } from '../image/platform.ts';
import type { DockerfileOptions } from '../options.ts';
import type { GhcrBuilt, GhcrPlan } from '../plan.ts';
import { registriesOf } from './base-registry.ts';
import { buildArguments } from './build-arguments.ts';
import { leakedSecret, missingSecrets, secretsOf } from './build-secrets.ts';
import { checkDockerfile, readCommitted } from './check-dockerfile.ts';
import { requireDirectory } from './require-directory.ts';
import type { ImageSource } from './source.ts';

export interface DockerfileInput extends DockerfileOptions {
  /** The path from `parseRepositoryPath`. */
  readonly directory: string;
  readonly file: string;
  /** Default: the engine's own, as one image. */
  readonly platforms?: Platforms;
  readonly allow: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Returns a registry other than the image's own. */
  readonly otherRegistry: (host: string) => BuildRegistry;
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
    validate: (plan, step) => checkDockerfile(plan, step, input),
    buildsFrom: 'checkout',
    isReproducible: false,
    checkTools: async (step) => [
      ...missingSecrets(input),
      ...(await checkEngine(connect, step, limits)),
    ],
    build: (plan, step, registry) => build({ plan, step, registry, input, connect, limits }),
  };
}

/** What one release builds, on one engine. */
interface Building {
  readonly plan: GhcrPlan;
  readonly step: Step;
  readonly registry: BuildRegistry;
  readonly input: DockerfileInput;
  readonly connect: Connect;
  readonly limits: EngineLimits;
}

async function build(building: Building): Promise<Result<GhcrBuilt>> {
  const { plan, step } = building;
  const [missing, ...more] = missingSecrets(building.input);
  if (missing !== undefined) return failed(missing, ...more);
  const { platforms } = building.input;
  if (platforms === undefined) {
    const { value, problems } = await buildFor(building, undefined);
    if (problems !== undefined) return failed(...problems);
    return ok(await assembleImage(plan, value, step.workspace));
  }
  const images: PlatformImage[] = [];
  // One after the other: each build uses all of the engine that it can.
  for (const platform of platforms.each) {
    const { value, problems } = await buildFor(building, platform);
    if (problems !== undefined) return failed(...problems);
    images.push({ ...value, platform });
  }
  return ok(await assemble(plan, images, platforms.isIndex, step.workspace));
}

/** Builds the image of one platform, or of the engine's own. */
async function buildFor(
  { plan, step, registry, input, connect, limits }: Building,
  platform: Platform | undefined,
): Promise<Result<ImageParts>> {
  step.signal.throwIfAborted();
  const emit = (message: string): void | PromiseLike<void> =>
    step.emit({ publisher: plan.publisher, message });
  const what =
    platform === undefined ? plan.image : `${plan.image} for ${formatPlatform(platform)}`;
  void emit(`building ${what} with Docker Engine`);
  const secrets = secretsOf(input);
  const own = [...secretVariables(input.env).values()].flat();
  const redactor = createRedactor([...secrets.values(), ...own]);
  const registries = registriesOf(registry, input.otherRegistry);
  const redact = (text: string): string => redactor.redact(registries.redact(text));
  const log = new BuildLog({ redact, openEnd: (text) => redactor.openEnd(text) }, emit);
  const methods = { ...registryAuth(registries, step.signal), ...serveSecrets(secrets) };
  return withEngine(connect, step, limits.build, async (engine, late) => {
    try {
      const request = engineBuild(plan, step, input, platform);
      const outcome = await buildImage(engine, request, log, methods);
      if ('error' in outcome)
        return failed(failedBuild(what, redact(outcome.error), log.lastLines(outcome.error)));
      const saved = await saveImage(engine, outcome.imageId, step, async (use) =>
        // A separate time limit: the build's may have run out.
        withEngine(connect, step, limits.removal, use),
      );
      const unfit = wrongImage(parseConfig(await readFile(saved.config.path)), plan, platform);
      if (unfit !== undefined) return failed(buildProblem(what, unfit));
      const leaked = await findLeakedSecret(secrets, saved, step.signal);
      return leaked === undefined ? ok(saved) : failed(leakedSecret(what, leaked));
    } catch (error) {
      step.signal.throwIfAborted();
      return failed(late.aborted ? buildTimeout(what, limits.build) : engineProblem(what, error));
    }
  });
}

/** Returns why an image is not the one that we asked for. */
function wrongImage(
  { labels, platform: built }: ConfigFacts,
  { sha }: GhcrPlan,
  asked: Platform | undefined,
): string | undefined {
  if (labels[REVISION] !== sha) return 'the engine did not set the labels that name the commit';
  if (asked === undefined || built === undefined) return undefined;
  const [name, wanted] = [built, asked].map(formatPlatform);
  return name === wanted ? undefined : `the engine made an image for ${name}`;
}

function engineBuild(
  plan: GhcrPlan,
  step: Step,
  { buildArgs, directory, file, target }: DockerfileInput,
  platform: Platform | undefined,
): EngineBuild {
  const mtime = Date.parse(plan.created) / 1000;
  return {
    context: join(step.checkout, directory),
    mtime,
    dockerfile: file,
    labels: plan.labels,
    buildArgs: buildArguments(buildArgs, {
      ...step.environment,
      SOURCE_DATE_EPOCH: String(mtime),
    }),
    ...(platform === undefined ? {} : { platform: formatPlatform(platform) }),
    ...(target === undefined ? {} : { target }),
  };
}
