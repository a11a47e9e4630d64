import type { Step } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import type { BuildLog } from './build-log.ts';
import { openBuildSession } from './build-session.ts';
import { type BuildOutcome, readBuildStream } from './build-stream.ts';
import { dial } from './connection.ts';
import { listContext } from './context.ts';
import type { Method } from './grpc.ts';
import { readSavedImage, type SavedImage } from './saved-image.ts';

export interface EngineBuild {
  /** The context's folder, absolute. */
  readonly context: string;
  /** Of everything in the context, Unix seconds. */
  readonly mtime: number;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly target?: string;
}

/**
 * Builds as `docker build` does, by BuildKit, which asks for the files of the context, and by `auth`
 * for access to base images.
 */
export async function buildImage(
  engine: Dockerode,
  { context, mtime, ...build }: EngineBuild,
  log: BuildLog,
  auth: Readonly<Record<string, Method>>,
): Promise<BuildOutcome> {
  const session = await openBuildSession(
    engine,
    (request) => listContext(context, request, mtime),
    auth,
  );
  try {
    return await readBuildStream(await startBuild(engine, build, session.id), log);
  } finally {
    session.close();
  }
}

/** `POST /build`. Dockerode's own function would open a session that has no files. */
async function startBuild(
  engine: Dockerode,
  { buildArgs, labels, ...build }: Omit<EngineBuild, 'context' | 'mtime'>,
  session: string,
): Promise<AsyncIterable<Buffer | string>> {
  return dial(engine, {
    method: 'POST',
    path: '/build?',
    // Without an empty body Docker Engine keeps its whole answer back until the build has ended.
    file: Buffer.alloc(0),
    isStream: true,
    statusCodes: { 200: true, 500: 'server error' },
    options: {
      // BuildKit: the classic builder is deprecated, and knows neither RUN --mount nor
      // SOURCE_DATE_EPOCH.
      version: '2',
      remote: 'client-session',
      session,
      ...build,
      labels: JSON.stringify(labels),
      buildargs: JSON.stringify(buildArgs),
    },
  });
}

/** Gives an engine to what is to be done although the build may be at its end. */
type WithEngine = (use: (engine: Dockerode) => Promise<void>) => Promise<void>;

/**
 * Copies an image out of the engine, and leaves nothing of it there but its layers in the build
 * cache.
 */
export async function saveImage(
  engine: Dockerode,
  imageId: string,
  step: Step,
  afterwards: WithEngine,
): Promise<SavedImage> {
  try {
    return await readSavedImage(await engine.getImage(imageId).get(), step.workspace, step.signal);
  } finally {
    await afterwards(async (other) => forget(other, imageId));
  }
}

/** Removes the image from the engine unless it has a tag. */
async function forget(engine: Dockerode, imageId: string): Promise<void> {
  try {
    const image = engine.getImage(imageId);
    if ((await image.inspect()).RepoTags.length === 0) await image.remove({ noprune: true });
  } catch {
    // It is in use, or gone already: nothing depends on it.
  }
}
