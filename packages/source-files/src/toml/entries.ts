import type { AST } from 'toml-eslint-parser';

/** A value with its whole path, `['project', 'urls', 'Home']`. */
export interface Entry {
  readonly path: readonly string[];
  readonly value: AST.TOMLContentNode;
}

/** A value with a key, not an element of an array. */
export interface Pair extends Entry {
  readonly node: AST.TOMLKeyValue;
}

export function isPair(entry: Entry): entry is Pair {
  return 'node' in entry;
}

/** Returns every value of a TOML file, outer ones before those inside them. */
export function entriesOf(top: AST.TOMLTopLevelTable): readonly Entry[] {
  return top.body.flatMap((node) => {
    if (node.type === 'TOMLKeyValue') return pairs(node, []);
    return node.body.flatMap((child) => pairs(child, node.resolvedKey.map(String)));
  });
}

function pairs(node: AST.TOMLKeyValue, prefix: readonly string[]): readonly Entry[] {
  const path = [...prefix, ...node.key.keys.map(keyName)];
  const own: Pair = { path, node, value: node.value };
  return [own, ...inside(node.value, path)];
}

function inside(value: AST.TOMLContentNode, path: readonly string[]): readonly Entry[] {
  if (value.type === 'TOMLInlineTable') return value.body.flatMap((child) => pairs(child, path));
  if (value.type !== 'TOMLArray') return [];
  return value.elements.flatMap((element, index) => {
    const own: Entry = { path: [...path, String(index)], value: element };
    return [own, ...inside(element, own.path)];
  });
}

export function isPath(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length === wanted.length && startsWith(path, wanted);
}

export function startsWith(path: readonly string[], wanted: readonly string[]): boolean {
  return path.length >= wanted.length && wanted.every((part, at) => path[at] === part);
}

function keyName(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}
