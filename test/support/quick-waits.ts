// Runs before each test file of the projects that publish. What publishers wait for between two attempts, and while
// they watch a pointer that they have set, passes a hundred times as fast, as in the fault table. How long it is in
// real time is tested in the kit, with the real command, and in two-runs, where the time decides.
import { vi } from 'vitest';

vi.mock(import('../../packages/publisher-kit/src/sleep.ts'), async (original) => {
  const { sleep } = await original();
  return { sleep: (ms: number, signal: AbortSignal) => sleep(ms / 100, signal) };
});
