import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { type Entry, entriesOf, isPair, isPath, type Pair, startsWith } from './entries.ts';

/** A string at a path of a TOML file. Paths count in arrays: `['project', 'dependencies', '0']`. */
export interface TomlValue {
  readonly path: readonly string[];
  readonly value: string;
  /** The key of the same table that it replaces. */
  readonly insteadOf?: string;
}

/** A key-value pair that is removed. */
interface TomlRemoval {
  readonly path: readonly string[];
  readonly remove: true;
}

export type TomlChange = TomlValue | TomlRemoval;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Sets strings in a TOML file by changing only those places; comments, quotes, order and line ends
 * stay. Reads the result back and compares it. `refuse` makes the error if the text is not
 * TOML 1.0, or cannot be changed in place.
 */
export function setTomlValues(
  text: string,
  values: readonly TomlChange[],
  refuse: (expected: string) => Error,
): string {
  const [top] = parseStrictly(text, refuse).body;
  const entries = entriesOf(top);
  const changed = values
    .map((change) =>
      'remove' in change
        ? removePair(pairAt(entries, change.path, refuse), text)
        : valueEdit(top, entries, change, text),
    )
    .sort((a, b) => b.start - a.start)
    .reduce((done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
  if (isDeepStrictEqual(parsed(changed), expectedAfter(text, values))) return changed;
  throw refuse('tables that can be stamped in place');
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return undefined;
    throw error;
  }
}

function valueEdit(
  top: AST.TOMLTopLevelTable,
  entries: readonly Entry[],
  { path, value, insteadOf }: TomlValue,
  text: string,
): Edit {
  const entry = entries.find((one) => isPath(one.path, path));
  if (entry !== undefined) return replaceValue(entry, value, text);
  const pairs = entries.filter(isPair);
  const old =
    insteadOf === undefined
      ? undefined
      : pairs.find((one) => isPath(one.path, sibling(path, insteadOf)));
  if (old !== undefined) return replacePair(old, path, value);
  // `version.workspace = true` is the only pair of its table.
  const inside = pairs.find((one) => startsWith(one.path, path));
  if (inside !== undefined) return replaceDottedKey(inside, path, value, text);
  return newPair(top, pairs, { path, value }, text);
}

function pairAt(
  entries: readonly Entry[],
  path: readonly string[],
  refuse: (expected: string) => Error,
): Pair {
  const found = entries.filter(isPair).find((one) => isPath(one.path, path));
  if (found === undefined) throw refuse(`${path.join('.')} as a pair of its own`);
  return found;
}

function sibling(path: readonly string[], name: string): readonly string[] {
  return [...path.slice(0, -1), name];
}

/** Adds the pair to its table, however that is written. */
function newPair(
  top: AST.TOMLTopLevelTable,
  entries: readonly Pair[],
  { path, value }: TomlValue,
  text: string,
): Edit {
  const table = path.slice(0, -1);
  const assignment = `${key(path.at(-1) ?? '')} = ${quoted(value)}`;
  const header = top.body.find(
    (node) => node.type === 'TOMLTable' && isPath(node.resolvedKey.map(String), table),
  );
  if (header?.type === 'TOMLTable')
    return newLineAfter(header.body.at(-1) ?? header, assignment, text);

  const inline = entries.find((entry) => isPath(entry.path, table))?.node.value;
  if (inline?.type === 'TOMLInlineTable') return intoInlineTable(inline, assignment);

  const dotted = entries.findLast((entry) => startsWith(entry.path, table));
  if (dotted !== undefined) return besideDottedKey(dotted, table, assignment, text);

  const above = table.slice(0, -1);
  const parent = entries.find((entry) => isPath(entry.path, above))?.node.value;
  if (parent?.type === 'TOMLInlineTable')
    return intoInlineTable(parent, `${key(table.at(-1) ?? '')}.${assignment}`);
  return newTable(table, assignment, text);
}

function parseStrictly(text: string, refuse: (expected: string) => Error): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: '1.0' });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { column, lineNumber, message } = error;
    throw refuse(`valid TOML 1.0; line ${lineNumber}, column ${column + 1}: ${message}`);
  }
}

/** Adds the table at the end of the file. */
function newTable(path: readonly string[], assignment: string, text: string): Edit {
  const eol = lineEnd(text);
  const gap = text.endsWith('\n') ? eol : `${eol}${eol}`;
  const table = `${gap}[${path.map(key).join('.')}]${eol}${assignment}${eol}`;
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
  { node, path }: Pair,
  table: readonly string[],
  assignment: string,
  text: string,
): Edit {
  const { keys } = node.key;
  const last = keys[keys.length - (path.length - table.length) - 1];
  const prefix = text.slice(node.range[0], last?.range[1]);
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
  const [start, end] = entry.value.range;
  const literal =
    text[start] === "'" && !text.startsWith("'''", start) && !/['\p{Cc}]/u.test(value);
  return { start, end, text: literal ? `'${value}'` : quoted(value) };
}

/** Replaces `path = "../core"` by `version = "…"`, in `core.path = "../core"` too. */
function replacePair({ node }: Pair, path: readonly string[], value: string): Edit {
  const start = node.key.keys.at(-1)?.range[0] ?? node.range[0];
  return { start, end: node.range[1], text: `${key(path.at(-1) ?? '')} = ${quoted(value)}` };
}

/** Removes a pair: from an inline table with its comma, else with its line. */
function removePair({ node }: Pair, text: string): Edit {
  const [start, end] = node.range;
  if (node.parent.type !== 'TOMLInlineTable') {
    const newline = text.indexOf('\n', end);
    const line = text.lastIndexOf('\n', start) + 1;
    return { start: line, end: newline === -1 ? text.length : newline + 1, text: '' };
  }
  const { body } = node.parent;
  const at = body.indexOf(node);
  const before = body[at - 1];
  return before === undefined
    ? { start, end: body[at + 1]?.range[0] ?? end, text: '' }
    : { start: before.range[1], end, text: '' };
}

/** Replaces the whole pair `version.workspace = true` by `version = "…"`. */
function replaceDottedKey(
  { node, path: full }: Pair,
  path: readonly string[],
  value: string,
  text: string,
): Edit {
  const { keys } = node.key;
  const last = keys[keys.length - (full.length - path.length) - 1];
  const [start, end] = node.range;
  return { start, end, text: `${text.slice(start, last?.range[1])} = ${quoted(value)}` };
}

function expectedAfter(text: string, values: readonly TomlChange[]): unknown {
  const root = parse(text);
  for (const change of values) {
    const { path } = change;
    const table = tableOnPath(root, path.slice(0, -1));
    if ('remove' in change) delete table[path.at(-1) ?? ''];
    else {
      if (change.insteadOf !== undefined) delete table[change.insteadOf];
      table[path.at(-1) ?? ''] = change.value;
    }
  }
  return root;
}

/** Makes the missing tables on the path. */
function tableOnPath(
  root: Record<string, unknown>,
  path: readonly string[],
): Record<string, unknown> {
  let at = root;
  for (const key of path) at = (at[key] ??= parse('')) as Record<string, unknown>;
  return at;
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name);
}

/** A TOML basic string: JSON's escapes are a part of TOML's. */
function quoted(value: string): string {
  return JSON.stringify(value);
}

function lineEnd(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
