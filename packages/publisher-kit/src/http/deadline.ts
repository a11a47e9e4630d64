const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends a call that takes too long. The time in a server's queue does not count. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #now: () => number;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = (): void => this.#controller.abort();
  #left: number;
  #startedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Starts at once, with `ms` milliseconds. `now` returns milliseconds that never jump. */
  constructor(ms: number, outer: AbortSignal | undefined, now: () => number) {
    this.#left = ms;
    this.#now = now;
    this.#outer = outer;
    outer?.addEventListener('abort', this.#abort, { once: true });
    this.run();
  }

  /** Aborts at the deadline, or with the caller's signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The milliseconds that are left. */
  get left(): number {
    return this.#left - (this.#startedAt === undefined ? 0 : this.#now() - this.#startedAt);
  }

  run(): void {
    this.#startedAt = this.#now();
    this.#timer = setTimeout(this.#abort, Math.min(this.#left, LONGEST_TIMER));
  }

  pause(): void {
    this.#left = this.left;
    this.#startedAt = undefined;
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#abort);
  }
}
