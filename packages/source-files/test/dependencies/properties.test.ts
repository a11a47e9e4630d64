import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dependenciesOf, editDependencies } from '../../src/dependencies/index.ts';
import { applyEdits } from '../../src/text/index.ts';
import { before, STYLES } from './styles.ts';

const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.'));

/** A requirement of the ecosystem that any place can hold. */
function requirementOf(ecosystem: string, field: string, text: string): string {
  if (ecosystem === 'oci') return `:${text}`;
  if (ecosystem === 'go') return `v${text}`;
  return ecosystem === 'pypi' && !field.startsWith('tool.poetry') ? `==${text}` : text;
}

test('an edit changes what is between the start and the end of its place, and nothing else is asked for', () => {
  fc.assert(
    fc.property(fc.constantFrom(...STYLES), version, (style, wanted) => {
      const { path } = style;
      const text = before(style.text);
      for (const [index, dependency] of dependenciesOf(path, text).entries()) {
        const requirement = requirementOf(dependency.ecosystem, dependency.field, wanted);
        const there = editDependencies(path, text, [{ dependency, requirement }]);
        // A place that another dependency shares, and an alias of npm, which has the name in it.
        if (there.edits === undefined) continue;
        const changed = applyEdits(text, there.edits);
        const now = dependenciesOf(path, changed);
        expect(now[index]?.requirement).toBe(requirement);
        expect(now).toHaveLength(dependenciesOf(path, text).length);
        const { start } = dependency.place;
        expect(changed.slice(0, start)).toBe(text.slice(0, start));
        expect(changed.endsWith(text.slice(dependency.place.end))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('any text of a file is read, or refused with a reason', () => {
  const paths = [...new Set(STYLES.map(({ path }) => path))];
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(...STYLES.map(({ text }) => before(text))),
    fc.constantFrom(
      '\n',
      '\r\n',
      '"',
      "'",
      '\\\n',
      '{',
      '}',
      '[',
      ']',
      '${',
      '$A',
      ': ',
      '&a ',
      '*a',
      '<<',
      '#',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.array(piece, { maxLength: 5 }), (path, pieces) => {
      const text = pieces.join('');
      let read: ReturnType<typeof dependenciesOf> = [];
      try {
        read = dependenciesOf(path, text);
      } catch (error) {
        expect((error as Error).constructor.name).toBe('UnreadableFile');
      }
      for (const { ecosystem, place, requirement } of read) {
        expect(place.start).toBeLessThanOrEqual(place.end);
        if (ecosystem === 'go') expect(text.slice(place.start, place.end)).toBe(requirement);
      }
    }),
    { numRuns: 1500 },
  );
});

test.each([
  ['hashes', 'requirements.txt', 'a==1 --hash=sha256:00\n', '==2', /hashes/],
  ['a replaced module', 'go.mod', 'module m\nreplace a.org/b => ../b\n', 'v1.0.0', /replace/],
  ['a source of uv', 'pyproject.toml', '[tool.uv.sources]\na = { path = "x" }\n', '==2', /sources/],
  [
    'quotes that cannot hold it',
    'pyproject.toml',
    "[project]\ndependencies = ['a']\n",
    "=='2'",
    /hold/,
  ],
  ['a file that changed', 'package.json', '{"dependencies":{"a":"1"}}', '2', undefined],
])('refuses %s', (_, path, text, requirement, reason) => {
  const [dependency] = dependenciesOf(path, text);
  if (dependency === undefined) throw new Error('nothing found');
  const other = reason === undefined ? text.replace('"a"', '"b"') : text;
  const { refused } = editDependencies(path, other, [{ dependency, requirement }]);
  expect(refused).toMatch(reason ?? /no longer asks for a/);
});

test.each([
  ['[tool.uv.sources]\na = { index = "acme" }\n', []],
  ['[tool.uv.sources]\na = [{ index = "acme", marker = "sys_platform == \'linux\'" }]\n', []],
  ['[tool.uv.sources.a]\nindex = "acme"\ngroup = "dev"\n', []],
  ['[tool.uv.sources]\na = [{ index = "acme" }, { path = "../a", marker = "x" }]\n', ['a']],
  ['[tool.uv.sources]\na = { git = "https://example.org/a", tag = "v1" }\n', ['a']],
  ['[tool.uv.sources.a]\ngit = "https://example.org/a"\ntag = "v1"\n', ['a']],
  ['[tool.uv.sources]\na = { workspace = true }\n', ['a']],
])('a source of uv that only names a registry is no requirement: %j', (text, names) => {
  expect(dependenciesOf('pyproject.toml', text).map(({ name }) => name)).toEqual(names);
});
