import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { readPyproject } from '../src/project/pyproject.ts';
import type { SetupFiles } from '../src/project/setup-metadata.ts';

const BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
const read = (text: string, beside: SetupFiles = {}) =>
  readPyproject(text, 'sdk/pyproject.toml', beside);

function thrown(text: string, beside: SetupFiles = {}): InvalidInputError {
  try {
    read(text, beside);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a pyproject.toml that can be published', () => {
  test('gives its name, as written and normalised', () => {
    const project = read(`${BUILD}[project]\nname = "Ameide_SDK.Python"\nversion = "0.0.0"\n`);
    expect(project).toMatchObject({
      name: 'Ameide_SDK.Python',
      normalisedName: 'ameide-sdk-python',
      isPrivate: false,
      archivesHead: false,
      extraVariables: { variables: [] },
      certainFiles: { folders: 'all', unless: ['hatch.toml'], except: 'gitignore' },
      requirements: [],
      buildRequirements: [{ field: 'build-system.requires[0]', name: 'hatchling' }],
      localNames: [],
      urlTable: ['project', 'urls'],
      versionSource: { kind: 'field', path: ['project', 'version'] },
    });
  });

  test('may have CRLF line ends', () => {
    expect(
      read(`${BUILD}[project]\nname = "a"\nversion = "0.0.0"\n`.replaceAll('\n', '\r\n')).name,
    ).toBe('a');
  });

  test('may be marked private, for an index of its own', () => {
    expect(
      read(
        `${BUILD}[project]\nname = "a"\nversion = "0"\nclassifiers = ["Private :: Do Not Upload"]\n`,
      ).isPrivate,
    ).toBe(true);
  });
});

describe('one that cannot', () => {
  test.each([
    [
      'dynamic version',
      `${BUILD}[project]\nname = "a"\ndynamic = ["version"]\n`,
      'pypi-dynamic-version',
      'version = "0.0.0"',
    ],
    [
      'dynamic urls',
      `${BUILD}[project]\nname = "a"\nversion = "0.0.0"\ndynamic = ["urls"]\n`,
      'pypi-dynamic-urls',
      '[project.urls]',
    ],
    [
      'no requires',
      '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\nversion = "0.0.0"\n',
      'pypi-no-build-system',
      '[build-system]',
    ],
    [
      'requires is no list',
      '[build-system]\nrequires = "x"\n[project]\nname = "a"\nversion = "0"\n',
      'pypi-no-build-system',
      'requires',
    ],
    ['no [project]', BUILD, 'pypi-invalid-pyproject', '[project]'],
    [
      'no version',
      `${BUILD}[project]\nname = "a"\n`,
      'pypi-invalid-pyproject',
      'version = "0.0.0"',
    ],
    [
      'a version that is none',
      `${BUILD}[project]\nname = "a"\nversion = "one"\n`,
      'pypi-invalid-pyproject',
      'version = "0.0.0"',
    ],
    [
      'a number for a version',
      `${BUILD}[project]\nname = "a"\nversion = 1.0\n`,
      'pypi-invalid-pyproject',
      'version = "0.0.0"',
    ],
    [
      'urls that are no texts',
      `${BUILD}[project]\nname = "a"\nversion = "0"\nurls = { A = 1 }\n`,
      'pypi-invalid-pyproject',
      '[project.urls]',
    ],
    [
      'a duplicate key',
      `${BUILD}[project]\nname = "a"\nname = "b"\nversion = "0"\n`,
      'pypi-invalid-pyproject',
      'once',
    ],
    [
      'a duplicate table',
      `${BUILD}[project]\nname = "a"\n[project]\nversion = "0"\n`,
      'pypi-invalid-pyproject',
      'once',
    ],
    ['no TOML', '[project\n', 'pypi-invalid-pyproject', 'line'],
    [
      'bytes that are no UTF-8',
      `${BUILD}[project]\nname = "a"\nversion = "0" # \uFFFD\n`,
      'pypi-invalid-pyproject',
      'UTF-8',
    ],
  ])('%s', (_title, text, code, hint) => {
    const error = thrown(text);
    expect(error.code).toBe(code);
    expect(error.field).toBe('sdk/pyproject.toml');
    expect(`${error.hint}`).toContain(hint);
  });

  test.each([['-a'], ['a b'], ['../a'], [''], ['ä']])('the name %j', (name) => {
    expect(thrown(`${BUILD}[project]\nname = ${JSON.stringify(name)}\nversion = "0"\n`).field).toBe(
      'sdk/pyproject.toml: project.name',
    );
  });

  test('says where a syntax error stands', () => {
    expect(thrown(`${BUILD}[project]\nname = a\n`).message).toContain('line 5');
  });

  test('a __proto__ key changes nothing', () => {
    const project = read(
      `${BUILD}[project]\nname = "a"\nversion = "0"\n[tool.x.__proto__]\ny = 1\n`,
    );
    expect(project.name).toBe('a');
    expect(Object.prototype).not.toHaveProperty('y');
  });
});

describe('a project without a [project] table', () => {
  const POETRY =
    '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
  const SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\n';
  const CFG = '[metadata]\nname = a\nversion = 0.0.0\n';

  test('of Poetry’s is stamped in its own table', () => {
    expect(read(`${POETRY}[tool.poetry]\nname = "A"\nversion = "0.0.0"\n`)).toMatchObject({
      name: 'A',
      urlTable: ['tool', 'poetry', 'urls'],
      versionSource: { kind: 'field', path: ['tool', 'poetry', 'version'] },
    });
  });

  test('of poetry-dynamic-versioning’s gets its version by the environment', () => {
    const build =
      '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n';
    expect(read(`${build}[tool.poetry]\nname = "a"\nversion = "0.0.0"\n`)).toMatchObject({
      versionSource: { kind: 'environment', variables: ['POETRY_DYNAMIC_VERSIONING_BYPASS'] },
    });
  });

  test.each([
    ['its own version', CFG, { kind: 'setup.cfg' }],
    [
      'a module’s',
      '[metadata]\nname = a\nversion = attr: a.about.VERSION\n',
      {
        kind: 'file',
        candidates: [
          'src/a/about/__init__.py',
          'src/a/about.py',
          'a/about/__init__.py',
          'a/about.py',
        ],
        name: 'VERSION',
      },
    ],
    [
      'a file’s',
      '[metadata]\nname = a\nversion = file: VERSION\n',
      { kind: 'file', candidates: ['VERSION'] },
    ],
  ])('of setup.cfg has %s', (_title, setupCfg, versionSource) => {
    const project = read(SETUPTOOLS, { setupCfg });
    expect(project).toMatchObject({ name: 'a', versionSource });
    expect(project.urlTable).toBeUndefined();
  });

  test('of setup.cfg may have it from setuptools-scm', () => {
    const build = '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n';
    expect(read(build, { setupCfg: '[metadata]\nname = A.b\n' })).toMatchObject({
      versionSource: {
        kind: 'environment',
        variables: [
          'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A_B',
          'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A.B',
        ],
      },
    });
  });

  test.each(['classifiers', 'classifier'])('may be marked private in %s', (field) => {
    const setupCfg = `${CFG}${field} =\n    Private :: Do Not Upload\n`;
    expect(read(SETUPTOOLS, { setupCfg }).isPrivate).toBe(true);
  });

  test.each([
    ['["setuptools_scm>=8"]', 'SETUPTOOLS_SCM_PRETEND_VERSION_FOR_A'],
    ["[\n    'pbr',\n]", 'PBR_VERSION'],
    ['"pbr>=2.0"', 'PBR_VERSION'],
  ])('may have it from what setup.py requires: setup_requires=%s', (list, variable) => {
    const setupPy = `from setuptools import setup\nsetup(setup_requires=${list})\n`;
    expect(read('', { setupCfg: '[metadata]\nname = a\n', setupPy })).toMatchObject({
      versionSource: { kind: 'environment', variables: [variable] },
    });
  });

  test.each([
    [
      'a name that setup.py computes',
      SETUPTOOLS,
      { setupPy: 'setup(name=NAME, version="1")' },
      'setup.py is a program',
    ],
    [
      'URLs that setup.py passes',
      SETUPTOOLS,
      { setupPy: 'setup(name="a", version="1", project_urls=URLS)' },
      'without project_urls',
    ],
    ['setup.cfg for another backend', POETRY, { setupCfg: CFG }, 'Add [project]'],
    [
      'Poetry’s table for another backend',
      `${SETUPTOOLS}[tool.poetry]\nname = "a"\n`,
      {},
      'Add [project]',
    ],
    [
      'Poetry without a package',
      `${POETRY}[tool.poetry]\npackage-mode = false\n`,
      {},
      'package-mode',
    ],
    ['Poetry without a version', `${POETRY}[tool.poetry]\nname = "a"\n`, {}, 'version = "0.0.0"'],
  ])('%s is refused', (_title, text, beside, hint) => {
    const error = thrown(text, beside);
    expect(error.code).toBe('pypi-invalid-pyproject');
    expect(error.hint).toContain(hint);
  });

  test.each([
    ['alone', 'from setuptools import setup\n\nsetup(\n    name = "a",\n    version=\'1\')\n'],
    ['as a variable', 'version = "1"\nsetup(name="a", version=version, python_version="3")\n'],
  ])('setup.py has a version that a release can set: %s', (_title, setupPy) => {
    expect(read('', { setupPy })).toMatchObject({ name: 'a', versionSource: { kind: 'setup.py' } });
  });

  test('setup.cfg has the name, and a plugin the version, whatever else setup.py names', () => {
    const setupPy = 'setup(ext_modules=[Extension(name="b", version="2")], use_scm_version=True)';
    const text = SETUPTOOLS.replace('"]', '", "setuptools-scm"]');
    expect(read(text, { setupCfg: '[metadata]\nname = a\n', setupPy })).toMatchObject({
      name: 'a',
      versionSource: { kind: 'environment' },
    });
  });

  test.each([
    ['setup.py', SETUPTOOLS, '[metadata]\nname = a\n', 'setup.py'],
    ['a version of several files', SETUPTOOLS, CFG.replace('0.0.0', 'file: a, b'), 'setup.py'],
  ])('a version that %s gives is refused', (_title, text, setupCfg, hint) => {
    const error = thrown(text, { setupCfg, setupPy: 'setup(version=read())' });
    expect([error.code, error.field]).toEqual(['pypi-dynamic-version', 'sdk/setup.cfg']);
    expect(error.hint).toContain(hint);
  });
});
