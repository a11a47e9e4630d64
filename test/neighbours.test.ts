import { execFileSync } from 'node:child_process';
import { startNpmRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { publishRelease } from '@ameide/release';
import { expect, test } from 'vitest';

// The build of one package writes into the folder of another one, which has no build: the other one
// is packed from a checkout that no build has written to.

const manifest = (name: string) => ({ name: `@acme/${name}`, version: '0.0.0', license: 'MIT' });
const FILES = {
  'version.json': { version: '0.1.0' },
  'a/package.json': manifest('a'),
  'a/index.js': 'module.exports = "a";\n',
  'b/package.json': manifest('b'),
  'b/index.js': 'module.exports = "b";\n',
};

/** Ways into a neighbour's folder, as programs of node. */
const WAYS: Readonly<Record<string, string>> = {
  'by a relative path': `fs.writeFileSync('../b/index.js', 'steal()'); fs.writeFileSync('../b/more.js', '')`,
  'through a link': `fs.symlinkSync('../b', 'b'); fs.writeFileSync('b/index.js', 'steal()'); fs.writeFileSync('b/more.js', '')`,
  'through node_modules': `fs.mkdirSync('node_modules/@acme', { recursive: true });
    fs.symlinkSync('../../../b', 'node_modules/@acme/b'); fs.writeFileSync('node_modules/@acme/b/index.js', 'steal()')`,
  'by moving its folder away': `fs.renameSync('../b', '../c'); fs.mkdirSync('../b');
    fs.writeFileSync('../b/index.js', 'steal()'); fs.writeFileSync('../b/package.json', '{"name":"@acme/b","version":"0.0.0"}')`,
  'by a link to itself in its place': `fs.rmSync('../b', { recursive: true }); fs.symlinkSync('a', '../b')`,
};

needs('git')('a build that writes into the folder of another package', () => {
  test.each(Object.entries(WAYS))('%s: what is published is the commit’s', async (_, way) => {
    const registry = await startNpmRegistry();
    try {
      await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
      repository.commit({ files: FILES });
      const at = { registry: registry.url, token: registry.token };
      const build = [process.execPath, '--eval', `const fs = require('node:fs'); ${way}`] as const;
      const report = await publishRelease({
        repository: await repository.open(),
        definition: {
          versionFile: 'version.json',
          publishers: [npm({ directory: 'a', build, ...at }), npm({ directory: 'b', ...at })],
        },
        env: {},
        ref: 'refs/heads/main',
      });
      expect(report).toMatchObject({ exitCode: 0, problems: [] });
      const packument = await (await fetch(`${registry.url}/@acme%2fb`)).json();
      const [version] = Object.values(
        (packument as { versions: Record<string, { dist: { tarball: string } }> }).versions,
      );
      const tarball = await (await fetch(version?.dist.tarball ?? '')).bytes();
      const tar = (...argv: string[]): string =>
        execFileSync('tar', argv, { input: tarball }).toString();
      expect(tar('-xzOf', '-', 'package/index.js')).toBe(FILES['b/index.js']);
      const listed = tar('-tzf', '-');
      expect(listed.trim().split('\n').toSorted()).toEqual([
        'package/index.js',
        'package/package.json',
      ]);
    } finally {
      await registry.stop();
    }
  });
});
