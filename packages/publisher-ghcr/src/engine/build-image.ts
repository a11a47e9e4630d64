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
  /** The time of everything in the context, Unix seconds. */
  readonly mtime: number;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly target?: string;
}

/**
 * Builds as `docker build` does, with BuildKit, which asks for the files of the context and,
 * through `methods`, for access to base images and for secrets.
 */
export async function buildImage(
  engine: Dockerode,
  { context, mtime, ...build }: EngineBuild,
  log: BuildLog,
  methods: Readonly<Record<string, Method>>,
): Promise<BuildOutcome> {
  const session = await openBuildSession(
    engine,
    (request) => listContext(context, request, mtime),
    methods,
  );
  try {
    return await readBuildStream(await startBuild(engine, build, session.id), log);
  } finally {
    session.close();
  }
}

/** Sends `POST /build`. Dockerode's own function would open a session without files. */
async function startBuild(
  engine: Dockerode,
  { buildArgs, labels, ...build }: Omit<EngineBuild, 'context' | 'mtime'>,
  session: string,
): Promise<AsyncIterable<Buffer | string>> {
  return dial(engine, {
    method: 'POST',
    path: '/build?',
    // Without an empty body Docker Engine withholds its whole answer until the build ends.
    file: Buffer.alloc(0),
    isStream: true,
    statusCodes: { 200: true, 500: 'server error' },
    options: {
      // BuildKit, because the classic builder is deprecated and supports neither RUN --mount nor
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

/** Runs `use` with an engine and its own time limit, even if the build has none left. */
type WithEngine = (use: (engine: Dockerode) => Promise<void>) => Promise<void>;

/** Copies an image out of the engine and leaves only its layers in the build cache. */
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
    // The image is in use or already gone; nothing depends on its removal.
  }
}
