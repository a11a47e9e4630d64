import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  layOut,
  type Packed,
  packInWorkspace,
  packWithNpm,
  packWithPnpm,
  packWithUs,
  temporaryFolder,
} from './packing.ts';
import { PACKAGE_SHAPES, type PackShape, WORKSPACE_SHAPES } from './shapes.ts';

/**
 * What is packed is what the repository's own tool packs in a plain clone: names, contents, modes
 * and package.json. Links are not compared: clients leave them out.
 */
const TOOLS = {
  npm: { pack: packWithNpm, lockfile: {} },
  pnpm: { pack: packWithPnpm, lockfile: { 'pnpm-lock.yaml': '' } },
} as const;

for (const tool of ['npm', 'pnpm'] as const) {
  const shapes = PACKAGE_SHAPES.filter(({ tools = ['npm', 'pnpm'] }) => tools.includes(tool)).map(
    (shape): PackShape => ({ ...shape, files: { ...TOOLS[tool].lockfile, ...shape.files } }),
  );

  needs(tool)(`a package alone is packed as by ${tool} pack`, () => {
    const home = temporaryFolder();
    const folderOf = (shape: PackShape): string => join(home.path, String(shapes.indexOf(shape)));
    let packed: ReadonlyMap<string, Packed>;

    beforeAll(async () => {
      for (const shape of shapes) layOut(shape, folderOf(shape));
      packed = await TOOLS[tool].pack(shapes.map(folderOf), home.path);
    });
    afterAll(home.remove);

    test.each(shapes.map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
      const { name } = shape.files['package.json'] as { readonly name: string };
      expect(packed.get(name)).toBeDefined();
      expect(await packWithUs(shape, folderOf(shape))).toEqual(packed.get(name));
    });
  });
}

for (const tool of ['npm', 'pnpm', 'yarn'] as const) {
  needs(tool)(`a package of a workspace is packed as by ${tool} pack`, () => {
    const shapes = WORKSPACE_SHAPES.filter((shape) => shape.tool === tool);

    test.each(shapes.map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
      const home = temporaryFolder();
      onTestFinished(home.remove);
      const root = join(home.path, 'clone');
      layOut(shape, root);
      const theirs = await packInWorkspace(shape, root, home.path);
      expect(Object.keys(theirs).length).toBeGreaterThan(1);
      expect(await packWithUs(shape, root)).toEqual(theirs);
    });
  });
}

describe('the shapes', () => {
  test('are many, and each its own', () => {
    const titles = [...PACKAGE_SHAPES, ...WORKSPACE_SHAPES].map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThanOrEqual(80);
  });
});
