import { needs } from '@ameide/local-registries/components';
import { createProcesses, type Processes } from '@ameide/publisher-kit';
import { afterAll, describe, expect, test } from 'vitest';
import { readPyproject } from '../src/project/pyproject.ts';
import { build, commit, open, removeScratch } from './world.ts';

afterAll(removeScratch);

const VERSION = '0.1.0.dev20251113153211';
const MODULE = { 'sdk/acme_sdk/__init__.py': '"""Acme."""\n' };

interface Source {
  readonly requires: string;
  readonly backend: string;
  /** What else pyproject.toml has. */
  readonly tables?: string;
  /** `[project]`, unless it is a dynamic version alone. */
  readonly project?: string;
  readonly files?: Readonly<Record<string, string>>;
}

const HATCH = { requires: '"hatchling==1.28.0"', backend: 'hatchling.build' };
const SETUPTOOLS = { requires: '"setuptools==80.9.0"', backend: 'setuptools.build_meta' };
const hatch = (settings: string): string => `[tool.hatch.version]\n${settings}\n`;
const setuptools = (version: string): string =>
  `[tool.setuptools]\npackages = ["acme_sdk"]\n[tool.setuptools.dynamic]\nversion = ${version}\n`;
const about = (text: string) => ({ 'sdk/acme_sdk/about.py': text });

const SOURCES: Readonly<Record<string, Source>> = {
  'setuptools-scm': {
    requires: '"setuptools==80.9.0", "setuptools-scm==9.2.2"',
    backend: 'setuptools.build_meta',
    tables: '[tool.setuptools_scm]\nroot = ".."\n',
  },
  'setuptools-scm, under another name': {
    requires: '"setuptools==80.9.0", "setuptools-scm==8.3.1"',
    backend: 'setuptools.build_meta',
    tables: '[tool.setuptools_scm]\nroot = ".."\ndist_name = "acme.other"\n',
  },
  'setuptools-scm 7, which takes a name as it is written': {
    requires: '"setuptools==80.9.0", "setuptools-scm==7.1.0"',
    backend: 'setuptools.build_meta',
    project: '[project]\nname = "Acme.SDK"\ndynamic = ["version"]\n',
    tables: '[tool.setuptools]\npackages = ["acme_sdk"]\n[tool.setuptools_scm]\nroot = ".."\n',
  },
  'setuptools-scm, with the name in setup.cfg': {
    requires: '"setuptools==80.9.0", "setuptools-scm==9.2.2"',
    backend: 'setuptools.build_meta',
    project: '',
    tables: '[tool.setuptools_scm]\nroot = ".."\n',
    files: { 'sdk/setup.cfg': '[metadata]\nname = acme-sdk\n[options]\npackages = find:\n' },
  },
  'setuptools-scm, asked for by setup.py': {
    requires: '"setuptools==80.9.0", "setuptools-scm==9.2.2"',
    backend: 'setuptools.build_meta',
    project: '',
    files: {
      'sdk/setup.cfg': '[metadata]\nname = acme-sdk\n[options]\npackages = find:\n',
      'sdk/setup.py': 'from setuptools import setup\n\nsetup(use_scm_version={"root": ".."})\n',
    },
  },
  'hatch-vcs': {
    requires: '"hatchling==1.28.0", "hatch-vcs==0.5.0"',
    backend: 'hatchling.build',
    tables: hatch('source = "vcs"'),
  },
  'hatch-vcs that tells its name': {
    requires: '"hatchling==1.28.0", "hatch-vcs==0.5.0"',
    backend: 'hatchling.build',
    tables: hatch('source = "vcs"\nraw-options = { dist_name = "acme-sdk" }'),
  },
  'pdm-backend': {
    requires: '"pdm-backend==2.4.5"',
    backend: 'pdm.backend',
    tables: '[tool.pdm.version]\nsource = "scm"\n',
  },
  'pdm-backend, from a file': {
    requires: '"pdm-backend==2.4.5"',
    backend: 'pdm.backend',
    tables: '[tool.pdm.version]\nsource = "file"\npath = "acme_sdk/about.py"\n',
    files: about("__version__ = '0.0.0'\n"),
  },
  'poetry-dynamic-versioning': {
    requires: '"poetry-core==2.2.1", "poetry-dynamic-versioning==1.9.1"',
    backend: 'poetry_dynamic_versioning.backend',
    project: '',
    tables:
      '[tool.poetry]\nname = "acme-sdk"\nversion = "0.0.0"\ndescription = ""\nauthors = []\n[tool.poetry-dynamic-versioning]\nenable = true\n',
  },
  'uv-dynamic-versioning': {
    requires: '"hatchling==1.28.0", "uv-dynamic-versioning==0.11.2"',
    backend: 'hatchling.build',
    tables: hatch('source = "uv-dynamic-versioning"'),
  },
  'hatchling, from a file': {
    ...HATCH,
    tables: hatch('path = "acme_sdk/about.py"'),
    files: about("VERSION = 'v0.0.0'\n"),
  },
  'hatchling, from a module that it runs': {
    ...HATCH,
    tables: hatch('source = "code"\npath = "acme_sdk/about.py"'),
    files: about('__version__ = "0.0.0"\n'),
  },
  'hatchling, from a variable': {
    ...HATCH,
    tables: hatch('source = "env"\nvariable = "ACME_VERSION"'),
  },
  'setuptools, from a file': {
    ...SETUPTOOLS,
    tables: setuptools('{ file = ["VERSION.txt"] }'),
    files: { 'sdk/VERSION.txt': '0.0.0\n' },
  },
  'setuptools, from a module': {
    ...SETUPTOOLS,
    tables: setuptools('{ attr = "acme_sdk.about.__version__" }'),
    files: about('import sys\n\n__version__ = "0.0.0"  # here\n'),
  },
  flit: {
    requires: '"flit_core==3.12.0"',
    backend: 'flit_core.buildapi',
    files: { 'sdk/acme_sdk/__init__.py': '"""Acme."""\n\n__version__ = "0.0.0"\n' },
  },
  'meson-python': {
    requires: '"meson-python==0.18.0", "meson", "ninja"',
    backend: 'mesonpy',
    files: {
      'sdk/meson.build':
        "# version: '1'\nproject('acme',\n  license : 'MIT',\n  version : '0.0.0', # by the release\n)\n\nimport('python').find_installation().install_sources('acme_sdk/__init__.py', subdir: 'acme_sdk')\n",
    },
  },
  'poetry-core 2': {
    requires: '"poetry-core==2.2.1"',
    backend: 'poetry.core.masonry.api',
    tables: '[tool.poetry]\nversion = "0.0.0"\n',
  },
};

function pyproject({ backend, project, requires, tables = '' }: Source): string {
  const dynamic = '[project]\nname = "acme-sdk"\ndynamic = ["version"]\n';
  const written = backend.startsWith('flit') ? dynamic.replace('["', '["description", "') : dynamic;
  return `[build-system]\nrequires = [${requires}]\nbuild-backend = "${backend}"\n\n${project ?? written}\n${tables}`;
}

needs('git', 'uv')('a version that the build computes is the release’s own', () => {
  test.each(Object.entries(SOURCES))(
    '%s',
    async (_title, source) => {
      const files = { ...MODULE, 'sdk/pyproject.toml': pyproject(source), ...source.files };
      const built = await build(await open(commit(files), {}));
      expect(built.files.map(({ name }) => name)).toEqual([
        expect.stringMatching(new RegExp(`^acme_sdk-${VERSION}-`)),
        `acme_sdk-${VERSION}.tar.gz`,
      ]);
    },
    120_000,
  );

  test('and no build requirement’s: setuptools-scm is told whose it is', async () => {
    const seen: Readonly<Record<string, unknown>>[] = [];
    const real = createProcesses();
    const processes: Processes = {
      which: (program) => real.which(program),
      run: (command) => {
        seen.push(command.env ?? {});
        return real.run(command);
      },
    };
    const scm = SOURCES['setuptools-scm'] as Source;
    const files = { ...MODULE, 'sdk/pyproject.toml': pyproject(scm) };
    await build(await open(commit(files), { ports: { processes, env: {} } }));
    const names = Object.keys(Object.assign({}, ...seen)).filter((name) => name.includes('SCM'));
    expect(names).toEqual([
      'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ACME_SDK',
      'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_ACME-SDK',
    ]);
  }, 120_000);
});

describe('a version that no release can set', () => {
  test.each<[string, string, Source]>([
    [
      'versioningit',
      'from git alone',
      { requires: '"setuptools", "versioningit"', backend: 'setuptools.build_meta' },
    ],
    ['pbr', 'PBR_VERSION', { requires: '"setuptools", "pbr"', backend: 'setuptools.build_meta' }],
    ['maturin', 'Cargo.toml', { requires: '"maturin>=1,<2"', backend: 'maturin' }],
    [
      'a pattern',
      'a pattern',
      { ...HATCH, tables: hatch('path = "a.py"\npattern = "V = (?P<version>.*)"') },
    ],
    [
      'an expression',
      'expression',
      { ...HATCH, tables: hatch('source = "code"\npath = "a.py"\nexpression = "v()"') },
    ],
    ['two files', 'Known are', { ...SETUPTOOLS, tables: setuptools('{ file = ["a", "b"] }') }],
    ['a backend of one’s own', 'Known are', { requires: '"x"', backend: 'x' }],
  ])('%s is refused, with the way out', (_title, why, source) => {
    expect(() => readPyproject(pyproject(source), 'sdk/pyproject.toml')).toThrow(
      expect.objectContaining({
        code: 'pypi-dynamic-version',
        field: 'sdk/pyproject.toml',
        hint: expect.stringMatching(
          new RegExp(`${why}.*Take "version" out of dynamic, and write version = "0.0.0"`),
        ),
      }),
    );
  });

  test.each([
    ['a meson.build without one', "project('a', 'c')\n"],
    ['one that a command gives', "project('a', version: run_command('v').stdout())\n"],
    ['one in a file', "project('a', version: files('VERSION'))\n"],
    ['one of a dependency', "project('a')\ndependency('b', version: '1')\n"],
  ])('%s is refused', async (_title, meson) => {
    const source = SOURCES['meson-python'] as Source;
    const root = commit({ 'sdk/pyproject.toml': pyproject(source), 'sdk/meson.build': meson });
    await expect(open(root, {})).rejects.toThrow(
      expect.objectContaining({
        code: 'pypi-dynamic-version',
        field: 'sdk/meson.build',
        expected: expect.stringContaining("project(…, version: '0.0.0')"),
      }),
    );
  });
});
