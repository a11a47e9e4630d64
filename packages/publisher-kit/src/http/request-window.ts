/** How many requests one server gets at a time before it has refused any. npm opens 15 connections, docker pushes 5 layers. */
const MOST = 32;

/**
 * How many requests a server gets at a time, found as TCP finds the capacity of a network (RFC 5681). After
 * a refusal the window is one request. It doubles up to half of what was too much, and from there grows by
 * one for each full window of answers.
 */
export class RequestWindow {
  #size = MOST;
  #half = MOST;
  #epoch = 0;

  get size(): number {
    return Math.floor(this.#size);
  }

  /** Changes with each refusal. `accepted` and `refused` take the epoch in which the request was sent. */
  get epoch(): number {
    return this.#epoch;
  }

  /** An answer from before the last refusal says nothing about the smaller window. */
  accepted(epoch: number): void {
    if (epoch !== this.#epoch) return;
    const growth = this.#size < this.#half ? 1 : 1 / this.#size;
    this.#size = Math.min(MOST, this.#size + growth);
  }

  /** Requests that were sent together are refused together, and count once. */
  refused(epoch: number): void {
    if (epoch !== this.#epoch) return;
    this.#half = Math.max(1, Math.floor(this.#size / 2));
    this.#size = 1;
    this.#epoch += 1;
  }
}
