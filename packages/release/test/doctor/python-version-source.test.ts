import { expect, test } from 'vitest';
import { stringsIn } from '../../src/doctor/rules/python-strings.ts';
import { smallRepository } from './small-repository.ts';

const SETUPTOOLS = '[build-system]\nbuild-backend = "setuptools.build_meta"\n';
const FLIT = '[build-system]\nbuild-backend = "flit_core.buildapi"\n';
const HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n';
const attr = (name: string): string =>
  `${SETUPTOOLS}[tool.setuptools.dynamic]\nversion = { attr = "${name}" }\n`;
const STATED = '__version__ = "1.2.0"\n';

test.each([
  // What --fix changes, and what is left to a person.
  [
    'attr',
    attr('sdk._version.__version__'),
    { 'src/sdk/_version.py': STATED, 'src/sdk/__init__.py': STATED },
    ['src/sdk/_version.py'],
    ['src/sdk/__init__.py'],
  ],
  [
    'attr of a package',
    attr('sdk.__version__'),
    { 'sdk/__init__.py': STATED },
    ['sdk/__init__.py'],
    [],
  ],
  [
    'attr of another name',
    attr('sdk._version.VERSION'),
    { 'src/sdk/_version.py': STATED },
    [],
    ['src/sdk/_version.py'],
  ],
  [
    'package-dir',
    `${attr('sdk.__version__')}[tool.setuptools.package-dir]\nsdk = "sdk"\n`,
    { 'sdk/__init__.py': STATED, 'src/sdk/__init__.py': STATED },
    ['sdk/__init__.py'],
    ['src/sdk/__init__.py'],
  ],
  [
    'a vendored module',
    attr('sdk._version.VERSION'),
    { 'src/sdk/_version.py': 'VERSION = "1.2.0"\n', 'src/helper/__init__.py': STATED },
    [],
    [],
  ],
  [
    'a vendored module beside its own',
    attr('sdk.__version__'),
    { 'src/sdk/__init__.py': STATED, 'src/helper/__init__.py': STATED },
    ['src/sdk/__init__.py'],
    [],
  ],
  [
    'a docstring',
    attr('sdk.__version__'),
    { 'sdk/__init__.py': `"""Example\n\n${STATED}"""\n` },
    [],
    [],
  ],
  [
    'a docstring and code',
    attr('sdk.__version__'),
    { 'sdk/__init__.py': `"""Example\n\n${STATED}"""\n${STATED}` },
    [],
    ['sdk/__init__.py'],
  ],
  [
    'flit',
    FLIT,
    { 'sdk/__init__.py': STATED, 'helper/__init__.py': STATED },
    ['sdk/__init__.py'],
    [],
  ],
  [
    'flit with another module',
    `${FLIT}[tool.flit.module]\nname = "core"\n`,
    { 'core/__init__.py': STATED, 'sdk/__init__.py': STATED },
    ['core/__init__.py'],
    ['sdk/__init__.py'],
  ],
  [
    'hatch',
    `${HATCH}[tool.hatch.version]\npath = "sdk/__init__.py"\n`,
    { 'sdk/__init__.py': STATED },
    ['sdk/__init__.py'],
    [],
  ],
  [
    'hatch with a pattern',
    `${HATCH}[tool.hatch.version]\npath = "sdk/__init__.py"\npattern = "X = '(?P<version>.+)'"\n`,
    { 'sdk/__init__.py': STATED },
    [],
    ['sdk/__init__.py'],
  ],
] as const)(
  'only what the build reads is changed: %s',
  async (_title, pyproject, files, changed, left) => {
    const repository = smallRepository({
      VERSION: '1.2.0\n',
      'release.config.json': JSON.stringify({
        versionFile: 'VERSION',
        repository: 'https://github.com/acme/sdk',
        publishers: [{ pypi: { directory: '.' } }],
      }),
      'pyproject.toml': `[project]\nname = "sdk"\ndynamic = ["version"]\n${pyproject}`,
      ...files,
    });
    const { problems } = await repository.report('--fix');
    expect(repository.changed()).toEqual(changed);
    const repeated = problems.filter(({ code }) => code === 'python-version-repeated');
    expect(repeated.map(({ path }) => path)).toEqual(left);
  },
);

test.each([
  ['a = "b" # "c"\nd', ['"b"']],
  [`"""a\n"b"\n""" + 'c'`, ['"""a\n"b"\n"""', "'c'"]],
  [String.raw`r'\'' + "\""`, [String.raw`r'\''`.slice(1), String.raw`"\""`]],
  ['"open\n"x"', ['"open', '"x"']],
  ["'''open", ["'''open"]],
])('the strings of %j', (text, strings) => {
  expect(stringsIn(text).map(({ end, start }) => text.slice(start, end))).toEqual(strings);
});

test('the time grows with the length alone', () => {
  for (const piece of ['"', "'", '#', '"""', '\\', '\n', '"\\'])
    expect(stringsIn(`x = "${piece.repeat(100_000)}`).length).toBeGreaterThan(0);
});
