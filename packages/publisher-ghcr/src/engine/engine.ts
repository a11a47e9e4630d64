import type { Problem, Step } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';
import { problem } from '../problems.ts';

/** Makes a connection; nothing is sent before its first use. */
export type Connect = () => Promise<Dockerode>;

/** From DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or the local socket. Loaded late: only a Dockerfile needs it. */
export const connectEngine: Connect = async () => {
  const { default: Engine } = await import('dockerode');
  return new Engine();
};

/** Whether Docker Engine answers. */
export async function checkEngine(connect: Connect, step: Step): Promise<readonly Problem[]> {
  try {
    const engine = await connect();
    await engine.ping();
    return [];
  } catch (error) {
    step.signal.throwIfAborted();
    return [noEngine(error)];
  }
}

/** A failure of the engine's API as a Problem. Rethrows an abort. */
export function engineProblem(what: string, error: unknown, signal: AbortSignal): Problem {
  signal.throwIfAborted();
  // docker-modem gives every answered request a status; without one there was no engine.
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number') return noEngine(error);
  return buildProblem(what, error instanceof Error ? error.message : 'no reason given', error);
}

export function buildProblem(what: string, why: string, cause?: unknown): Problem {
  const hint = 'Run docker build on the same directory to see all that it prints.';
  return problem('ghcr-build-failed', 'incomplete', `Could not build ${what}: ${why}`, { hint, ...(cause === undefined ? {} : { cause }) });
}

function noEngine(cause: unknown): Problem {
  const why = cause instanceof Error ? cause.message : 'no reason given';
  return problem('ghcr-no-engine', 'incomplete', `Docker Engine does not answer: ${why}`, {
    cause,
    hint: 'Start Docker, or set DOCKER_HOST; an image made from `files` needs no engine.',
  });
}
