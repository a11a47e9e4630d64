/** Takes bytes off a stream in amounts of its own. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next `size` bytes; fewer when the stream ends before. */
  async take(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.#pass(size, (part) => void parts.push(part));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  /** Passes over bytes without keeping any; false when the stream ends before. */
  async skip(size: number): Promise<boolean> {
    return (await this.#pass(size, () => undefined)) === size;
  }

  /** Ends the stream; what is left of it is not read. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #pass(size: number, use: (part: Uint8Array) => void): Promise<number> {
    let passed = 0;
    while (passed < size) {
      if (this.#held.length === 0) {
        const next = await this.#pieces.next();
        if (next.done === true) break;
        this.#held = next.value;
        continue;
      }
      const part = this.#held.subarray(0, size - passed);
      this.#held = this.#held.subarray(part.length);
      passed += part.length;
      use(part);
    }
    return passed;
  }
}
