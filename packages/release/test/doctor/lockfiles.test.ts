import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportOn, repositoryOf } from './repository-of.ts';

const WORKSPACE = {
  'package.json': {
    name: 'root',
    private: true,
    workspaces: ['web'],
    packageManager: 'yarn@4.5.0',
  },
  'web/package.json': { name: 'web', private: true, dependencies: { algoliasearch: '4' } },
};

test('a range that looks like a number is the text that it is', async () => {
  const root = repositoryOf({
    ...WORKSPACE,
    'yarn.lock': `__metadata:
  version: 6
"algoliasearch@npm:4":
  version: 4.24.0
  resolution: "algoliasearch@npm:4.24.0"
"root@workspace:.":
  version: 0.0.0-use.local
  resolution: "root@workspace:."
"web@workspace:web":
  version: 0.0.0-use.local
  resolution: "web@workspace:web"
  dependencies:
    algoliasearch: 4
`,
  });
  expect((await reportOn(root)).problems).toEqual([]);
});

test('settings of pnpm may be written with anchors and merge keys', async () => {
  const root = repositoryOf({
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml':
      'packages: [web]\noverrides: &all\n  semver: 7\nmore:\n  <<: *all\ncatalogs:\n  new: { algoliasearch: "4" }\n',
    'pnpm-lock.yaml':
      "---\nlockfileVersion: '9.0'\n---\nlockfileVersion: '9.0'\noverrides:\n  semver: '7'\ncatalogs:\n  new:\n    algoliasearch:\n      specifier: '4'\nimporters:\n  web:\n    dependencies:\n      algoliasearch:\n        specifier: catalog:new\n        version: 4.24.0\n",
    'web/package.json': {
      name: 'web',
      private: true,
      dependencies: { algoliasearch: 'catalog:new' },
    },
  });
  expect((await reportOn(root)).problems).toEqual([]);
});

test.each([
  [{ '.gitignore': '# none\ninternal/**/yarn.lock\n', 'web/.gitignore': 'yarn.lock\n' }, undefined],
  [{ '.gitignore': 'internal/**/yarn.lock\n*.log\n*.lock\n' }, ['.gitignore', 3]],
  [{ '.gitignore': '*.lock\n!yarn.lock\n' }, undefined],
])('git itself says which line ignores a lockfile: %j', async (files, place) => {
  const { problems } = await reportOn(repositoryOf({ ...WORKSPACE, ...files }));
  expect(problems).toMatchObject([
    place === undefined
      ? { code: 'lockfile-present', message: 'There is no yarn.lock.', path: 'package.json' }
      : { code: 'lockfile-present', path: place[0], line: place[1] },
  ]);
});

test('a line in a folder, and one that only this clone has', async () => {
  const workspace = Object.fromEntries(
    Object.entries(WORKSPACE).map(([path, json]) => [`tools/${path}`, json]),
  );
  const root = repositoryOf({ ...workspace, 'tools/.gitignore': 'dist\nyarn.lock\n' });
  expect((await reportOn(root)).problems).toMatchObject([
    { code: 'lockfile-present', path: 'tools/.gitignore', line: 2 },
  ]);
  writeFileSync(join(root, 'tools/.gitignore'), '');
  writeFileSync(join(root, '.git/info/exclude'), 'yarn.lock\n');
  expect((await reportOn(root)).problems).toMatchObject([
    {
      code: 'lockfile-present',
      path: 'tools/package.json',
      hint: expect.stringMatching(/line 1 of \/.*\.git\/info\/exclude so/),
    },
  ]);
});
