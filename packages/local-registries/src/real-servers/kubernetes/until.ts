import { setTimeout } from 'node:timers/promises';

const RETRY_MS = 20;

/** Repeats a question until it is answered with true. Resolves to false if that takes too long. */
export async function until(isSo: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  const limit = Date.now() + limitMs;
  while (!(await isSo())) {
    if (Date.now() > limit) return false;
    await setTimeout(RETRY_MS);
  }
  return true;
}
