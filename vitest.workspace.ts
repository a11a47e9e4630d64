import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 60_000, hookTimeout: 120_000 };

// One vitest project for each package, so that `--project @ameide/<package>` runs it alone, and one
// for the workspace itself.
const projects = [
  ...readdirSync(new URL('./packages/', import.meta.url)).map((name) => ({
    test: { name: `@ameide/${name}`, include: [`packages/${name}/test/**/*.test.ts`], ...slow },
  })),
  { test: { name: 'workspace', include: ['test/**/*.test.ts'], ...slow } },
];

export default defineConfig({
  // One worker for each core: most tests wait for servers and programs.
  test: { projects, maxWorkers: '100%', reporters: ['default', './scripts/summary-reporter.ts'] },
});
