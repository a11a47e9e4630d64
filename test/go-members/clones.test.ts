import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { type Modules, OTHER, openWorld, type World } from './world.ts';

const MAIN = 'refs/heads/main';
/** Without `-mod`, so that `go` decides whether it uses `vendor`. */
const PLAIN = { GOFLAGS: '-modcacherw' };

const goMod = (folder: string, more = ''): string =>
  `module github.com/acme/${folder}\n\ngo 1.21\n${more}`;
const source = (folder: string, name: string): string =>
  `package ${folder}\n\nimport x "${name}"\n\n// Answer is 42.\nconst Answer = x.D + 2\n`;
const onCore = (folder: string, more = '') => ({
  'go.mod': goMod(
    folder,
    `\nrequire github.com/acme/core v0.0.0\n\nreplace github.com/acme/core => ../core\n${more}`,
  ),
  'x.go': source(folder, 'github.com/acme/core'),
});
const onOther = (folder: string, more = '') => ({
  'go.mod': goMod(folder, `\nrequire ${OTHER} v1.0.0\n${more}`),
  'x.go': source(folder, OTHER),
});

/** What the maintainers' own builds obey, and a clone of the mirror cannot. */
const MODULES: Modules = {
  core: { 'go.mod': goMod('core'), 'core.go': 'package core\n\n// D is 40.\nconst D = 40\n' },
  replaced: onOther('replaced', `\n// Next door.\nreplace ${OTHER} => ../dep\n`),
  vendored: { ...onCore('vendored'), 'go.work': 'go 1.21\n\nuse (\n\t.\n\t../core\n)\n' },
  consistent: onOther('consistent'),
  stale: { ...onOther('stale'), 'vendor/modules.txt': '# example.org/gone v1.0.0\n## explicit\n' },
  excluding: onCore('excluding', '\nexclude github.com/acme/core v0.1.0\n'),
  inside: {
    'go.mod': goMod(
      'inside',
      '\nrequire example.org/nested v0.1.0\n\nreplace example.org/nested => ./nested\n',
    ),
    'nested/go.mod': 'module example.org/nested\n\ngo 1.21\n',
    'nested/nested.go': 'package nested\n\nconst D = 40\n',
    'x.go': 'package inside\n',
    'x_test.go': source('inside', 'example.org/nested'),
    'go.work': 'go 1.21\n\nuse (\n\t.\n\t./nested\n)\n',
  },
};

async function prepared(): Promise<World> {
  const world = await openWorld(MODULES);
  const { go, repository } = world;
  repository.write('dep/go.mod', `module ${OTHER}\n\ngo 1.21\n`);
  repository.write('dep/dep.go', 'package dep\n\nconst D = 40\n');
  const own = { ...PLAIN, GOWORK: 'off' };
  for (const folder of ['stale', 'consistent'])
    await go.run(['mod', 'tidy'], join(repository.directory, folder), own);
  for (const folder of ['vendored', 'consistent'])
    await go.run(['mod', 'vendor'], join(repository.directory, folder), own);
  return world;
}

async function build(folder: string, ref: string, world: World): Promise<void> {
  const { go } = world;
  const directory = world.clone(folder, ref);
  // The commit has no checksum of what it takes from a folder.
  if (folder === 'replaced') {
    await expect(go.run(['build', './...'], directory, PLAIN)).rejects.toThrow(/go\.sum/);
    await go.run(['mod', 'tidy'], directory, PLAIN);
  }
  const command = folder === 'inside' ? 'vet' : 'build';
  await go.run([command, './...'], directory, { ...PLAIN, GOWORK: '' });
}

/** What a clone has of what its builds would obey. */
function keptIn(clone: string, folder: string): readonly string[] {
  const files = ['vendor', 'go.work'].filter((path) => existsSync(join(clone, path)));
  const isReplaced = readFileSync(join(clone, 'go.mod'), 'utf8').includes('=>');
  return [...files, ...(isReplaced ? ['replace'] : [])].map((one) => `${folder}: ${one}`);
}

needs('go', 'git')('a clone of a mirror', () => {
  test('builds, whatever folders the maintainers’ own builds use', async () => {
    await using world = await prepared();
    world.repository.commit();
    const expectBuilds = async (ref: string): Promise<void> => {
      await Promise.all(world.folders.map((folder) => build(folder, ref, world)));
      const kept = world.folders.flatMap((folder) => keptIn(world.clone(folder, ref), folder));
      expect(kept).toEqual(['consistent: vendor', 'inside: go.work', 'inside: replace']);
    };
    const report = await world.publish(MAIN);
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    await expectBuilds('dev');
    expect(report.notes.join('\n')).toMatchInlineSnapshot(`
      "go:github.com/acme/replaced: the mirror's go.mod omits the replace of github.com/other/dep by ../dep, a folder that the mirror does not have. Its go.sum has no checksum of github.com/other/dep v1.0.0: whoever clones the mirror has to run go mod tidy.
      go:github.com/acme/vendored: the mirror omits go.work, which leads to a folder that the mirror does not have.
      go:github.com/acme/vendored: the mirror omits vendor, because it disagrees with the go.mod there, and go would refuse a clone.
      go:github.com/acme/stale: the mirror omits vendor, because it disagrees with the go.mod there, and go would refuse a clone."
    `);
    const before = world.refs();
    expect(await world.publish(MAIN)).toMatchObject({ exitCode: 0, problems: [] });
    expect(world.refs()).toEqual(before);
    world.repository.git('tag', 'v0.1.0');
    expect(await world.publish('refs/tags/v0.1.0')).toMatchObject({ exitCode: 0, problems: [] });
    await expectBuilds('v0.1.0');
    for (const folder of ['replaced', 'excluding'])
      expect(await world.go.consume(world.path(folder), 'v0.1.0')).toBe('v0.1.0');
    const released = world.refs();
    expect(await world.publish('refs/tags/v0.1.0')).toMatchObject({ exitCode: 0, problems: [] });
    expect(world.refs()).toEqual(released);
  }, 120_000);
});
