import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';

/** A value of a YAML file, with its place in the text. An alias is the value that it stands for. */
export type YamlValue = YamlScalar | YamlMap | YamlList;

export interface YamlScalar {
  readonly kind: 'scalar';
  /** Always text: `0`, `true` and nothing at all are what is written. */
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'block';
  readonly start: number;
  readonly end: number;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  /** True for `{ a: b }`. */
  readonly isFlow: boolean;
  readonly start: number;
  readonly end: number;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlValue;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlValue[];
  readonly start: number;
  readonly end: number;
}

/** What keeps a file from being read. */
export interface YamlProblem {
  readonly message: string;
  readonly start: number;
}

/** Deeper than any workflow, and not too deep for a function that calls itself. */
const MAX_DEPTH = 100;

/** Reads a YAML file. Never throws. What an alias names is read once, however often it is used. */
export function readYaml(text: string): {
  readonly root?: YamlValue;
  readonly problems: readonly YamlProblem[];
} {
  try {
    const document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'silent',
    });
    const problems = document.errors.map(({ message, pos }) => ({
      message: message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
      start: pos[0],
    }));
    const root = createReader()(document.contents, 0);
    return root === undefined ? { problems } : { root, problems };
  } catch {
    return { problems: [{ message: 'The YAML nests too deep to be read', start: 0 }] };
  }
}

/** Turns nodes into values. Nothing refers to itself: an alias inside of its own anchor is left out. */
function createReader(): (node: unknown, depth: number) => YamlValue | undefined {
  const known = new Map<Node, YamlValue | undefined>();
  const anchors = new Map<string, Node>();
  const read = (node: unknown, depth: number): YamlValue | undefined => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      return target === undefined ? undefined : known.get(target);
    }
    if (depth > MAX_DEPTH || !(isMap(node) || isSeq(node) || isScalar(node))) return undefined;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    known.set(node, undefined);
    const value = toValue(node, (one) => read(one, depth + 1));
    known.set(node, value);
    return value;
  };
  return read;
}

function toValue(node: Node, read: (node: unknown) => YamlValue | undefined): YamlValue {
  const [start = 0, end = start] = node.range ?? [];
  if (isMap(node))
    return {
      kind: 'map',
      isFlow: node.flow === true,
      start,
      end,
      entries: node.items.flatMap((pair) => {
        const key = read(pair.key);
        if (key?.kind !== 'scalar') return [];
        return [{ key, value: read(pair.value) ?? emptyAt(key.end) }];
      }),
    };
  if (isSeq(node))
    return { kind: 'list', items: node.items.flatMap((item) => read(item) ?? []), start, end };
  const { type = 'PLAIN', value } = node as { readonly type?: string; readonly value?: unknown };
  return {
    kind: 'scalar',
    text: typeof value === 'string' ? value : '',
    style: STYLES[type] ?? 'plain',
    start,
    end,
  };
}

const STYLES: Readonly<Record<string, YamlScalar['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

function emptyAt(offset: number): YamlScalar {
  return { kind: 'scalar', text: '', style: 'plain', start: offset, end: offset };
}

/** The entry of a key; of several, the last one. */
export function entryOf(value: YamlValue | undefined, key: string): YamlEntry | undefined {
  if (value?.kind !== 'map') return undefined;
  return value.entries.findLast((entry) => entry.key.text === key);
}

export function valueAt(
  value: YamlValue | undefined,
  ...keys: readonly string[]
): YamlValue | undefined {
  let at = value;
  for (const key of keys) at = entryOf(at, key)?.value;
  return at;
}

/** The text at a path of keys; undefined for what is missing, empty, a map or a list. */
export function textAt(
  value: YamlValue | undefined,
  ...keys: readonly string[]
): string | undefined {
  const found = valueAt(value, ...keys);
  return found?.kind === 'scalar' && found.text !== '' ? found.text : undefined;
}

export function entriesOf(value: YamlValue | undefined): readonly YamlEntry[] {
  return value?.kind === 'map' ? value.entries : [];
}

/** The texts of one scalar, of a list, or of the keys of a map: how `on`, `needs` and `branches` are written. */
export function textsOf(value: YamlValue | undefined): readonly YamlScalar[] {
  if (value?.kind === 'scalar') return value.text === '' ? [] : [value];
  if (value?.kind === 'map') return value.entries.map(({ key }) => key);
  return (value?.items ?? []).flatMap((item) => (item.kind === 'scalar' ? [item] : []));
}
