import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../support/client.ts';
import { readTarball } from '../support/tarball.ts';
import { layOut, readPacked, temporaryFolder } from './packing.ts';
import type { PackShape } from './shapes.ts';

const MANIFEST = {
  name: '@x/a',
  version: '1.0.0',
  packageManager: 'pnpm@12.0.0',
  scripts: { prepack: 'true', test: 'true', postpublish: 'true' },
  pnpm: { overrides: {} },
};

/** Every field of package.json counts here, also those that only pnpm leaves out. */
needs('pnpm')('settings of pnpm that change the packed package.json', () => {
  test.each<[string, object, Readonly<Record<string, string>>]>([
    ['', {}, { 'README.md': '# A' }],
    ['embedReadme: true', {}, { 'README.md': '# A' }],
    ['embedReadme: true', {}, { 'readme.MD': 'é\n' }],
    ['embedReadme: true', {}, { README: 'text' }],
    ['embedReadme: true', {}, { Readme: 'text' }],
    ['embedReadme: true', {}, { 'README.txt': 'text' }],
    ['embedReadme: true', {}, { README: 'text', 'Readme.markdown': '# A' }],
    ['embedReadme: true', {}, {}],
    ['embedReadme: true', { readme: 'of its own' }, { 'README.md': '# A' }],
    ['embedReadme: true', {}, { 'README.en.md': 'en', 'README.md': '# A' }],
    ['embedReadme: true', {}, { 'README.md/a': 'a folder' }],
    ['embedReadme: on', {}, { 'README.md': '# A' }],
    ['embedReadme: "no"', {}, { 'README.md': '# A' }],
    ['embedReadme: "true"', {}, { 'README.md': '# A' }],
    ['embedReadme: true', { files: ['dist'] }, { 'dist/README.md': '# A' }],
    ['skipManifestObfuscation: true', {}, {}],
    ['skipManifestObfuscation: false', {}, {}],
  ])('%j, %j, %j', async (setting, more, files) => {
    const home = temporaryFolder();
    onTestFinished(home.remove);
    const shape: PackShape = {
      title: setting,
      directory: 'a',
      files: {
        'package.json': { name: 'root', private: true },
        'pnpm-workspace.yaml': `packages: [a]\n${setting}\n`,
        'a/package.json': { ...MANIFEST, ...more },
        'a/index.js': 'x',
        ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`a/${path}`, text])),
      },
    };
    const root = join(home.path, 'clone');
    layOut(shape, root);
    const theirs = join(home.path, 'theirs.tgz');
    const argv = ['pnpm', 'pack', '--ignore-scripts', '--out', theirs] as const;
    await run(argv, join(root, 'a'), { HOME: home.path });
    expect(await readPacked(shape, root, manifestIn)).toEqual(await manifestIn(theirs));
  });
});

async function manifestIn(tarball: string): Promise<object> {
  const text = (await readTarball(tarball)).get('package/package.json')?.text ?? '';
  const { gitHead: _, ...manifest } = JSON.parse(text) as { readonly gitHead?: string };
  return manifest;
}
