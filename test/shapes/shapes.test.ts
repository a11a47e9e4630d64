import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, explain } from './differences.ts';
import { ourFiles, type Registries, startRegistries } from './our-files.ts';
import { PYTHON_SHAPES } from './python-shapes.ts';
import { realFiles } from './real-files.ts';
import { createRepository } from './repository.ts';

let registries: Registries;

beforeAll(async () => {
  registries = await startRegistries();
});

afterAll(() => registries.stop());

for (const shape of [...PYTHON_SHAPES]) {
  needs(...shape.needs, 'git')(`the shape ${shape.name}`, () => {
    test(`${shape.title}: we publish what the real tool makes in a clone`, async () => {
      const home = await mkdtemp(join(tmpdir(), `ameide-shape-${shape.name}-`));
      try {
        const repository = await createRepository(shape, home);
        const real = await realFiles(shape, repository, home, registries.git);
        const ours = await ourFiles(shape, repository, home, registries);
        expect(differences(real, ours), explain(real, ours)).toEqual(shape.wrongToday ?? []);
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    });
  });
}
