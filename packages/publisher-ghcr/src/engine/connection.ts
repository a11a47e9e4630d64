import type { Duplex } from 'node:stream';
import type { Step } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';

/** Makes a connection. Sends nothing before its first use. */
export type Connect = () => Promise<Dockerode>;

/**
 * Connects by DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or to the local socket. Loads
 * Dockerode only now, because only a Dockerfile needs it.
 */
export const connectEngine: Connect = async () => {
  const { default: Engine } = await import('dockerode');
  return new Engine();
};

/**
 * Runs `use` with an engine for at most `ms` milliseconds. The step's abort ends what is running,
 * and the end of `use` closes what it left open; both make it reject. `late` aborts when the time
 * is over.
 */
export async function withEngine<T>(
  connect: Connect,
  step: Step,
  ms: number,
  use: (engine: Dockerode, late: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(ms);
  const ended = new AbortController();
  try {
    return await use(
      abortable(await connect(), AbortSignal.any([step.signal, late, ended.signal])),
      late,
    );
  } finally {
    ended.abort();
  }
}

interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}

/** Sends a request for which Dockerode has no function. */
export async function dial<T>(engine: Dockerode, request: object): Promise<T> {
  return new Promise((resolve, reject) => {
    (engine.modem as Modem).dial(request, (error, answer) => {
      if (error === null) resolve(answer as T);
      else reject(error);
    });
  });
}

/**
 * Dockerode passes a signal on only in some calls (5.0.1: not for an image's `inspect` and `get`,
 * nor for a build's session).
 */
function abortable(engine: Dockerode, signal: AbortSignal): Dockerode {
  const modem = engine.modem as Modem;
  const abortableDial: Modem['dial'] = (options, done) =>
    modem.dial({ ...options, abortSignal: signal }, (error, answer) => {
      // An upgraded connection is no longer a request, so end it separately.
      if ('hijack' in options && error === null)
        signal.addEventListener('abort', () => (answer as Duplex).destroy(), { once: true });
      done(error, answer);
    });
  return Object.create(engine, {
    modem: { value: Object.create(modem, { dial: { value: abortableDial } }) },
  }) as Dockerode;
}
