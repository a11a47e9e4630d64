import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const slow = { testTimeout: 60_000, hookTimeout: 120_000 };
const waits = { setupFiles: ['test/support/quick-waits.ts'] };
/** They test the waits themselves, or have none. */
const WITH_REAL_WAITS = new Set(['local-registries', 'publisher-kit', 'versioning-core']);

// One vitest project for each package, so that `--project @ameide/<package>` runs it alone, and one
// for the workspace itself.
const projects = [
  ...readdirSync(new URL('./packages/', import.meta.url)).map((name) => ({
    test: {
      name: `@ameide/${name}`,
      include: [`packages/${name}/test/**/*.test.ts`],
      ...slow,
      ...(WITH_REAL_WAITS.has(name) ? {} : waits),
    },
  })),
  { test: { name: 'workspace', include: ['test/**/*.test.ts'], ...slow, ...waits } },
];

export default defineConfig({
  // One worker for each core: most tests wait for servers and programs.
  test: { projects, maxWorkers: '100%', reporters: ['default', './scripts/summary-reporter.ts'] },
});
