/** Why a lockfile cannot be read. `readLockfiles` makes a problem of it. */
export class LockfileError extends Error {
  override readonly name = 'LockfileError';
  /** Counted from 1, if known. */
  readonly line: number | undefined;

  /** `expected` follows "expected". */
  constructor(expected: string, line?: number) {
    super(expected);
    this.line = line;
  }
}
