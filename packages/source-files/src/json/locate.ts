import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import type { LocatedValue } from '../text/span.ts';

/**
 * Finds the value at a path of a JSON text, `['dependencies', 'left-pad']`; a string with its quotes.
 * Returns undefined if there is none. The text must be valid JSON: comments are read, too.
 */
export function locateJson(
  text: string,
  path: readonly (string | number)[],
): LocatedValue | undefined {
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, [...path]);
  if (node === undefined) return undefined;
  const { parent } = node;
  const value = { start: node.offset, end: node.offset + node.length };
  return parent?.type === 'property'
    ? { value, pair: { start: parent.offset, end: parent.offset + parent.length } }
    : { value };
}
