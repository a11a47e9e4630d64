import { needs } from '@ameide/local-registries/components';
import { afterAll, describe, expect, test } from 'vitest';
import { commit, open, removeScratch } from './world.ts';

afterAll(removeScratch);

/** Everywhere a credential could be; `.pypirc` is ignored by git and committed all the same. */
const SECRETS = ['', 'tests/', 'src/acme/', 'src/acme/sub/'].flatMap((folder) => [
  `sdk/${folder}.npmrc`,
  `sdk/${folder}.pypirc`,
]);

const BACKENDS: readonly (readonly [backend: string, requires: string, more: string])[] = [
  [
    'hatchling.build',
    '"hatchling==1.28.0"',
    '[tool.hatch.build.targets.wheel]\npackages = ["src/acme"]\n',
  ],
  ['flit_core.buildapi', '"flit_core==3.12.0"', ''],
  ['uv_build', '"uv_build>=0.9"', ''],
  ['poetry.core.masonry.api', '"poetry-core==2.2.1"', ''],
  ['pdm.backend', '"pdm-backend==2.4.5"', ''],
  ['mesonpy', '"meson-python", "meson", "ninja"', ''],
  ['setuptools.build_meta', '"setuptools==80.9.0", "setuptools-scm==9.2.2"', ''],
];

function files(backend: string, requires: string, more = ''): Readonly<Record<string, string>> {
  return {
    '.gitignore': '# here\n.pypirc\n',
    'sdk/.gitattributes': 'tests export-ignore\n',
    'sdk/pyproject.toml': `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n\n[project]\nname = "acme"\nversion = "0.0.0"\ndescription = "x"\n\n${more}`,
    'sdk/meson.build': "project('acme', version: '0')\n",
    'sdk/src/acme/__init__.py': '"""Acme."""\n',
    'sdk/src/acme/sub/__init__.py': '',
    ...Object.fromEntries(SECRETS.map((path) => [path, 'token\n'])),
  };
}

needs('git', 'uv')('files that the commit decides', () => {
  test.each(BACKENDS)(
    '%s: what validate reports is what the build would publish',
    async (backend, requires, more) => {
      const { plan, publisher, step } = await open(commit(files(backend, requires, more)), {});
      const told = (await publisher.validate?.(plan, step())) ?? [];
      expect(new Set(told.map(({ code, kind }) => `${code} ${kind}`))).toEqual(
        new Set(['secret-file input']),
      );
      const { problems = [] } = await publisher.build(plan, step());
      // pdm-backend takes tests as well.
      const others = backend === 'pdm.backend' ? /^sdk\/tests\// : /^$/;
      const inSdist = problems
        .flatMap(({ path = '' }) => (path.startsWith('sdk/') ? [path] : []))
        .filter((path) => !others.test(path));
      expect(new Set(told.map(({ path }) => path))).toEqual(new Set(inSdist));
      expect(inSdist).not.toEqual([]);
    },
    120_000,
  );
});

needs('git')('where the settings of the build decide', () => {
  const hatch = (more = '') => files('hatchling.build', '"hatchling"', more);
  test.each([
    ['hatchling', hatch('[tool.hatch.build.targets.sdist]\ninclude = ["src"]\n')],
    ['hatchling, for both archives', hatch('[tool.hatch.build]\nexclude = ["*rc"]\n')],
    ['hatchling, in its own file', { ...hatch(), 'sdk/hatch.toml': '' }],
    ['git, by an ignore file with wildcards', { ...hatch(), 'sdk/.gitignore': '*\n!*.py\n' }],
    [
      'git, for its archives',
      { ...files('mesonpy', '"x"'), '.gitattributes': '.*rc export-ignore\n' },
    ],
    [
      'flit',
      files('flit_core.buildapi', '"flit_core"', '[tool.flit.sdist]\nexclude = ["**/.*rc"]\n'),
    ],
    ['uv', files('uv_build', '"uv_build"', '[tool.uv.build-backend]\nsource-exclude = ["*rc"]\n')],
    [
      'MANIFEST.in',
      { ...files('setuptools.build_meta', '"setuptools-scm"'), 'sdk/MANIFEST.in': '' },
    ],
    ['plain setuptools', files('setuptools.build_meta', '"setuptools"')],
    ['a backend of the project’s own', files('own', '"x"')],
  ])('%s: nothing is told before the build', async (_title, project) => {
    const { plan, publisher, step } = await open(commit(project), {});
    expect(await publisher.validate?.(plan, step())).toEqual([]);
  });

  test('a file that allow names is no problem', async () => {
    const allow = SECRETS.filter((path) => path.endsWith('.npmrc')).slice(1);
    const { plan, publisher, step } = await open(commit(hatch()), { allow });
    expect(await publisher.validate?.(plan, step())).toMatchObject([
      {
        code: 'secret-file',
        message: 'pypi:acme would publish sdk/.npmrc, which usually holds credentials.',
      },
    ]);
  });
});

describe('requirements by address', () => {
  const BUILD =
    '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
  const told = async (
    pyproject: string,
    more: Readonly<Record<string, string>> = {},
    options = {},
  ) => {
    const root = commit({ 'sdk/pyproject.toml': pyproject, ...more });
    const { plan, publisher, step } = await open(root, options);
    const problems = (await publisher.validate?.(plan, step())) ?? [];
    return problems.map(({ code, field, kind, message, path }) => {
      expect([code, kind]).toEqual(['pypi-direct-reference', 'input']);
      return `${path} ${field}: ${message}`;
    });
  };
  const fromFolder = (name: string): string =>
    `pypi:sdk requires ${name} from a folder of the machine that builds it.`;
  const fromWeb = (name: string, scheme: string): string =>
    `pypi:sdk requires ${name} @ ${scheme}:…, and upload.pypi.org accepts no requirement by address.`;

  const PROJECT_TABLE = `${BUILD}[project]
name = "sdk"
version = "0.0.0"
dependencies = ["a>=1", "b @ https://u:hunter22@example.org/b.whl", "c @ file:///srv/c"]
[project.optional-dependencies]
all = ["d[x] @ git+https://example.org/d.git ; python_version > '3.9'", "e"]
`;

  test('of [project], all at once', async () => {
    expect(await told(PROJECT_TABLE)).toEqual([
      `sdk/pyproject.toml project.dependencies[1]: ${fromWeb('b', 'https')}`,
      `sdk/pyproject.toml project.dependencies[2]: ${fromFolder('c')}`,
      `sdk/pyproject.toml project.optional-dependencies.all[0]: ${fromWeb('d', 'git+https')}`,
    ]);
  });

  test('for an index of one’s own, those that nobody could install', async () => {
    const index = { uploadUrl: 'https://i.example/up', simpleUrl: 'https://i.example/simple' };
    expect(await told(PROJECT_TABLE, {}, index)).toEqual([
      `sdk/pyproject.toml project.dependencies[2]: ${fromFolder('c')}`,
    ]);
  });

  const DEPENDENCIES = `[tool.poetry.dependencies]
python = "^3.9"
a = { path = "../a", develop = true }
b = { version = ">=1", optional = true }
c = [{ git = "https://example.org/c.git", python = "<3.10" }, { version = "1" }]
d = { url = "https://example.org/d.whl" }
`;
  const POETRYS = [
    `sdk/pyproject.toml tool.poetry.dependencies.a: ${fromFolder('a')}`,
    `sdk/pyproject.toml tool.poetry.dependencies.c: ${fromWeb('c', 'git+https')}`,
    `sdk/pyproject.toml tool.poetry.dependencies.d: ${fromWeb('d', 'https')}`,
  ];

  test.each([
    ['[tool.poetry] alone', '[tool.poetry]\nname = "sdk"\nversion = "0.0.0"\n', POETRYS],
    [
      'dynamic dependencies',
      '[project]\nname = "sdk"\nversion = "0.0.0"\ndynamic = ["dependencies"]\n',
      POETRYS,
    ],
    ['[project] without dependencies', '[project]\nname = "sdk"\nversion = "0.0.0"\n', POETRYS],
    [
      'static dependencies beside it',
      '[project]\nname = "sdk"\nversion = "0.0.0"\ndependencies = []\n',
      [],
    ],
  ])('of Poetry: %s', async (_title, table, expected) => {
    expect(await told(`${BUILD}${table}${DEPENDENCIES}`)).toEqual(expected);
  });

  test('of setup.cfg', async () => {
    const cfg =
      '[metadata]\nname = sdk\nversion = 0.0.0\n[options]\ninstall_requires =\n  a>=1\n  b @ file:///b\n[options.extras_require]\nall = c@https://example.org/c.whl\n';
    const build = '[build-system]\nrequires = ["setuptools"]\n';
    expect(await told(build, { 'sdk/setup.cfg': cfg })).toEqual([
      `sdk/setup.cfg options.install_requires: ${fromFolder('b')}`,
      `sdk/setup.cfg options.extras_require.all: ${fromWeb('c', 'https')}`,
    ]);
  });
});
