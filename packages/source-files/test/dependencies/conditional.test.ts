import { expect, test } from 'vitest';
import { dependenciesOf } from '../../src/dependencies/index.ts';
import { isUvMember, uvWorkspace } from '../../src/python/index.ts';

test.each([
  ['project', '[project]\ndependencies = ["a==1 ; python_version < \'3.9\'", "b==1"]\n'],
  [
    'an address',
    '[project]\ndependencies = ["a @ https://example.org/a.whl ; os_name == \'nt\'", "b"]\n',
  ],
  [
    'poetry',
    '[tool.poetry.dependencies]\na = { version = "1", markers = "os_name == \'nt\'" }\nb = { version = "1", extras = ["x"] }\n',
  ],
  ['python', '[tool.poetry.dependencies]\na = [{ version = "1", python = "<3.9" }]\nb = "1"\n'],
])('a requirement of some environments only: %s', (_, text) => {
  const found = dependenciesOf('pyproject.toml', text);
  expect(found.map(({ isConditional, name }) => [name, isConditional])).toEqual([
    ['a', true],
    ['b', undefined],
  ]);
});

test('members of a workspace of uv', () => {
  const workspace = uvWorkspace(
    '[tool.uv.workspace]\nmembers = ["services/*", "./libs/a/"]\nexclude = ["services/old"]\n',
  );
  const folders = ['services/api', 'services/api/sub', 'services/old', 'libs/a', 'libs/b'];
  expect(folders.filter((one) => workspace !== undefined && isUvMember(one, workspace))).toEqual([
    'services/api',
    'libs/a',
  ]);
  expect(uvWorkspace('[tool.uv]\npackage = false\n')).toBeUndefined();
  expect(uvWorkspace('[tool.uv.workspace')).toBeUndefined();
});
