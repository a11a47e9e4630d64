import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { needs } from '@ameide/local-registries/components';
import { createProcesses, type Processes } from '@ameide/publisher-kit';
import { afterAll, describe, expect, test } from 'vitest';
import { readPyproject } from '../src/project/pyproject.ts';
import { build, commit, folder, open, removeScratch } from './world.ts';

afterAll(removeScratch);

const STATIC = '[project]\nname = "acme-sdk"\nversion = "0.0.0"\n';
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
const SCIKIT = {
  requires: '"scikit-build-core==0.11.6"',
  backend: 'scikit_build_core.build',
};
const SCIKIT_TABLES = 'wheel.cmake = false\nwheel.packages = ["acme_sdk"]\n';
const CMAKE = 'cmake_minimum_required(VERSION 3.15)\nproject(acme)\n';
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
  'pbr, in [project]': {
    requires: '"setuptools==80.9.0", "pbr==7.1.3"',
    backend: 'pbr.build',
    tables: '[tool.setuptools]\npackages = ["acme_sdk"]\n',
  },
  'pbr, asked for by setup.py': {
    requires: '"setuptools==80.9.0", "pbr==7.0.3"',
    backend: 'setuptools.build_meta',
    project: '',
    files: {
      'sdk/setup.cfg':
        '[metadata]\nname = acme-sdk\nversion = 0.1.0\n[files]\npackages =\n    acme_sdk\n',
      'sdk/setup.py': 'from setuptools import setup\n\nsetup(pbr=True)\n',
      // pbr asks git for the files of the repository's root.
      'sdk/MANIFEST.in': 'include setup.py\n',
    },
  },
  'scikit-build-core, from setuptools-scm': {
    ...SCIKIT,
    tables: `[tool.scikit-build]\n${SCIKIT_TABLES}metadata.version.provider = "scikit_build_core.metadata.setuptools_scm"\n[tool.setuptools_scm]\nroot = ".."\n`,
    files: { 'sdk/CMakeLists.txt': CMAKE },
  },
  'scikit-build-core, from a file': {
    ...SCIKIT,
    tables: `[tool.scikit-build]\n${SCIKIT_TABLES}[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\ninput = "acme_sdk/about.py"\n`,
    files: { 'sdk/CMakeLists.txt': CMAKE, ...about('__version__ = "0.0.0"\n') },
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
  'setuptools, from a module that has a namesake without a version': {
    ...SETUPTOOLS,
    tables: setuptools('{ attr = "acme_sdk.about.__version__" }'),
    files: {
      ...about('__version__ = "0.0.0"\n'),
      'sdk/src/acme_sdk/about.py': 'ABOUT = "acme"\n',
    },
  },
  flit: {
    requires: '"flit_core==3.12.0"',
    backend: 'flit_core.buildapi',
    files: { 'sdk/acme_sdk/__init__.py': '"""Acme."""\n\n__version__ = "0.0.0"\n' },
  },
  'flit, in a namespace package': {
    requires: '"flit_core==3.12.0"',
    backend: 'flit_core.buildapi',
    project: '[project]\nname = "acme.sdk"\ndynamic = ["version", "description"]\n',
    files: { 'sdk/acme/sdk/__init__.py': '"""Acme."""\n\n__version__ = "0.0.0"\n' },
  },
  'meson-python': {
    requires: '"meson-python==0.18.0", "meson", "ninja"',
    backend: 'mesonpy',
    files: {
      'sdk/meson.build':
        "# version: '1'\nproject('acme',\n  license : 'MIT',\n  version : '0.0.0', # by the release\n)\n\nimport('python').find_installation().install_sources('acme_sdk/__init__.py', subdir: 'acme_sdk')\n",
    },
  },
  'meson-python, from a file': {
    requires: '"meson-python==0.18.0", "meson", "ninja"',
    backend: 'mesonpy',
    files: {
      'sdk/meson.build':
        "project('acme', version: files('VERSION'))\nimport('python').find_installation().install_sources('acme_sdk/__init__.py', subdir: 'acme_sdk')\n",
      'sdk/VERSION': '0.0.0\n',
    },
  },
  'hatchling, by a pattern': {
    ...HATCH,
    tables: hatch(
      `path = "acme_sdk/about.py"\npattern = '''(?i)^release: str = (?P<q>['"])v?(?P<version>[^'"]+)(?P=q)'''`,
    ),
    files: about("OLD = '1.0'\nRELEASE: str = 'v0.0.0'\n"),
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

  test('a build that reads the version from another file is refused, and the hint names the stamped file', async () => {
    const source = SOURCES['setuptools, from a module'] as Source;
    const tables = `${source.tables ?? ''}[tool.setuptools.package-dir]\nacme_sdk = "real/acme_sdk"\n`;
    const files = {
      'sdk/pyproject.toml': pyproject({ ...source, tables }),
      'sdk/real/acme_sdk/__init__.py': '',
      'sdk/real/acme_sdk/about.py': '__version__ = "9.9"\n',
      ...about('__version__ = "0.0.0"\n'),
    };
    const opened = await open(commit(files), {});
    const { problems = [] } = await opened.publisher.build(opened.plan, opened.step());
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('made acme_sdk-9.9-py3-none-any.whl'),
      expect.stringContaining('made acme_sdk-9.9.tar.gz'),
    ]);
    expect(problems[0]?.hint).toBe(
      'The build must make one sdist and at least one wheel, with name and URLs from pyproject.toml and the version from acme_sdk/about.py, as the release set them.',
    );
  }, 120_000);

  test('and no build requirement’s: hatch-vcs is told whose it is', async () => {
    const helper = folder();
    writeFileSync(
      join(helper, 'pyproject.toml'),
      '[build-system]\nrequires = ["setuptools==80.9.0", "setuptools-scm==9.2.2"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "acme-helper"\ndynamic = ["version"]\n[tool.setuptools_scm]\nfallback_version = "9.9"\n',
    );
    const source: Source = {
      requires: `"hatchling==1.28.0", "hatch-vcs==0.5.0", "acme-helper @ ${pathToFileURL(helper).href}"`,
      backend: 'hatchling.build',
      tables: `${hatch('source = "vcs"')}[tool.hatch.build.hooks.custom]\n`,
    };
    const hook =
      'from importlib.metadata import version\nfrom hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\nclass Hook(BuildHookInterface):\n    def initialize(self, _version, _data):\n        assert version("acme-helper") == "9.9", version("acme-helper")\n';
    const files = { 'sdk/pyproject.toml': pyproject(source), 'sdk/hatch_build.py': hook };
    await build(await open(commit({ ...MODULE, ...files }), {}));
  }, 120_000);

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
      'SETUPTOOLS_SCM_PRETEND_METADATA_FOR_ACME_SDK',
      'SETUPTOOLS_SCM_PRETEND_METADATA_FOR_ACME-SDK',
    ]);
  }, 120_000);

  const SCM = {
    requires: '"setuptools==80.9.0", "setuptools-scm==9.2.2"',
    backend: SETUPTOOLS.backend,
  };
  const SCM_8 = { ...SCM, requires: '"setuptools==80.9.0", "setuptools-scm==8.3.1"' };
  const SCM_FILE = '[tool.setuptools_scm]\nroot = ".."\nversion_file = "acme_sdk/_version.py"\n';
  const SETUP_PY =
    'from setuptools import setup\n\nsetup(use_scm_version={"write_to": "acme_sdk/_version.py"})\n';
  const SETUP_CFG = '[metadata]\nname = acme-sdk\nversion = 0.0.0\n[options]\npackages = find:\n';
  const attr = setuptools('{ attr = "acme_sdk.about.__version__" }');

  test.each<[string, Source]>([
    ['9', { ...SCM, tables: SCM_FILE }],
    ['8, beside a static version', { ...SCM_8, project: STATIC, tables: SCM_FILE }],
    [
      'of setup.py, beside the version of a module',
      {
        ...SCM,
        tables: attr,
        files: { ...about('__version__ = "0.0.0"\n'), 'sdk/setup.py': SETUP_PY },
      },
    ],
    [
      'with its own table, beside the version of a module',
      { ...SCM, tables: `${attr}${SCM_FILE}`, files: about('__version__ = "0.0.0"\n') },
    ],
    [
      'as the module of the version',
      { ...SCM, tables: `${setuptools('{ attr = "acme_sdk._version.version" }')}${SCM_FILE}` },
    ],
    [
      'as the module of the version of setup.cfg',
      {
        ...SCM,
        project: '',
        tables: SCM_FILE,
        files: { 'sdk/setup.cfg': SETUP_CFG.replace('0.0.0', 'attr: acme_sdk._version.version') },
      },
    ],
    [
      '8 of setup.py, beside the version of setup.cfg',
      { ...SCM_8, project: '', files: { 'sdk/setup.cfg': SETUP_CFG, 'sdk/setup.py': SETUP_PY } },
    ],
  ])(
    'setuptools-scm %s writes the release’s version and commit',
    async (_title, source) => {
      const files = { ...MODULE, 'sdk/pyproject.toml': pyproject(source), ...source.files };
      const opened = await open(commit(files), {});
      const text = sdistFile(await build(opened), 'acme_sdk/_version.py');
      expect(text).toContain(`__version__ = version = '${VERSION}'`);
      // Not each form of the file has it. setuptools-scm shortens it:
      // https://setuptools-scm.readthedocs.io/en/latest/config/
      const [, named] = /^__commit_id__ = commit_id = (.*)$/m.exec(text) ?? [];
      if (named !== undefined) expect(named).toBe(`'g${opened.sha.slice(0, 9)}'`);
    },
    120_000,
  );

  test('a requirement takes the version from the environment, beside a static version', async () => {
    const source: Source = {
      requires: '"hatchling==1.28.0", "uv-dynamic-versioning==0.11.2"',
      backend: HATCH.backend,
      project: `${STATIC}dynamic = ["dependencies"]\n`,
      tables: `[tool.hatch.metadata.hooks.uv-dynamic-versioning]\ndependencies = ['acme-core=={{ env["AMEIDE_PYPI_VERSION"] }}']\n`,
    };
    const opened = await open(commit({ ...MODULE, 'sdk/pyproject.toml': pyproject(source) }), {});
    const environment = { AMEIDE_PYPI_VERSION: VERSION };
    const built = await build({ ...opened, step: () => ({ ...opened.step(), environment }) });
    expect(sdistFile(built, 'PKG-INFO')).toContain(`Requires-Dist: acme-core==${VERSION}\n`);
  }, 120_000);

  test('a requirement names the version, whatever the plugin makes of it', async () => {
    const source: Source = {
      requires: '"hatchling==1.28.0", "uv-dynamic-versioning==0.14.1"',
      backend: HATCH.backend,
      project: '[project]\nname = "acme-sdk"\ndynamic = ["version", "dependencies"]\n',
      tables: `${hatch('source = "uv-dynamic-versioning"')}[tool.hatch.metadata.hooks.uv-dynamic-versioning]\ndependencies = ["acme-core[cli]=={{ version }}", "acme-x == {{- version -}} ; python_version>'3'", "acme-y>={{ major }}.{{ minor }},!={{base}}"]\n`,
    };
    const opened = await open(commit({ ...MODULE, 'sdk/pyproject.toml': pyproject(source) }), {});
    const built = await build(opened);
    const metadata = sdistFile(built, 'PKG-INFO');
    expect(metadata).toContain(`Requires-Dist: acme-core[cli]==${VERSION}\n`);
    expect(metadata).toContain(`Requires-Dist: acme-x==${VERSION}; python_version > '3'\n`);
    expect(metadata).toContain('Requires-Dist: acme-y!=0.1.0,>=0.1\n');
  }, 120_000);

  test('a template takes the commit from the environment', async () => {
    const source = SOURCES['poetry-dynamic-versioning'] as Source;
    const template = `[tool.poetry-dynamic-versioning.files."acme_sdk/_version.py"]\ninitial-content-jinja = """\nversion = "{{ formatted_version }}"\ncommit = "{{ env["AMEIDE_SHA"] }}"\n"""\n`;
    const tables = `${source.tables ?? ''}${template}`;
    const files = { ...MODULE, 'sdk/pyproject.toml': pyproject({ ...source, tables }) };
    const opened = await open(commit(files), {});
    const environment = { AMEIDE_SHA: opened.sha };
    const built = await build({ ...opened, step: () => ({ ...opened.step(), environment }) });
    expect(sdistFile(built, 'acme_sdk/_version.py')).toBe(
      `version = "${VERSION}"\ncommit = "${opened.sha}"`,
    );
  }, 120_000);
});

function sdistFile(built: Awaited<ReturnType<typeof build>>, path: string): string {
  const sdist = built.files.find(({ name }) => name.endsWith('.tar.gz'))?.path ?? '';
  const member = `acme_sdk-${VERSION}/${path}`;
  return execFileSync('tar', ['-xOzf', sdist, member], { encoding: 'utf8' });
}

describe('a version that no release can set', () => {
  test.each<[string, string, Source]>([
    [
      'a pattern that JavaScript reads otherwise',
      'this pattern',
      { ...HATCH, tables: hatch(`path = "a.py"\npattern = '\\AV = (?P<version>.*)'`) },
    ],
    [
      'an expression',
      'expression',
      { ...HATCH, tables: hatch('source = "code"\npath = "a.py"\nexpression = "v()"') },
    ],
    ['a nodejs package', 'Known are', { ...HATCH, tables: hatch('source = "nodejs"') }],
    [
      'scikit-build-core’s template',
      'Known are',
      {
        ...SCIKIT,
        tables:
          '[tool.scikit-build.metadata.version]\nprovider = "scikit_build_core.metadata.regex"\ninput = "a.h"\nregex = "V (?P<value>.*)"\n',
      },
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

  test.each<[string, string, Source]>([
    [
      'versioningit',
      'static',
      {
        requires: '"setuptools", "versioningit"',
        backend: 'setuptools.build_meta',
        project: STATIC,
      },
    ],
    [
      'versioningit',
      'dynamic',
      { requires: '"hatchling", "versioningit"', backend: HATCH.backend },
    ],
    [
      'versioneer',
      'static',
      { ...SETUPTOOLS, project: STATIC, tables: '[tool.versioneer]\nVCS = "git"\n' },
    ],
  ])(
    '%s writes git’s version into files, beside a %s one, and is refused',
    (plugin, _how, source) => {
      expect(() => readPyproject(pyproject(source), 'sdk/pyproject.toml')).toThrow(
        expect.objectContaining({
          code: 'pypi-dynamic-version',
          field: 'sdk/pyproject.toml',
          hint: expect.stringMatching(new RegExp(`Remove ${plugin}, .*version = "0.0.0"`)),
        }),
      );
    },
  );

  const poetry = (text: string, enable = true): Source => ({
    requires: '"poetry-core", "poetry-dynamic-versioning"',
    backend: 'poetry_dynamic_versioning.backend',
    project: STATIC,
    tables: `[tool.poetry-dynamic-versioning]\nenable = ${enable}\n[tool.poetry-dynamic-versioning.files."acme/_version.py"]\ninitial-content-jinja = """\n${text}"""\n`,
  });
  const hook = (text: string, requires = '"hatchling", "uv-dynamic-versioning"'): Source => ({
    requires,
    backend: HATCH.backend,
    project: STATIC,
    tables: `[tool.hatch.metadata.hooks.uv-dynamic-versioning]\n${text}\n`,
  });

  test.each<[string, Source]>([
    ['commit', poetry('version = "{{ formatted_version }}"\ncommit = "{{\ncommit}}"\n')],
    ['commit', poetry('{{ "}}" ~ commit }}\n')],
    ['commit', poetry(String.raw`{{ "a\\"" ~ commit ~ "b" }}` + '\n')],
    ['dirty', poetry('{%- if not\n dirty %}clean{% endif %}\n')],
    ['timestamp', poetry('{{ "v" ~ timestamp }}\n')],
    ['version', poetry('{{ version }}\n')],
    ['serialize_pep440', poetry('{{ serialize_pep440(base, stage, revision) }}\n')],
    ['branch_escaped', hook('dependencies = ["other", "acme-core=={{ branch_escaped }}"]')],
    ['version', hook('dependencies = ["acme-core=={{ version.base }}"]')],
    ['version', hook('dependencies = ["acme-core=={{ version | upper }}"]')],
    ['distance', hook('optional-dependencies = { a = ["acme-core>={{ distance }}"] }')],
  ])(
    'a template with {{ %s }} is refused: the plugin sets it only from git',
    (variable, source) => {
      expect(() => readPyproject(pyproject(source), 'pyproject.toml')).toThrow(
        expect.objectContaining({
          code: 'pypi-dynamic-version',
          field: 'pyproject.toml',
          message: expect.stringMatching(
            new RegExp(`in tool\\..* without ${variable}, .* got "\\{.*${variable}`),
          ),
          hint: expect.stringContaining('{{ env["AMEIDE_SHA"] }}'),
        }),
      );
    },
  );

  test.each<[string, Source]>([
    ['only of what the release tells', poetry('{{ base }} {{ formatted_version }}\n')],
    ['with the words outside of it', poetry('commit = "{{ env["AMEIDE_SHA"] }}"  # {{ base }}\n')],
    ['with a word that has it inside', poetry('{{ env["CI-branch"] }} {{ my_commit }}\n')],
    ['with the words in quotes', poetry("{{ env.get('commit') }} {{ base.commit }}\n")],
    ['in a comment', poetry('{# {{ commit }} #}{% raw %}{{ commit }}{% endraw %}\n')],
    ['of a plugin that is off', poetry('{{ commit }}\n', false)],
    ['of a plugin that is not required', hook('dependencies = ["a=={{ commit }}"]', '"hatchling"')],
    ['of requirements with the base', hook('dependencies = ["a=={{ base }}"]')],
  ])('a template %s is accepted', (_title, source) => {
    readPyproject(pyproject(source), 'pyproject.toml');
  });

  test.each([
    ['two of it', '"""\n__version__ = "1"\n"""\n__version__ = "0.0.0"\n'],
    ['one in triple quotes', '__version__ = """0.0.0"""\n'],
    ['one that is put together', '__version__ = "0.0" ".0"\n'],
  ])('an assignment is refused: %s', async (_title, text) => {
    const source = SOURCES['flit'] as Source;
    const root = commit({ 'sdk/pyproject.toml': pyproject(source), 'sdk/acme_sdk.py': text });
    await expect(open(root, {})).rejects.toThrow(
      expect.objectContaining({
        code: 'pypi-dynamic-version',
        field: expect.stringContaining('sdk/acme_sdk.py'),
        expected: expect.stringContaining('one __version__ = "0.0.0" on a line of its own'),
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
