import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseAllDocuments } from 'yaml';
import { type Found, foundAt, UnreadableFile } from './found.ts';
import { overriddenName, realName } from './npm-names.ts';
import { insideOf, scalarText, textOf } from './yaml-scalar.ts';

/** Follows aliases, as many as any settings have. */
const MAX_STEPS = 100_000;

/**
 * Reads the catalogs of a pnpm-workspace.yaml or .yarnrc.yml, and what the former overrides. An alias has the place
 * of its anchor. Throws `UnreadableFile`.
 */
export function readCatalogFile(path: string, text: string): readonly Found[] {
  const settings = openYaml(text);
  const { field, pairs } = settings;
  const of = (map: unknown, name: string, nameOf = (key: string): string => key): Found[] =>
    pairs(map).flatMap(([key, node]) => entry({ path, text }, [nameOf(key), node], name));
  return [
    ...of(field(settings.root, 'catalog'), 'catalog'),
    ...pairs(field(settings.root, 'catalogs')).flatMap(([name, catalog]) =>
      of(catalog, `catalogs.${name}`),
    ),
    ...of(field(settings.root, 'overrides'), 'overrides', overriddenName),
  ];
}

function entry(
  { path, text }: { readonly path: string; readonly text: string },
  [key, node]: readonly [string, unknown],
  field: string,
): Found[] {
  if (!isScalar(node)) return [];
  const place = insideOf(node, text);
  if (place === undefined) return [];
  // `1.0` is a number to YAML and a range to the package manager.
  const requirement = textOf(node) ?? node.source ?? '';
  const name = realName(key, requirement);
  const alias = name === key ? {} : { alias: key };
  return [
    foundAt(
      path,
      text,
      { ecosystem: 'npm', name, ...alias, requirement, field, ...place },
      (written) => scalarText(node, written),
    ),
  ];
}

/** One YAML document, with its aliases and merges followed. */
export interface OpenedYaml {
  readonly root: unknown;
  /** Returns the keys and values of a mapping, also those that `<<` brings in; none for what is not a mapping. */
  readonly pairs: (node: unknown) => readonly (readonly [string, unknown])[];
  readonly field: (node: unknown, key: string) => unknown;
}

/** Reads a YAML file of one document. Throws `UnreadableFile`. */
export function openYaml(text: string): OpenedYaml {
  const documents = parseAllDocuments(text, { merge: true, uniqueKeys: true });
  if (!Array.isArray(documents))
    return { root: undefined, pairs: () => [], field: () => undefined };
  const [document, ...others] = documents;
  const error = document?.errors[0];
  if (error !== undefined)
    throw new UnreadableFile(`it is not YAML (${error.message.split('\n')[0]})`);
  if (others.length > 0) throw new UnreadableFile('it has several YAML documents');
  return openDocument(document);
}

function openDocument(document: Document | undefined): OpenedYaml {
  let steps = 0;
  const follow = (node: unknown): unknown => {
    steps += 1;
    if (steps > MAX_STEPS) throw new UnreadableFile('its aliases stand for too many values');
    return isAlias(node) && document !== undefined ? node.resolve(document) : node;
  };
  const pairs = (node: unknown, depth = 0): readonly (readonly [string, unknown])[] => {
    const map = follow(node);
    if (!isMap(map) || depth > 100) return [];
    const own = map.items;
    const merged = own.filter(isMerge).flatMap(({ value }) => {
      const from = follow(value);
      return (isSeq(from) ? from.items : [from]).flatMap((one) => pairs(one, depth + 1));
    });
    const keyed = own
      .filter((pair) => !isMerge(pair))
      .map(({ key, value }) => [keyOf(follow(key)), follow(value)] as const);
    // The mapping's own keys win, then the first that is merged.
    const seen = new Set<string>();
    return [...keyed, ...merged].filter(([key]) => !seen.has(key) && seen.add(key) !== undefined);
  };
  return {
    root: document?.contents,
    pairs,
    field: (node, key) => pairs(node).find(([name]) => name === key)?.[1],
  };
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol');
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}
