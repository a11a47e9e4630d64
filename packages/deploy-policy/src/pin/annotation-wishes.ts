import { isScalar, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, isMapNode, ownPair, textOf, type Value } from '../manifest/node.ts';
import { annotationMap } from '../places/annotation.ts';
import type { AnnotationSpot } from '../places/place.ts';
import type { Entries, Wishes } from './wishes.ts';

/** What keeps an annotation from being written, and where. */
export interface Obstacle {
  readonly node: Node;
  readonly why: 'shared' | 'no-map';
}

interface At {
  readonly spot: AnnotationSpot;
  readonly document: ManifestDocument;
  readonly wishes: Wishes;
}

/** Returns the annotation of a key, as far as it is there. */
export function presentAnnotation(
  key: string,
  { document, spot }: Pick<At, 'spot' | 'document'>,
): Value | undefined {
  return field(annotationMap(spot, document)?.node, key, document);
}

/**
 * Wishes for annotations. Those that are missing are added only if `mayAdd`. What other values share
 * through an alias or a merge is never changed; the obstacle says where that would be necessary.
 */
export function wishAnnotations(
  keys: ReadonlyMap<string, string>,
  mayAdd: boolean,
  at: At,
): Obstacle | undefined {
  const missing = new Map<string, string>();
  for (const [key, sha] of keys) {
    const present = presentAnnotation(key, at);
    if (present === undefined) {
      if (mayAdd) missing.set(key, sha);
      continue;
    }
    if (isOwn(key, at)) {
      const obstacle = wishPresent(present, key, sha, at);
      if (obstacle !== undefined) return obstacle;
    } else if (textOf(present.node) !== sha) {
      // The map's own key wins over a merged one.
      missing.set(key, sha);
    }
  }
  return missing.size === 0 ? undefined : addMissing(missing, at);
}

/** False for a key that a merge brings into the map of annotations. */
function isOwn(key: string, { document, spot }: At): boolean {
  const map = annotationMap(spot, document)?.node;
  return map !== undefined && ownPair(map, key) !== undefined;
}

function wishPresent(
  value: Value,
  key: string,
  sha: string,
  { document, spot, wishes }: At,
): Obstacle | undefined {
  if (!isScalar(value.node)) return { node: value.written, why: 'no-map' };
  const isRight = textOf(value.node) === sha;
  const isAgreed = wishes.scalars.get(value.node)?.text === sha;
  const map = annotationMap(spot, document);
  const isForeign = value.written !== value.node || isSharedMap({ document, spot });
  if (isForeign && !isRight && !isAgreed)
    return {
      node: value.written === value.node ? (map?.written ?? value.node) : value.written,
      why: 'shared',
    };
  return wishes.wish(value, sha, `${spot.path}["${key}"]`)
    ? undefined
    : { node: value.written, why: 'shared' };
}

/** Whether an alias or a merge shares the map of annotations, or one around it, with others. */
function isSharedMap({ document, spot }: Pick<At, 'spot' | 'document'>): boolean {
  let map: Node | undefined = spot.map;
  for (const key of spot.keys) {
    const pair: ReturnType<typeof ownPair> = map === undefined ? undefined : ownPair(map, key);
    const value: Node | null | undefined = pair?.value;
    if (value === undefined || value === null || document.resolve(value) !== value) return true;
    if (document.isAliased(value)) return true;
    map = value;
  }
  return false;
}

/** Adds the annotations, and the maps around them that are missing. */
function addMissing(missing: ReadonlyMap<string, string>, at: At): Obstacle | undefined {
  const { document, spot, wishes } = at;
  let map: Node = spot.map;
  for (const [index, key] of spot.keys.entries()) {
    if (!isMapNode(map)) return { node: map, why: 'no-map' };
    const pair = ownPair(map, key);
    const rest = spot.keys.slice(index);
    if (pair === undefined)
      return field(map, key, document) === undefined
        ? add(map, nest(rest, missing))
        : { node: map, why: 'shared' };
    const { value } = pair;
    if (value === null) return { node: pair.key, why: 'no-map' };
    if (document.resolve(value) !== value || document.isAliased(value))
      return { node: value, why: 'shared' };
    if (isNothing(value)) {
      const entries = nest(rest.slice(1), missing);
      const isAdded = wishes.add({
        into: value,
        pair,
        parent: map,
        at: 'first',
        entries,
        field: spot.path,
      });
      return isAdded ? undefined : { node: value, why: 'shared' };
    }
    map = value;
  }
  return isMapNode(map) ? add(map, new Map(missing)) : { node: map, why: 'no-map' };

  function add(into: Node, entries: Map<string, string | Entries>): Obstacle | undefined {
    const position = into === document.root ? 'last' : 'first';
    return wishes.add({ into, at: position, entries, field: spot.path })
      ? undefined
      : { node: into, why: 'shared' };
  }
}

function nest(keys: readonly string[], entries: Entries): Map<string, string | Entries> {
  return keys.reduceRight<Map<string, string | Entries>>(
    (inner, key) => new Map([[key, inner]]),
    new Map(entries),
  );
}

/** `annotations:`, `annotations: null`. */
function isNothing(value: Node): boolean {
  return (
    isScalar(value) && value.type === 'PLAIN' && /^(?:|~|null|Null|NULL)$/.test(String(value.value))
  );
}
