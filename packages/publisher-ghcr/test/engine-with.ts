import Dockerode from 'dockerode';

interface DialRequest {
  readonly path: string;
  readonly options?: object;
}

/** The engine, with other parameters of its builds. */
export function engineWith(parameters: object): Dockerode {
  const engine = new Dockerode();
  const modem = engine.modem as { dial(request: DialRequest, done: unknown): void };
  const dial = modem.dial.bind(modem);
  modem.dial = (request, done) => {
    if (request.path === '/build?') Object.assign(request.options ?? {}, parameters);
    dial(request, done);
  };
  return engine;
}

/** The engine of a test may have no network to give to a RUN. */
export function withoutNetwork(): Dockerode {
  return engineWith({ networkmode: 'none' });
}
