import { isDeepStrictEqual } from 'node:util';
import { InvalidInputError } from '@ameide/versioning-core';
import { parse } from 'smol-toml';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { labelKey, SOURCE_COMMIT_LABEL } from '../distribution/metadata.ts';
import { tableAt } from './toml.ts';

/** What a release writes into its copy of a pyproject.toml. */
export interface ProjectStamp {
  /** PEP 440, in normal form. */
  readonly version: string;
  /** `https://…/commit/<sha>`. */
  readonly sourceCommit: string;
  /** The path of the version; absent if the build reads it from elsewhere. */
  readonly versionField?: readonly string[] | undefined;
  /** The table of project URLs; absent if the build reads them from another file. */
  readonly urlTable?: readonly string[] | undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A key-value pair with its whole path, `['project', 'urls', 'Home']`. */
interface Entry {
  readonly path: readonly string[];
  readonly node: AST.TOMLKeyValue;
}

/**
 * Writes the version and the "Source Commit" URL into a pyproject.toml by replacing only those
 * places; comments, quotes, order and line ends stay. Reads the result back and compares it. Throws
 * `InvalidInputError` (field `file`, code `pypi-invalid-pyproject`) if the text is not TOML 1.0,
 * which PEP 518 demands and Python's own reader accepts.
 */
export function stamp(text: string, values: ProjectStamp, file: string): string {
  const program = parseStrictly(text, file);
  const entries = entriesOf(program.body[0]);
  const edits = [
    ...versionEdits(entries, values, text, file),
    ...(values.urlTable === undefined
      ? []
      : urlEdits(program.body[0], entries, { ...values, urlTable: values.urlTable }, text)),
  ];
  const stamped = edits
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
  if (!isDeepStrictEqual(parse(stamped), expectedAfter(text, values)))
    throw unstampable(file, 'tables that can be stamped in place');
  return stamped;
}

function versionEdits(
  entries: readonly Entry[],
  { version, versionField }: ProjectStamp,
  text: string,
  file: string,
): readonly Edit[] {
  if (versionField === undefined) return [];
  const entry = entries.find(({ path }) => isPath(path, versionField));
  if (entry === undefined) throw unstampable(file, `a static ${versionField.join('.')}`);
  return [replaceValue(entry, version, text)];
}

function parseStrictly(text: string, file: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw unstampable(
      file,
      `valid TOML 1.0; line ${error.lineNumber}, column ${error.column + 1}: ${error.message}`,
    );
  }
}

function entriesOf(top: AST.TOMLTopLevelTable): readonly Entry[] {
  return top.body.flatMap((node) => {
    if (node.type === 'TOMLKeyValue') return inside(node, []);
    return node.body.flatMap((child) => inside(child, node.resolvedKey.map(String)));
  });
}

function inside(node: AST.TOMLKeyValue, prefix: readonly string[]): readonly Entry[] {
  const path = [...prefix, ...node.key.keys.map(keyName)];
  const own: Entry = { path, node };
  return node.value.type === 'TOMLInlineTable'
    ? [own, ...node.value.body.flatMap((child) => inside(child, path))]
    : [own];
}

function urlEdits(
  top: AST.TOMLTopLevelTable,
  entries: readonly Entry[],
  { sourceCommit, urlTable }: ProjectStamp & { readonly urlTable: readonly string[] },
  text: string,
): readonly Edit[] {
  const urls = entries.filter((entry) => startsWith(entry.path, urlTable));
  const stamped = urls.filter((entry) => isSourceCommit(entry.path, urlTable));
  if (stamped.length > 0) return stamped.map((entry) => replaceValue(entry, sourceCommit, text));

  const assignment = `${quoted(SOURCE_COMMIT_LABEL)} = ${quoted(sourceCommit)}`;
  const header = top.body.find(
    (node) => node.type === 'TOMLTable' && isPath(node.resolvedKey.map(String), urlTable),
  );
  if (header?.type === 'TOMLTable')
    return [newLineAfter(header.body.at(-1) ?? header, assignment, text)];

  const inline = entries.find((entry) => isPath(entry.path, urlTable))?.node.value;
  if (inline?.type === 'TOMLInlineTable') return [intoInlineTable(inline, assignment)];

  const dotted = urls.at(-1);
  if (dotted !== undefined) return [besideDottedKey(dotted, urlTable, assignment, text)];

  const above = urlTable.slice(0, -1);
  const parent = entries.find((entry) => isPath(entry.path, above))?.node.value;
  if (parent?.type === 'TOMLInlineTable') return [intoInlineTable(parent, `urls.${assignment}`)];
  return [newTable(urlTable, assignment, text)];
}

/** Adds the table at the end of the file. */
function newTable(path: readonly string[], assignment: string, text: string): Edit {
  const eol = lineEnd(text);
  const gap = text.endsWith('\n') ? eol : `${eol}${eol}`;
  const table = `${gap}[${path.join('.')}]${eol}${assignment}${eol}`;
  return { start: text.length, end: text.length, text: table };
}

/** Adds the pair after the table's last pair, or as its only one. */
function intoInlineTable(inline: AST.TOMLInlineTable, assignment: string): Edit {
  const last = inline.body.at(-1);
  if (last === undefined)
    return { start: inline.range[0], end: inline.range[1], text: `{ ${assignment} }` };
  return { start: last.range[1], end: last.range[1], text: `, ${assignment}` };
}

/** Adds the pair next to `urls.Home = "…"`, spelling `urls` as that pair does. */
function besideDottedKey(
  { node, path }: Entry,
  urlTable: readonly string[],
  assignment: string,
  text: string,
): Edit {
  const { keys } = node.key;
  const urls = keys[keys.length - (path.length - urlTable.length) - 1];
  const prefix = text.slice(node.range[0], urls?.range[1]);
  if (node.parent.type === 'TOMLInlineTable')
    return { start: node.range[1], end: node.range[1], text: `, ${prefix}.${assignment}` };
  return newLineAfter(node, `${prefix}.${assignment}`, text);
}

/** Adds a line after the line on which `node` ends, so that a comment at its end stays with it. */
function newLineAfter(node: AST.TOMLNode, line: string, text: string): Edit {
  const newline = text.indexOf('\n', node.range[1]);
  const end = newline === -1 ? text.length : newline - (text[newline - 1] === '\r' ? 1 : 0);
  return { start: end, end, text: `${lineEnd(text)}${line}` };
}

/** Keeps the present quotes if the new value fits between them. */
function replaceValue(entry: Entry, value: string, text: string): Edit {
  const [start, end] = entry.node.value.range;
  const literal =
    text[start] === "'" && !text.startsWith("'''", start) && !/['\p{Cc}]/u.test(value);
  return { start, end, text: literal ? `'${value}'` : quoted(value) };
}

function expectedAfter(text: string, values: ProjectStamp): unknown {
  const root = parse(text);
  const { sourceCommit, urlTable, version, versionField } = values;
  if (versionField !== undefined) setField(root, versionField, version);
  if (urlTable === undefined) return root;
  const known = Object.keys(tableAt(root, ...urlTable));
  const labels = known.filter((label) => isSourceCommit([...urlTable, label], urlTable));
  for (const label of labels.length > 0 ? labels : [SOURCE_COMMIT_LABEL])
    setField(root, [...urlTable, label], sourceCommit);
  return root;
}

/** Makes the missing tables on the path. */
function setField(root: Record<string, unknown>, path: readonly string[], value: string): void {
  const above = path.slice(0, -1);
  let at = root;
  for (const key of above) at = (at[key] ??= parse('')) as Record<string, unknown>;
  at[path.at(-1) ?? ''] = value;
}

function isSourceCommit(path: readonly string[], urlTable: readonly string[]): boolean {
  const isLabel = path.length === urlTable.length + 1;
  return isLabel && labelKey(path.at(-1) ?? '') === labelKey(SOURCE_COMMIT_LABEL);
}

function isPath(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length === wanted.length && startsWith(path, wanted);
}

function startsWith(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length >= wanted.length && wanted.every((part, at) => path[at] === part);
}

function keyName(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

/** A TOML basic string: JSON's escapes are a part of TOML's. */
function quoted(value: string): string {
  return JSON.stringify(value);
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function unstampable(file: string, expected: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      expected,
      hint: 'Correct the file: [project] with name and version = "0.0.0", URLs in [project.urls].',
    },
    'pypi-invalid-pyproject',
  );
}
