import { needs } from '@ameide/local-registries/components';
import { afterAll, expect, test } from 'vitest';
import { directReference } from '../src/direct-references.ts';
import { commit, open, PROJECT, PYPROJECT, removeScratch } from './world.ts';

afterAll(removeScratch);

const PYPI = 'https://upload.pypi.org/legacy/';
const TEST_PYPI = 'https://test.pypi.org/legacy/';
const OWN = 'https://index.example.org/';

test.each([
  'models @ file:///srv/build/models',
  'models@file:///srv/build/models',
  'models[fast, safe] @ file:///srv/build/models ; python_version >= "3.9"',
  'models @ file://localhost/srv/build/models ; extra == "all"',
  'models @ FILE:///srv/build/models',
  'models @ git+file:///srv/build/models@main',
  'models @ ../models',
])('%s cannot be installed from any index', (requirement) => {
  for (const index of [PYPI, TEST_PYPI, OWN]) {
    expect(directReference(requirement, index)).toBe(
      'requires models from a folder of the machine that builds it',
    );
  }
});

test.each([
  ['models @ https://me:hunter22@example.org/models-1.0.tar.gz', 'https'],
  ['models @ git+ssh://git@example.org/models.git@v1', 'git+ssh'],
])('%s is for other indexes than PyPI, and is not repeated', (requirement, scheme) => {
  expect(directReference(requirement, PYPI)).toBe(
    `requires models @ ${scheme}:…, and upload.pypi.org accepts no requirement by address`,
  );
  expect(directReference(requirement, TEST_PYPI)).toContain('test.pypi.org');
  expect(directReference(requirement, OWN)).toBeUndefined();
});

test.each([
  'models',
  'models>=1.0',
  'models (>=1.0)',
  'models[a] ; extra == "a@b"',
  'models ~= 1.0; platform_machine != "@ file:"',
])('%s is by version', (requirement) => {
  expect(directReference(requirement, PYPI)).toBeUndefined();
});

needs('git', 'uv')('a build', () => {
  const POETRY = `[build-system]
requires = ["poetry-core==2.2.1"]
build-backend = "poetry.core.masonry.api"

[project]
name = "Ameide_SDK"
version = "0.0.0"
DEPENDENCIES

[tool.poetry]
packages = [{ include = "ameide_sdk", from = "src" }]

[tool.poetry.dependencies]
models = { path = "../models", develop = true }
`;
  const result = async (pyproject: string, options = {}) => {
    const opened = await open(commit({ ...PROJECT, 'sdk/pyproject.toml': pyproject }), options);
    return opened.publisher.build(opened.plan, opened.step());
  };

  test('with a path dependency of Poetry is refused, wherever it would go', async () => {
    const index = { uploadUrl: 'http://127.0.0.1:1/', simpleUrl: 'http://127.0.0.1:1/simple/' };
    expect(
      await result(POETRY.replace('DEPENDENCIES', 'dynamic = ["dependencies"]'), index),
    ).toMatchObject({
      problems: ['.whl', '.tar.gz'].map((suffix) => ({
        code: 'pypi-direct-reference',
        kind: 'incomplete',
        effect: 'none',
        rerun: 'after-fix',
        message: expect.stringMatching(
          new RegExp(
            `^The built ameide_sdk-\\S+${suffix} of pypi:ameide-sdk requires models from a folder of the machine that builds it\\.$`,
          ),
        ),
        hint: expect.stringContaining('by name and version range'),
      })),
    });
  });

  test('as the hint says is not', async () => {
    expect(
      await result(POETRY.replace('DEPENDENCIES', 'dependencies = ["models>=0.1"]')),
    ).toHaveProperty('value');
  });

  test('with a requirement from the web is refused for pypi.org', async () => {
    const dependencies = 'dependencies = ["models @ https://example.org/models-1.0.tar.gz"]';
    const pyproject = `${PYPROJECT.replace('dependencies = []', dependencies)}\n[tool.hatch.metadata]\nallow-direct-references = true\n`;
    expect(await result(pyproject)).toMatchObject({
      problems: [{ code: 'pypi-direct-reference' }, { code: 'pypi-direct-reference' }],
    });
  });
});
