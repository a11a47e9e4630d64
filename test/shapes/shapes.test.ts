import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, explain, refusalDifferences } from './differences.ts';
import { GO_SHAPES } from './go-shapes.ts';
import { IMAGE_SHAPES } from './image-shapes.ts';
import { MIXED_SHAPES } from './mixed-shapes.ts';
import { NPM_SHAPES } from './npm-shapes.ts';
import { ourFiles, type Registries, startRegistries } from './our-files.ts';
import { PYTHON_SHAPES } from './python-shapes.ts';
import { realFiles } from './real-files.ts';
import { createRepository } from './repository.ts';
import type { Shape } from './shape.ts';

const SHAPES = [...PYTHON_SHAPES, ...NPM_SHAPES, ...GO_SHAPES, ...IMAGE_SHAPES, ...MIXED_SHAPES];

let registries: Registries;

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(() => registries.stop());

/** Builds the shape by the real tools and by us, below `home`; `lines` is what is wrong with ours. */
async function compare(
  shape: Shape,
  home: string,
): Promise<{ readonly lines: readonly string[]; readonly explanation: string }> {
  const repository = await createRepository(shape, home);
  if (shape.refusedFor !== undefined) {
    const ours = await ourFiles(shape, repository, home, registries);
    return { lines: refusalDifferences(shape.refusedFor, ours), explanation: explain({}, ours) };
  }
  const real = await realFiles(shape, repository, home, registries.git);
  const ours = await ourFiles(shape, repository, home, registries);
  return { lines: differences(real, ours), explanation: explain(real, ours) };
}

for (const shape of SHAPES) {
  const right =
    shape.refusedFor === undefined
      ? 'we publish what the real tool makes in a clone'
      : `we refuse it for ${shape.refusedFor}`;
  needs(...shape.needs, 'git')(`the shape ${shape.name}`, () => {
    // With an empty cache the build backends are downloaded first.
    test(`${shape.title}: ${right}`, { timeout: 180_000 }, async () => {
      const home = await mkdtemp(join(tmpdir(), `ameide-shape-${shape.name}-`));
      try {
        const { lines, explanation } = await compare(shape, home);
        expect(lines, explanation).toEqual([]);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    });
  });
}
