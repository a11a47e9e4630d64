import { expect, test } from 'vitest';
import { locateJson } from '../src/json/index.ts';
import { locateToml } from '../src/toml/index.ts';

test.each([
  [['version'], '"1.0.0"', '"version": "1.0.0"'],
  [['dependencies', '@acme/a.b'], '"^1"', '"@acme/a.b" : "^1"'],
  [['files', 1], '"b"', undefined],
  [['none'], undefined, undefined],
  [['version', 'deeper'], undefined, undefined],
])('JSON: %j', (path, value, pair) => {
  const text = `{
  "version": "1.0.0",
\t"dependencies": { "@acme/a.b" : "^1" },
  "files": ["a", "b"]
}`;
  const found = locateJson(text, path);
  const slice = (span?: { readonly start: number; readonly end: number }): string | undefined =>
    span && text.slice(span.start, span.end);
  expect([slice(found?.value), slice(found?.pair)]).toEqual([value, pair]);
});

test.each([
  [['project', 'version'], "'1.0.0'", "version = '1.0.0'"],
  [['project', 'dependencies', '1'], '"b"', undefined],
  [['tool', 'uv', 'sources', 'a'], '{ path = "x" }', 'a = { path = "x" }'],
  [['tool', 'uv', 'sources', 'a', 'path'], '"x"', 'path = "x"'],
  [['project', 'none'], undefined, undefined],
])('TOML: %j', (path, value, pair) => {
  const text = `[project]
version = '1.0.0' # the version
dependencies = [
  "a", # first
  "b",
]
[tool.uv]
sources.a = { path = "x" }
`;
  const found = locateToml(text, path);
  const slice = (span?: { readonly start: number; readonly end: number }): string | undefined =>
    span && text.slice(span.start, span.end);
  expect([slice(found?.value), slice(found?.pair)]).toEqual([
    value,
    path.at(-1) === 'a' ? 'sources.a = { path = "x" }' : pair,
  ]);
});

test('what is not TOML has no places', () => {
  expect(locateToml('[project\n', ['project'])).toBeUndefined();
});
