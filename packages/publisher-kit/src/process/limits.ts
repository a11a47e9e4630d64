import type { Command } from './processes.ts';

const TEN_MINUTES = 600_000;
const LONGEST_TIMER = 2 ** 31 - 1;

export interface ProcessLimits {
  /** Milliseconds, as a timer takes them. */
  readonly timeout: number;
  /** Bytes, for each stream. */
  readonly maxBuffer: number;
}

export function limitsOf({ maxOutputBytes, timeoutMs }: Command): ProcessLimits {
  return {
    timeout: Math.min(Math.ceil(timeoutMs ?? TEN_MINUTES), LONGEST_TIMER),
    maxBuffer: maxOutputBytes ?? 256 * 1024 * 1024,
  };
}
