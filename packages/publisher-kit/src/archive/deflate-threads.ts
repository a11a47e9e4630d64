import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Block, type DeflateModule, deflateModule } from './deflate.ts';

/** A compressed block, in the same memory as its input. */
export type Deflated = Pick<Block, 'memory' | 'length'>;

/** Threads that compress blocks. Their number changes only the time, never the bytes. */
export interface DeflateThreads {
  readonly count: number;
  /** Passes a block and its memory to a thread. Returns undefined if all threads are busy. */
  deflate(block: Block): Promise<Deflated> | undefined;
  /** Releases the threads; they end after the last user's release. */
  release(): Promise<void>;
}

// Each thread takes about 20 MiB.
const MOST_THREADS = 2;
/** Blocks queued for one thread: a second block waits, so that the thread never does. */
export const BLOCKS_PER_THREAD: number = 2;

let shared: { readonly threads: readonly Thread[]; users: number } | undefined;

/**
 * Returns the process's threads, which concurrent archives share. Default count: the machine's
 * processors minus one, because the calling thread compresses, too.
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
  /** The worker answers in the order of the requests. */
  readonly #waiting: PromiseWithResolvers<Deflated>[] = [];

  constructor(module: DeflateModule) {
    const url = new URL(`./deflate-worker${extname(import.meta.url)}`, import.meta.url);
    // The worker gets neither this process's options (workers reject --input-type) nor its
    // environment.
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
