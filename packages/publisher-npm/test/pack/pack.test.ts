import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { literalSource } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openWorkspace } from '../../src/workspace/workspace.ts';
import {
  layOut,
  type Packed,
  packInWorkspace,
  packWithBun,
  packWithNpm,
  packWithPnpm,
  packWithUs,
  packWithYarn,
  temporaryFolder,
} from './packing.ts';
import { PACKAGE_SHAPES, type PackShape, WORKSPACE_SHAPES } from './shapes.ts';

/**
 * What is packed is what the repository's own tool packs in a plain clone: names, contents, modes
 * and package.json. Links are not compared: clients leave them out.
 */
const TOOLS = {
  npm: { pack: packWithNpm, mark: { packageManager: 'npm@11' } },
  pnpm: { pack: packWithPnpm, mark: {}, lockfile: { 'pnpm-lock.yaml': '' } },
  yarn: {
    pack: packWithYarn,
    mark: { packageManager: 'yarn@4.18.1' },
    lockfile: { 'yarn.lock': '' },
  },
  bun: { pack: packWithBun, mark: { packageManager: 'bun@1.4.5' }, lockfile: { 'bun.lock': '' } },
} as const;

for (const tool of ['npm', 'pnpm', 'yarn', 'bun'] as const) {
  const shapes = PACKAGE_SHAPES.filter(({ tools = [tool] }) => tools.includes(tool)).map(
    (shape): PackShape => markedFor(tool, shape),
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

for (const tool of ['npm', 'pnpm', 'yarn', 'bun'] as const) {
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

/** A shape may hold the lockfile of another tool. */
function markedFor(tool: keyof typeof TOOLS, shape: PackShape): PackShape {
  const { mark, lockfile = {} } = { lockfile: {}, ...TOOLS[tool] };
  const manifest = { ...(shape.files['package.json'] as object), ...mark };
  return { ...shape, files: { ...lockfile, ...shape.files, 'package.json': manifest } };
}

test.each<[string, Readonly<Record<string, string | object>>, string]>([
  ['a pnpm-workspace.yaml', { 'pnpm-workspace.yaml': '', 'package-lock.json': '{}' }, 'pnpm'],
  ['packageManager', { 'package.json': { packageManager: 'yarn@4.1.0' } }, 'yarn'],
  [
    'devEngines',
    { 'package.json': { devEngines: { packageManager: [{ name: 'bun' }] } }, 'yarn.lock': '' },
    'bun',
  ],
  ['an unknown name', { 'package.json': { packageManager: 'cnpm@9' } }, 'npm'],
  ['pnpm-lock.yaml', { 'pnpm-lock.yaml': '' }, 'pnpm'],
  ['yarn.lock', { 'yarn.lock': '' }, 'yarn'],
  ['bun.lockb', { 'bun.lockb': '' }, 'bun'],
  ['package-lock.json', { 'package-lock.json': '{}' }, 'npm'],
  ['nothing', {}, 'npm'],
  ['its own folder', { 'yarn.lock': '', 'a/package-lock.json': '{}' }, 'npm'],
  ['a folder above', { 'bun.lock': '', 'a/package.json': { name: 'a' } }, 'bun'],
  [
    'the nearest workspace',
    { 'pnpm-workspace.yaml': 'packages: [a/b]', 'a/package.json': { workspaces: ['b'] } },
    'npm',
  ],
  [
    'a workspace, not by one that leaves it out',
    { 'pnpm-workspace.yaml': '', 'a/package.json': { workspaces: ['c'] } },
    'pnpm',
  ],
])('the tool of a repository is known by %s', async (_, files, manager) => {
  const directory = Object.keys(files).some((path) => path.startsWith('a/')) ? 'a/b' : '';
  const { settings } = await openWorkspace(literalSource(files), directory);
  expect(settings.manager).toBe(manager);
});

describe('the shapes', () => {
  test('are many, and each its own', () => {
    const titles = [...PACKAGE_SHAPES, ...WORKSPACE_SHAPES].map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThanOrEqual(80);
  });
});
