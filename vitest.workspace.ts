import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// One vitest project for each package, so that `--project @ameide/<package>` runs it alone.
const projects = readdirSync(new URL('./packages/', import.meta.url)).map((name) => ({
  test: { name: `@ameide/${name}`, include: [`packages/${name}/test/**/*.test.ts`], testTimeout: 60_000, hookTimeout: 120_000 },
}));

export default defineConfig({ test: { projects } });
