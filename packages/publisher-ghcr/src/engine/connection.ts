import type { Duplex } from 'node:stream';
import type { Step } from '@ameide/versioning-core';
import type Dockerode from 'dockerode';

/** Makes a connection; nothing is sent before its first use. */
export type Connect = () => Promise<Dockerode>;

/**
 * From DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or the local socket. Loaded late: only
 * a Dockerfile needs it.
 */
export const connectEngine: Connect = async () => {
  const { default: Engine } = await import('dockerode');
  return new Engine();
};

/**
 * Gives an engine for so many milliseconds. The step's abort ends what is under way, and the end of
 * `use` closes what it left open: each rejects then. `late` aborts when the time is over.
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

/** Sends what Dockerode has no function for. */
export async function dial<T>(engine: Dockerode, request: object): Promise<T> {
  return new Promise((resolve, reject) => {
    (engine.modem as Modem).dial(request, (error, answer) => {
      if (error === null) resolve(answer as T);
      else reject(error);
    });
  });
}

/**
 * Dockerode hands a signal on in some of its calls alone (5.0.1: not for an image's `inspect` and
 * `get`, nor for a build's session).
 */
function abortable(engine: Dockerode, signal: AbortSignal): Dockerode {
  const modem = engine.modem as Modem;
  const abortableDial: Modem['dial'] = (options, done) =>
    modem.dial({ ...options, abortSignal: signal }, (error, answer) => {
      // A connection that was upgraded is no request any more.
      if ('hijack' in options && error === null)
        signal.addEventListener('abort', () => (answer as Duplex).destroy(), { once: true });
      done(error, answer);
    });
  return Object.create(engine, {
    modem: { value: Object.create(modem, { dial: { value: abortableDial } }) },
  }) as Dockerode;
}
