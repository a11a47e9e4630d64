import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { readPyproject } from '../src/project/pyproject.ts';

const BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
const read = (text: string) => readPyproject(text, 'sdk/pyproject.toml');

function thrown(text: string): InvalidInputError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('a pyproject.toml that can be published', () => {
  test('gives its name, as written and normalised', () => {
    const project = read(`${BUILD}[project]\nname = "Ameide_SDK.Python"\nversion = "0.0.0"\n`);
    expect(project).toEqual({
      name: 'Ameide_SDK.Python',
      normalisedName: 'ameide-sdk-python',
      isPrivate: false,
      archivesHead: false,
      certainFiles: { folders: 'all', unless: ['hatch.toml'], except: 'gitignore' },
      requirements: [],
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
      'no [build-system]',
      '[project]\nname = "a"\nversion = "0.0.0"\n',
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
