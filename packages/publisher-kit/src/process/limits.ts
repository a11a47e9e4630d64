import type { Command } from './processes.ts';

const TEN_MINUTES = 600_000;
const LONGEST_TIMER = 2 ** 31 - 1;

/** The limits of a program, as Node's `child_process` and execa name them. */
export interface ProcessLimits {
  /** Milliseconds, at most what a timer accepts. */
  readonly timeout: number;
  /** Bytes, for each stream. */
  readonly maxBuffer: number;
}

/** Returns the limits of a command, with the defaults. */
export function limitsOf({ maxOutputBytes, timeoutMs }: Command): ProcessLimits {
  return {
    timeout: Math.min(Math.ceil(timeoutMs ?? TEN_MINUTES), LONGEST_TIMER),
    maxBuffer: maxOutputBytes ?? 256 * 1024 * 1024,
  };
}
