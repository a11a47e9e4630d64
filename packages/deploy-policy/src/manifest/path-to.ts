import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import type { ManifestDocument } from './document.ts';

/** Adds a key to a path: `spec.image`, `labels["a.b"]`. */
export function below(at: string, key: string): string {
  if (!/^[\w/-]+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
}

/** The path of a node where it is written: `spec.containers[0].image`. `''` is the root; a key has that of its value. */
export function pathTo(target: Node, { root }: Pick<ManifestDocument, 'root'>): string {
  const offset = startOf(target);
  let at: unknown = root;
  let path = '';
  while (at !== target && (isMap(at) || isSeq(at))) {
    const index = lastUpTo(offset, at.items);
    const item = at.items[index];
    if (isPair(item)) {
      path = below(path, isScalar(item.key) ? String(item.key.value) : '?');
      at = item.key === target ? target : item.value;
    } else {
      path = `${path}[${Math.max(index, 0)}]`;
      at = item;
    }
  }
  return path;
}

/** The index of the last item that begins at or before an offset: they are in order. */
function lastUpTo(offset: number, items: readonly unknown[]): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (startOf(isPair(item) ? item.key : item) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
