import { setTomlValues } from '@ameide/source-files/toml';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { stampSetupRequirements } from '../src/project/setup-requirements.ts';
import { stamp } from '../src/project/stamp.ts';

const members = { versions: { core: '0.1.0', sdk: '0.1.0' }, base: '0.1.0' };
const put = (text: string): string =>
  stamp(
    text,
    {
      version: '0.1.0',
      sourceCommit: 'https://example.org/commit/1',
      versionSource: { kind: 'environment', variables: [] },
      urlTable: ['project', 'urls'],
      members,
    },
    'pyproject.toml',
  );

const URLS = '[project.urls]\n"Source Commit" = "https://example.org/commit/1"\n';
const POETRY = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\n';

describe('a release changes the specifiers of members in a pyproject.toml, and no other byte', () => {
  test.each([
    [
      'a list with comments, several lines and both quotes',
      `[project]\ndependencies = [\n  "a>=1", # first\n  'Core[x]==0.0.0', "core ~= 0.0.0 ; os_name == 'nt'" ,\n\t"b",\n]\n${URLS}`,
      `[project]\ndependencies = [\n  "a>=1", # first\n  'Core[x]==0.1.0', "core ~=0.1.0 ; os_name == 'nt'" ,\n\t"b",\n]\n${URLS}`,
    ],
    [
      'extras as an inline table, quoted keys, CRLF',
      `[project]\r\noptional-dependencies = { "all.of it" = ["sdk[x]==0.0.0"], x = ["core==0.0.0"] }\r\n${URLS}`,
      `[project]\r\noptional-dependencies = { "all.of it" = ["sdk[x]==0.1.0"], x = ["core==0.1.0"] }\r\n${URLS}`,
    ],
    [
      'a table of extras, multi-line strings',
      `[project.optional-dependencies]\nx = ["""core==0.0.0"""]\n${URLS}`,
      `[project.optional-dependencies]\nx = ["core==0.1.0"]\n${URLS}`,
    ],
    [
      'Poetry: strings, tables, several constraints, paths',
      `${POETRY}[tool.poetry.dependencies]\npython = ">=3.9"\ncore = "^0.0.0" # ours\nsdk = [{ path = "../sdk", develop = true, python = "<3.9" }, { version = "~0.0.0", markers = "x" }]\n${URLS}`,
      `${POETRY}[tool.poetry.dependencies]\npython = ">=3.9"\ncore = "^0.1.0" # ours\nsdk = [{ version = ">=0.1.0", python = "<3.9" }, { version = "~0.1.0", markers = "x" }]\n${URLS}`,
    ],
    [
      'Poetry: develop before path, and as the only other',
      `${POETRY}[tool.poetry.dependencies]\ncore = { develop = true, path = "../core" }\nsdk = {path="../sdk",develop=true}\n${URLS}`,
      `${POETRY}[tool.poetry.dependencies]\ncore = { version = ">=0.1.0" }\nsdk = {version = ">=0.1.0"}\n${URLS}`,
    ],
    [
      'Poetry: a table of its own, dotted keys',
      `${POETRY}dependencies.sdk.path = "../sdk"\n[tool.poetry.dependencies.core]\npath = "../core"\ndevelop = true # edit\nextras = ["x"]\n${URLS}`,
      `${POETRY}dependencies.sdk.version = ">=0.1.0"\n[tool.poetry.dependencies.core]\nversion = ">=0.1.0"\nextras = ["x"]\n${URLS}`,
    ],
    [
      'what is not of this release',
      `[project]\ndependencies = ["a==0.0.0", "core>=0.0.9"]\n[dependency-groups]\ndev = ["core==0.0.0"]\n${URLS}`,
      `[project]\ndependencies = ["a==0.0.0", "core>=0.0.9"]\n[dependency-groups]\ndev = ["core==0.0.0"]\n${URLS}`,
    ],
  ])('%s', (_, before, after) => {
    expect(put(before)).toBe(after);
  });
});

test('a change that cannot be made in place is refused', () => {
  const refuse = (expected: string): Error => new Error(expected);
  expect(() => setTomlValues('a = 1\n', [{ path: ['b'], remove: true }], refuse)).toThrow(
    'a pair of its own',
  );
  expect(
    parse(setTomlValues('a.b = 1\na.c = 2\n', [{ path: ['a', 'b'], remove: true }], refuse)),
  ).toEqual(parse('a.c = 2\n'));
});

test.each([
  [
    'lists',
    '[options]\ninstall_requires =\n    a>=1\n    # ours\n    Core[x] == 0.0.0 ; os_name == "nt"\n\n[options.extras_require]\ncore = core~=0.0.0; b\nall =\n\tcore\n',
    '[options]\ninstall_requires =\n    a>=1\n    # ours\n    Core[x] ==0.1.0 ; os_name == "nt"\n\n[options.extras_require]\ncore = core~=0.1.0; b\nall =\n\tcore\n',
  ],
  [
    'no others',
    '[metadata]\nname = core==0.0.0\n[options]\nsetup_requires = core==0.0.0\n',
    '[metadata]\nname = core==0.0.0\n[options]\nsetup_requires = core==0.0.0\n',
  ],
])('a release changes the specifiers of members in a setup.cfg: %s', (_, before, after) => {
  const change = ({ name, specifier }: { name: string; specifier: string }): string | undefined =>
    name === 'core' && specifier !== ''
      ? specifier.replace('0.0.0', '0.1.0').trim().replace(' ', '')
      : undefined;
  expect(stampSetupRequirements(before, change, 'setup.cfg')).toBe(after);
});
