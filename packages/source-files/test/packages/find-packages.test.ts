import { literalSource } from '@ameide/publisher-kit/testing';
import { findPackages } from '@ameide/source-files/packages';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';

type Files = Readonly<Record<string, string>>;

/** `directory name version`, with `private` where it is. */
async function find(files: Files): Promise<readonly string[]> {
  const { packages, problems } = await findPackages(literalSource(files));
  return [
    ...packages.map(({ directory, ecosystem, isPrivate, manifest, name, version = '-' }) =>
      [directory || '.', ecosystem, name, version, manifest.split('/').at(-1)]
        .concat(isPrivate ? 'private' : [])
        .join(' '),
    ),
    ...problems.map(({ code, message, path }) => `${code} ${path}: ${message}`),
  ];
}

const npm = (name: string, more = {}): string =>
  JSON.stringify({ name, version: '1.0.0', ...more });

const FOUND: readonly (readonly [title: string, files: Files, found: readonly string[]])[] = [
  [
    'every ecosystem, in one folder too',
    {
      'package.json': npm('root', { private: true, workspaces: ['packages/*'] }),
      'packages/sdk/package.json': npm('@acme/sdk'),
      'packages/sdk/pyproject.toml':
        '[project]\nname = "Acme_SDK"\nversion = "0.0.0"\n[build-system]\nrequires = ["hatchling"]\n',
      'packages/sdk/go.mod': 'module example.com/acme/sdk\n',
    },
    [
      '. npm root 1.0.0 package.json private',
      'packages/sdk go example.com/acme/sdk - go.mod',
      'packages/sdk npm @acme/sdk 1.0.0 package.json',
      'packages/sdk pypi acme-sdk 0.0.0 pyproject.toml',
    ],
  ],
  [
    'a package.json in no workspace, and one that names no package',
    {
      'js/package.json': npm('alone'),
      'esm/package.json': '{"type":"module"}',
      'js/hooks/package.json': '{"name":"alone/hooks"}',
      'js/sub/package.json': '{"name":"@acme/sdk/sub"}',
    },
    ['js npm alone 1.0.0 package.json'],
  ],
  [
    'a private package may have a name that npm refuses',
    { 'package.json': '{"name":"My App","private":"yes"}' },
    ['. npm My App - package.json private'],
  ],
  [
    'Poetry, one without a package',
    {
      'a/pyproject.toml':
        '[tool.poetry]\nname = "a"\nversion = "1.2"\n[build-system]\nrequires = ["poetry-core"]\n',
      'b/pyproject.toml': '[tool.poetry]\nname = "b"\npackage-mode = false\n',
      'c/pyproject.toml':
        '[project]\nname = "c"\ndynamic = ["version"]\n[tool.poetry]\nversion = "3"\n[build-system]\nrequires = ["poetry-core"]\n',
    },
    [
      'a pypi a 1.2 pyproject.toml',
      'b pypi b - pyproject.toml private',
      'c pypi c 3 pyproject.toml',
    ],
  ],
  [
    'setuptools: setup.cfg before setup.py, and only plain strings',
    {
      'a/setup.cfg': '[metadata]\nname = a\nversion = attr: a.__version__\n',
      'a/setup.py': 'from setuptools import setup\nsetup()\n',
      'b/setup.py': 'setup(name="b", version="2.0")',
      'c/setup.py': 'setup(name=NAME)',
      'd/setup.cfg': '[flake8]\nmax-line-length = 100\n',
      'e/pyproject.toml': '[tool.black]\n',
      'e/setup.cfg':
        '[metadata]\nname = e\nversion = 1.0\nclassifiers =\n  Private :: Do Not Upload\n',
    },
    ['a pypi a - setup.cfg', 'b pypi b 2.0 setup.py', 'e pypi e 1.0 setup.cfg private'],
  ],
  [
    'what uv does not build is private: no build system, or package = false',
    {
      'pyproject.toml': '[project]\nname = "app"\nversion = "0.1.0"\n',
      'b/pyproject.toml':
        '[project]\nname = "b"\nversion = "0"\n[build-system]\nrequires = []\n[tool.uv]\npackage = false\n',
      'c/pyproject.toml': '[project]\nname = "c"\nversion = "0"\n[tool.uv]\npackage = true\n',
    },
    [
      '. pypi app 0.1.0 pyproject.toml private',
      'b pypi b 0 pyproject.toml private',
      'c pypi c 0 pyproject.toml',
    ],
  ],
  [
    'Go: submodules; a path that nobody else can require is private',
    {
      'go.mod': 'module example.com/acme/v2\n',
      'sub/go.mod': 'module "example.com/acme/sub"\n',
      'internal/tools/go.mod': 'module example.com/acme/internal/tools\n',
      'scripts/go.mod': 'module scripts\n',
    },
    [
      '. go example.com/acme/v2 - go.mod',
      'internal/tools go example.com/acme/internal/tools - go.mod private',
      'scripts go scripts - go.mod private',
      'sub go example.com/acme/sub - go.mod',
    ],
  ],
  [
    'tests, examples, templates and other people’s code are left out',
    Object.fromEntries(
      [
        'node_modules/a',
        'packages/x/node_modules/a',
        'packages/x/test/fixtures/a',
        'packages/x/__tests__/a',
        'packages/x/__fixtures__/a',
        'test-fixtures/a',
        'examples/a',
        'example',
        'packages/create/template-react',
        'packages/create/templates/a',
        'third_party/a',
        'vendor/a',
        'playground/a',
        '.yarn/a',
        '_site',
        'packages/{{ name }}',
      ].map((folder) => [`${folder}/package.json`, npm('a')]),
    ),
    [],
  ],
  [
    'templates by their text, readable or not',
    {
      'a/package.json': '{"name":"<%= name %>","version":"1.0.0"}',
      'b/package.json': '{"name":"b", {{#if x}} "x":1 {{/if}} }',
      'c/pyproject.toml': '[project]\nname = "{{ cookiecutter.name }}"\n',
      'd/pyproject.toml': '[project]\n{% if x %}\nname = "d"\n',
    },
    [],
  ],
  [
    'a workspace brings back what it names itself, but not what a pattern with ** happens to find',
    {
      'package.json': npm('root', {
        private: true,
        workspaces: ['packages/**', 'examples/*', '!examples/no'],
      }),
      'packages/a/package.json': npm('a'),
      'packages/a/fixtures/b/package.json': npm('b'),
      'examples/c/package.json': npm('c'),
      'examples/no/package.json': npm('no'),
      'examples/c/node_modules/d/package.json': npm('d'),
      'fixtures/w/pnpm-workspace.yaml': 'packages: ["test/*"]\n',
      'fixtures/w/test/e/package.json': npm('e'),
    },
    [
      '. npm root 1.0.0 package.json private',
      'examples/c npm c 1.0.0 package.json',
      'packages/a npm a 1.0.0 package.json',
    ],
  ],
  [
    'pnpm, uv and Go workspaces do so as well',
    {
      'js/pnpm-workspace.yaml': 'packages:\n  - test/*\n',
      'js/test/a/package.json': npm('a'),
      'pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["examples/*", "deep/**"]\nexclude = ["examples/no"]\n',
      'examples/p/pyproject.toml':
        '[project]\nname = "p"\nversion = "1"\n[build-system]\nrequires = []\n',
      'examples/no/pyproject.toml': '[project]\nname = "no"\nversion = "1"\n',
      'deep/test/q/pyproject.toml': '[project]\nname = "q"\nversion = "1"\n',
      'go/go.work': 'go 1.25\nuse (\n\t.\n\t./examples/g\n)\n',
      'go/examples/g/go.mod': 'module example.com/g\n',
      'go/examples/h/go.mod': 'module example.com/h\n',
    },
    [
      'examples/p pypi p 1 pyproject.toml',
      'go/examples/g go example.com/g - go.mod',
      'js/test/a npm a 1.0.0 package.json',
    ],
  ],
];

test.each(FOUND)('%s', async (_title, files, found) => {
  expect(await find(files)).toEqual(found);
});

describe('what cannot be read is a problem, beside the packages that can', () => {
  test.each<readonly [string, string, string]>([
    ['package.json', '{', 'valid JSON'],
    ['a/package.json', '{"name":"a","name":"b"}', 'each key once'],
    ['a/package.json', '{"name":"UPPER","version":"1.0.0"}', 'an npm package name'],
    ['pyproject.toml', '[project\n', 'valid TOML 1.0; line 1'],
    ['pyproject.toml', '[project]\nname = 5\n', 'a Python project name'],
    ['setup.cfg', 'name = x\n', 'an INI file'],
    ['go.mod', 'go 1.25\n', 'a module line'],
  ])('%s: %s', async (path, text, expected) => {
    const files = literalSource({ [path]: text, 'good/package.json': npm('good') });
    const { packages, problems } = await findPackages(files);
    expect(packages.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toMatchObject([{ code: 'manifest-unreadable', kind: 'input', path }]);
    expect(problems[0]?.message).toContain(expected);
  });

  test('a workspace: its packages are found without it', async () => {
    const files = { 'pnpm-workspace.yaml': 'packages: 5\n', 'a/package.json': npm('a') };
    const { packages, problems } = await findPackages(literalSource(files));
    expect(packages.map(({ name }) => name)).toEqual(['a']);
    expect(problems).toMatchObject([
      { code: 'npm-workspace', kind: 'input', path: 'pnpm-workspace.yaml' },
    ]);
  });

  test('a workspace above others that cannot be read is one problem, with the file', async () => {
    const broken = '<<<<<<< HEAD\npackages: [a]\n=======\n';
    const { problems } = await findPackages(
      literalSource({
        'js/pnpm-workspace.yaml': broken,
        'js/package.json': npm('root', { workspaces: ['a'] }),
        'js/a/package.json': npm('a', { workspaces: ['b'] }),
      }),
    );
    expect(problems).toMatchObject([{ code: 'npm-workspace', path: 'js/pnpm-workspace.yaml' }]);
  });

  test.each([
    'package.json',
    'a/package.json',
    'pnpm-workspace.yaml',
    'go.work',
    'go.mod',
    'pyproject.toml',
    'setup.py',
  ])('%s that is not text in UTF-8', async (bad) => {
    const files = literalSource({ [bad]: '', 'good/package.json': npm('good') });
    const readText = async (path: string): Promise<string | undefined> => {
      if (path === bad) throw new InvalidInputError({ field: 'path', expected: 'a text file' });
      return files.readText(path);
    };
    const { packages, problems } = await findPackages({ ...files, readText });
    expect(packages.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toMatchObject([{ code: 'manifest-unreadable', path: bad }]);
  });
});

test('20,000 files with 1,000 packages take a fraction of a second, and each manifest is read once', async () => {
  const files: Record<string, string> = {
    'pnpm-workspace.yaml': 'packages: ["packages/*"]\n',
    'package.json': npm('root', { private: true }),
  };
  for (let at = 0; at < 1000; at += 1) {
    files[`packages/p${at}/package.json`] = npm(`p${at}`);
    for (let file = 0; file < 19; file += 1) files[`packages/p${at}/src/${file}.ts`] = '';
  }
  const source = literalSource(files);
  const read = new Map<string, number>();
  const counting = {
    ...source,
    readText: async (path: string): Promise<string | undefined> => {
      read.set(path, (read.get(path) ?? 0) + 1);
      return source.readText(path);
    },
  };
  const start = performance.now();
  const { packages } = await findPackages(counting);
  expect(performance.now() - start).toBeLessThan(5000);
  expect(packages).toHaveLength(1001);
  expect(Math.max(...read.values())).toBe(1);
});
