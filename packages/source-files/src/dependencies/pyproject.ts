import { normalisePypiName } from '@ameide/versioning-core';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { parsePep508 } from '../python/pep508.ts';
import { type Entry, entriesOf, isPair } from '../toml/entries.ts';
import { type Found, foundAt, UnreadableFile } from './found.ts';
import { tomlText } from './toml-place.ts';

interface File {
  readonly path: string;
  readonly text: string;
}

/** Fields with lists of requirements (PEP 508): PEP 518, 621, 735, and those of uv, PDM and Hatch. */
const LISTS = [
  'build-system.requires',
  'project.dependencies',
  'project.optional-dependencies.*',
  'dependency-groups.*',
  'tool.uv.dev-dependencies',
  'tool.uv.constraint-dependencies',
  'tool.uv.override-dependencies',
  'tool.uv.build-constraint-dependencies',
  'tool.pdm.dev-dependencies.*',
  'tool.hatch.envs.*.dependencies',
  'tool.hatch.envs.*.extra-dependencies',
].map((path) => path.split('.'));

/** Poetry's tables of requirements. */
const POETRY = [
  'tool.poetry.dependencies',
  'tool.poetry.dev-dependencies',
  'tool.poetry.group.*.dependencies',
].map((path) => path.split('.'));

const PIPFILE = [['packages'], ['dev-packages']];

const SOURCES = [['tool', 'uv', 'sources']];

/** Reads a pyproject.toml or Pipfile. Throws `UnreadableFile`. */
export function readPyproject(path: string, text: string): readonly Found[] {
  const file = { path, text };
  const tables = /(?:^|\/)Pipfile$/.test(path) ? PIPFILE : POETRY;
  return entriesOf(parsed(text)).flatMap((entry) => {
    const parent = entry.path.slice(0, -1);
    if (isOneOf(LISTS, parent)) return requirement(file, entry, parent.join('.'));
    if (isOneOf(SOURCES, parent))
      return isElsewhere(entry.value) ? [wholeValue(file, entry, parent)] : [];
    if (isOneOf(tables, parent)) return tableEntry(file, entry, parent);
    const outer = parent.slice(0, -1);
    if (!isPair(entry) || entry.node.parent.type === 'TOMLInlineTable') return [];
    // `[tool.poetry.dependencies.name]`, and `name.version = "…"`.
    if (isOneOf(tables, outer) && ORIGINS.has(entry.path.at(-1) ?? ''))
      return tableEntry(file, { ...entry, path: parent }, outer);
    return isOneOf(SOURCES, outer) && ELSEWHERE.has(entry.path.at(-1) ?? '')
      ? [wholeValue(file, { ...entry, path: parent }, outer)]
      : [];
  });
}

/** The keys of a table that say where a package comes from. */
const ORIGINS = new Set(['version', 'git', 'path', 'url', 'file']);

/**
 * The keys of `tool.uv.sources` that take a package from elsewhere; `index` only says which registry has it
 * (https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources).
 */
const ELSEWHERE = new Set(['git', 'path', 'url', 'workspace']);

/** A source of uv, or a list of them, each for its own platforms. */
function isElsewhere(value: AST.TOMLContentNode): boolean {
  if (value.type === 'TOMLArray') return value.elements.some(isElsewhere);
  if (value.type !== 'TOMLInlineTable') return true;
  return [...ELSEWHERE].some((key) => pairOf(value, key) !== undefined);
}

function isOneOf(patterns: readonly (readonly string[])[], path: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern.length === path.length &&
      pattern.every((part, index) => part === '*' || part === path[index]),
  );
}

function parsed(text: string): AST.TOMLTopLevelTable {
  try {
    return parseTOML(text, { tomlVersion: '1.0' }).body[0];
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new UnreadableFile(`it is not TOML 1.0 (line ${error.lineNumber}: ${error.message})`);
  }
}

/** An element of a list of requirements. */
function requirement({ path, text }: File, { value }: Entry, field: string): readonly Found[] {
  const string = tomlText(value, text);
  const read = string && parsePep508(string.value);
  if (string === undefined || read === undefined) return [];
  const written = string.value.slice(read.start, read.end);
  const common = {
    ecosystem: 'pypi',
    name: read.name,
    requirement: written,
    field,
    ...(read.withSpecifier('').includes(';') ? { isConditional: true as const } : {}),
  } as const;
  // With escapes, offsets in the value are not those in the file: then the whole string is the place.
  if (text.slice(string.start, string.end) !== string.value)
    return [
      foundAt(path, text, { ...common, start: string.start, end: string.end }, (other) =>
        string.write(string.value.slice(0, read.start) + other + string.value.slice(read.end)),
      ),
    ];
  const [start, end] = [string.start + read.start, string.start + read.end];
  return [foundAt(path, text, { ...common, start, end }, string.write)];
}

/** `name = "^1"`, `name = { version = "^1" }`, or a list of such tables. */
function tableEntry(
  file: File,
  { path, value }: Entry,
  table: readonly string[],
): readonly Found[] {
  const field = table.join('.');
  const name = normalisePypiName(path.at(-1) ?? '');
  // The version of Python itself.
  if (name === 'python') return [];
  if (value.type === 'TOMLArray')
    return value.elements.flatMap((element) => oneOf(file, name, element, field));
  return oneOf(file, name, value, field);
}

function oneOf(
  file: File,
  name: string,
  value: AST.TOMLContentNode,
  field: string,
): readonly Found[] {
  const version = value.type === 'TOMLInlineTable' ? pairOf(value, 'version') : value;
  const string = version && tomlText(version, file.text);
  if (string === undefined) return [whole(file, name, value, field)];
  const { end, start, write } = string;
  const isConditional =
    value.type === 'TOMLInlineTable' &&
    ['markers', 'python', 'platform'].some((key) => pairOf(value, key) !== undefined);
  const common = { ecosystem: 'pypi', name, requirement: string.value, field, start, end } as const;
  return [
    foundAt(
      file.path,
      file.text,
      { ...common, ...(isConditional ? { isConditional: true as const } : {}) },
      write,
    ),
  ];
}

function pairOf(table: AST.TOMLInlineTable, key: string): AST.TOMLContentNode | undefined {
  return table.body.find(({ key: { keys } }) => {
    const [first, ...more] = keys;
    return more.length === 0 && (first?.type === 'TOMLBare' ? first.name : first?.value) === key;
  })?.value;
}

function wholeValue(file: File, { path, value }: Entry, table: readonly string[]): Found {
  return whole(file, normalisePypiName(path.at(-1) ?? ''), value, table.join('.'));
}

/** Names a source instead of a version, so no version can be written there. */
function whole(
  { path, text }: File,
  name: string,
  value: AST.TOMLContentNode,
  field: string,
): Found {
  const [start, end] = value.range;
  const requirement = text.slice(start, end);
  return foundAt(
    path,
    text,
    { ecosystem: 'pypi', name, requirement, field, start, end },
    () => undefined,
  );
}
