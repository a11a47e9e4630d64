import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { goModule } from '@ameide/publisher-go';
import { openRepository } from '@ameide/publisher-kit';
import { createTestRepository, runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, publishRelease } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Registries, startRegistries } from './shapes/our-files.ts';

// What a clone's folder is called must not matter: git's lists of paths and its configuration have
// quotes and comments, and PATH-like variables have separators.
const FOLDERS = [
  "o'neil",
  'a "quote"',
  '"',
  'new\nline "quote" \\',
  '#hash ; $HOME',
  'col:on',
  'caf\u00e9',
  'backslash\\',
  '-dash [x]*?',
];

const FILES = {
  'sdk/package.json': { name: '@acme/sdk', version: '0.1.0' },
  'sdk/index.js': 'export const x = 1;\n',
  'py/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "acme"\nversion = "0.1.0"\n',
  'py/acme/__init__.py': '',
  'go/go.mod': 'module example.org/acme/sdk\n',
  'go/a.go': 'package a\n',
};

const REPOSITORY = 'https://github.com/acme/mono';

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
afterAll(() => registries.stop());

needs('git', 'uv')('a clone in a folder', () => {
  test('of any name is published from, to npm, PyPI and a Go mirror', {
    timeout: 300_000,
  }, async () => {
    const { git, npm: packages, python } = registries;
    const mirror = await git.createRepository('folders/sdk');
    const definition = defineRelease({
      versionFile: 'sdk/package.json',
      repository: REPOSITORY,
      publishers: [
        npm({ directory: 'sdk', registry: packages.url, token: packages.token, build: ['true'] }),
        pypi({
          directory: 'py',
          uploadUrl: python.uploadUrl,
          simpleUrl: python.simpleUrl,
          token: python.token,
        }),
        goModule({ directory: 'go', mirror, token: git.token, user: git.user }),
      ],
    });
    await using repository = createTestRepository();
    const home = mkdtempSync(join(tmpdir(), 'ameide-folders-'));
    try {
      for (const [index, name] of FOLDERS.entries()) {
        const time = `${1_763_047_931 + 60 * index} +0000`;
        repository.commit({ files: { ...FILES, 'changes.txt': name }, time });
        const folder = join(home, name);
        mkdirSync(folder);
        runGit(folder, ['clone', '--quiet', `file://${repository.directory}`, 'clone']);
        runGit(join(folder, 'clone'), ['remote', 'set-url', 'origin', REPOSITORY]);
        await using opened = await openRepository(join(folder, 'clone'));
        const report = await publishRelease({ repository: opened, definition, env: {} });
        expect([name, report.exitCode, report.problems]).toEqual([name, 0, []]);
        expect(await opened.dirtyPaths()).toEqual([]);
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
