import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Addresses, Question, Traffic } from './servers.ts';

/** One npm registry, Python index, OCI registry and git host, empty at the start. */
export interface RegistrySet extends Addresses {
  /** The folder of the servers' files, as `startLocalRegistries` lays it out. */
  readonly directory: string;
  /** Returns the traffic since the last call. */
  traffic(): Promise<Traffic>;
  /** Creates a bare repository, `owner/name`, on the git host. */
  createRepository(path: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RegistryProcess extends AsyncDisposable {
  start(set: string): Promise<RegistrySet>;
  /** From now on, delays every HTTP request to every set by `ms` milliseconds. */
  delay(ms: number): Promise<void>;
}

/** Starts the process of the registries, which keep their files below `folder`. */
export function startRegistryProcess(folder: string): RegistryProcess {
  const child = fork(join(import.meta.dirname, 'servers.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = askChild(child);
  return {
    async start(set) {
      const directory = join(folder, set);
      const addresses = await ask<Addresses>({ ask: 'start', set, directory });
      return {
        ...addresses,
        directory,
        traffic: () => ask<Traffic>({ ask: 'traffic', set }),
        createRepository: async (path) => void (await ask({ ask: 'repository', set, path })),
        stop: async () => void (await ask({ ask: 'stop', set })),
      };
    },
    delay: async (ms) => void (await ask({ ask: 'delay', ms })),
    async [Symbol.asyncDispose]() {
      // It has ended, or was killed.
      if (!child.connected) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

function askChild(child: ChildProcess): <T>(question: Question) => Promise<T> {
  let last = 0;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on('message', ({ id, result, error }: Answer) => {
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values())
      reject(new Error(`the process with the registries ended with ${code}`));
  });
  return async <T>(question: Question): Promise<T> => {
    const answer = Promise.withResolvers<unknown>();
    last += 1;
    waiting.set(last, answer);
    child.send({ id: last, question });
    return (await answer.promise) as T;
  };
}
