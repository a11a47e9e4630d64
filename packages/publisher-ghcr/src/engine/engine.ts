import { processProblem } from '@ameide/publisher-kit';
import { type Problem, problem, type Step } from '@ameide/versioning-core';
import { openBuildSession } from './build-session.ts';
import { type Connect, withEngine } from './connection.ts';

/** Time limits for the engine, in milliseconds. */
export interface EngineLimits {
  /** To answer a ping. */
  readonly ping: number;
  /** To build an image and return it. */
  readonly build: number;
  /** To remove the image. */
  readonly removal: number;
}

export const ENGINE_LIMITS: EngineLimits = { ping: 10_000, build: 3_600_000, removal: 10_000 };

/** Checks that Docker Engine answers and has BuildKit. */
export async function checkEngine(
  connect: Connect,
  step: Step,
  limits: EngineLimits,
): Promise<readonly Problem[]> {
  return withEngine(connect, step, limits.ping, async (engine, late) => {
    try {
      await engine.ping();
      (await openBuildSession(engine, async () => [])).close();
      return [];
    } catch (error) {
      step.signal.throwIfAborted();
      if (error instanceof Error && 'statusCode' in error && error.statusCode === 404)
        return [noBuildKit(error)];
      return [noEngine(late.aborted ? new Error(`nothing within ${limits.ping} ms`) : error)];
    }
  });
}

/**
 * Explains why there is no image: no engine, a refusal by the engine, a broken connection or
 * archive.
 */
export function engineProblem(what: string, error: unknown): Problem {
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  if (call === 'connect' || call === 'getaddrinfo') return noEngine(error);
  return buildProblem(what, error instanceof Error ? error.message : 'no reason given', error);
}

export function buildProblem(what: string, why: string, cause?: unknown): Problem {
  return problem({
    code: 'ghcr-build-failed',
    kind: 'incomplete',
    message: `Could not build ${what}: ${why}`,
    hint: 'Run docker build on the same directory to see all that it prints.',
    rerun: 'after-fix',
    cause,
  });
}

const PRINTED =
  'The progress lines show all that the build printed; docker build on the same directory does so, too.';
// What Linux answers for a program of another architecture (ENOEXEC).
const FOREIGN =
  'A step runs a program of another platform, which needs emulation: docker run --privileged --rm tonistiigi/binfmt --install all ' +
  '(in GitHub Actions docker/setup-qemu-action). Or compile for the platform: FROM --platform=$BUILDPLATFORM and ARG TARGETARCH.';

/**
 * The problem of a failed build. `lastLines` are the end of the failed step's output. Both are
 * redacted.
 */
export function failedBuild(what: string, error: string, lastLines: readonly string[]): Problem {
  const last = lastLines.at(-1);
  const summary = [shortened(error), ...(last === undefined ? [] : [last.trimStart()])].join(': ');
  const isForeign = [error, ...lastLines].some((line) => line.includes('exec format error'));
  const hint = isForeign ? FOREIGN : PRINTED;
  return processProblem({
    code: 'ghcr-build',
    what: `build ${what}`,
    result: { failure: 'exit', summary, lastLines },
    hint,
  });
}

/**
 * Shortens a message to one line. Cuts out the middle of a long one: its beginning shows the
 * command, perhaps a whole script, and its end the result.
 */
function shortened(error: string): string {
  const line = error.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > 400
    ? `${line.slice(0, 200).toWellFormed()} ... ${line.slice(-200).toWellFormed()}`
    : line;
}

/** The problem of a build that took longer than its limit. */
export function buildTimeout(what: string, ms: number): Problem {
  return problem({
    code: 'ghcr-build-timeout',
    kind: 'incomplete',
    message: `Could not build ${what}: Docker Engine took longer than ${ms / 60_000} minutes.`,
    hint: 'Run the same command again; if it takes as long, run docker build on the same directory to see where the time goes.',
  });
}

function noEngine(cause: unknown): Problem {
  const why = cause instanceof Error ? cause.message : 'no reason given';
  return problem({
    code: 'ghcr-no-engine',
    kind: 'incomplete',
    message: `Docker Engine does not answer: ${why}`,
    hint: 'Start Docker, or set DOCKER_HOST; an image made from `files` needs no engine.',
    rerun: 'after-fix',
    cause,
  });
}

function noBuildKit(cause: Error): Problem {
  return problem({
    code: 'ghcr-no-buildkit',
    kind: 'incomplete',
    message: 'The engine at the Docker address has no BuildKit.',
    hint: 'Set DOCKER_HOST to a Docker Engine: Podman has no BuildKit. An image made from `files` needs no engine.',
    rerun: 'after-fix',
    cause,
  });
}
