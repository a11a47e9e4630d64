import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Block, type DeflateModule, deflateModule } from './deflate.ts';

/** A compressed block, in the memory that it had before. */
export type Deflated = Pick<Block, 'memory' | 'length'>;

/** Threads that compress blocks. How many there are changes the time alone, not a byte. */
export interface DeflateThreads {
  readonly count: number;
  /** Gives a block and its memory to a thread; undefined when all of them have enough to do. */
  deflate(block: Block): Promise<Deflated> | undefined;
  /** The last user ends the threads. */
  release(): Promise<void>;
}

// Each takes about 20 MiB.
const MOST_THREADS = 2;
/** Of one thread: the second block waits, so that the thread never does. */
export const BLOCKS_PER_THREAD: number = 2;

let shared: { readonly threads: readonly Thread[]; users: number } | undefined;

/**
 * The process's threads, which archives that are written at the same time share. Default: one less
 * than the machine has processors, as the asking thread compresses, too.
 */
export function acquireThreads(count: number = availableParallelism() - 1): DeflateThreads {
  shared ??= { threads: startThreads(Math.min(count, MOST_THREADS)), users: 0 };
  shared.users += 1;
  const { threads } = shared;
  return {
    count: threads.length,
    deflate(block) {
      const idlest = threads.toSorted((a, b) => a.pending - b.pending)[0];
      return idlest !== undefined && idlest.pending < BLOCKS_PER_THREAD
        ? idlest.deflate(block)
        : undefined;
    },
    async release() {
      if (shared === undefined || --shared.users > 0) return;
      shared = undefined;
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}

function startThreads(count: number): readonly Thread[] {
  const module = deflateModule();
  return Array.from({ length: count }, () => new Thread(module));
}

class Thread {
  readonly #worker: Worker;
  /** A worker answers in the order in which it was asked. */
  readonly #waiting: PromiseWithResolvers<Deflated>[] = [];

  constructor(module: DeflateModule) {
    const url = new URL(`./deflate-worker${extname(import.meta.url)}`, import.meta.url);
    // Neither the options of this process (--input-type is none for a worker) nor its environment.
    this.#worker = new Worker(url, { workerData: module, execArgv: [], env: {} });
    this.#worker.on('message', (answer: Deflated) => this.#waiting.shift()?.resolve(answer));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a compressing thread has ended')));
  }

  get pending(): number {
    return this.#waiting.length;
  }

  deflate(block: Block): Promise<Deflated> {
    const waiting = Promise.withResolvers<Deflated>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(block, [block.memory.buffer]);
    return waiting.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
