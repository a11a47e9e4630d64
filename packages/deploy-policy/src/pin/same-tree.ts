import { isAlias, isPair, isScalar, isSeq, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { isMapNode, ownPair, textOf } from '../manifest/node.ts';
import type { Addition, Entries, Wishes } from './wishes.ts';

/**
 * Whether one document became another by the wishes alone: the same values in the same order and
 * style, the same comments, and nothing else added. Both trees are compared as they are written,
 * aliases and merges included.
 */
export function isOnlyChangedBy(
  wishes: Wishes,
  before: ManifestDocument,
  after: ManifestDocument,
): boolean {
  const comments: Comments = { before: [], after: [] };
  comments.before.push(before.comments.before);
  comments.after.push(after.comments.before);
  if (!isSame(before.root, after.root, { wishes, comments })) return false;
  comments.before.push(before.comments.after);
  comments.after.push(after.comments.after);
  return commentText(comments.before) === commentText(comments.after);
}

interface Comments {
  readonly before: string[];
  readonly after: string[];
}

interface Context {
  readonly wishes: Wishes;
  readonly comments: Comments;
}

function commentText(comments: readonly string[]): string {
  const lines = comments.flatMap((comment) => comment.split('\n').map((line) => line.trim()));
  return lines.filter((line) => line !== '').join('\n');
}

type Item = Node | null | undefined;

function isSame(before: Item, after: Item, context: Context): boolean {
  const { comments, wishes } = context;
  if (!isNode(before) || !isNode(after)) return !isNode(before) && !isNode(after);
  comments.before.push(before.commentBefore ?? '');
  comments.after.push(after.commentBefore ?? '');
  const addition = wishes.additions.get(before);
  const isEqual =
    addition === undefined
      ? isSameValue(before, after, context)
      : hasAdded(before, after, addition, context);
  comments.before.push(before.comment ?? '');
  comments.after.push(after.comment ?? '');
  return isEqual && anchorOf(before) === anchorOf(after) && before.tag === after.tag;
}

function isNode(item: Item): item is Node {
  return item !== null && item !== undefined;
}

function anchorOf(node: Node): string | undefined {
  return 'anchor' in node ? node.anchor : undefined;
}

function isSameValue(before: Node, after: Node, context: Context): boolean {
  if (isAlias(before)) return isAlias(after) && before.source === after.source;
  if (isScalar(before)) {
    if (!isScalar(after)) return false;
    const wish = context.wishes.scalars.get(before);
    if (wish !== undefined && textOf(before) !== wish.text) return textOf(after) === wish.text;
    return before.value === after.value && before.type === after.type;
  }
  if (isMapNode(before))
    return (
      isMapNode(after) && before.flow === after.flow && areSame(before.items, after.items, context)
    );
  return (
    isSeq(before) &&
    isSeq(after) &&
    before.flow === after.flow &&
    areSame(before.items, after.items, context)
  );
}

function areSame(before: readonly unknown[], after: readonly unknown[], context: Context): boolean {
  return (
    before.length === after.length &&
    before.every((item, index) => isSameItem(item, after[index], context))
  );
}

function isSameItem(before: unknown, after: unknown, context: Context): boolean {
  if (!isPair(before)) return !isPair(after) && isSame(before as Item, after as Item, context);
  return (
    isPair(after) &&
    isSame(before.key as Item, after.key as Item, context) &&
    isSame(before.value as Item, after.value as Item, context)
  );
}

function hasAdded(before: Node, after: Node, addition: Addition, context: Context): boolean {
  const { entries } = addition;
  if (!isMapNode(after)) return false;
  if (![...entries].every(([key, value]) => hasEntry(after, key, value))) return false;
  const items = isMapNode(before) ? before.items : [];
  let index = 0;
  for (const item of after.items) {
    if (isAdded(item.key, entries)) {
      collectComments([item.key, item.value], context.comments.after);
    } else {
      if (!isSameItem(items[index], item, context)) return false;
      index += 1;
    }
  }
  return index === items.length && (!isMapNode(before) || before.flow === after.flow);
}

function isAdded(key: unknown, entries: Entries): boolean {
  return isScalar(key) && entries.has(String(key.value));
}

/** A comment may belong to a value that was added: it stood above what came after it. */
function collectComments(nodes: readonly Item[], comments: string[]): void {
  for (const node of nodes) {
    if (!isNode(node)) continue;
    comments.push(node.commentBefore ?? '');
    if (isMapNode(node))
      for (const { key, value } of node.items) collectComments([key, value], comments);
    comments.push(node.comment ?? '');
  }
}

function hasEntry(map: Node, key: string, value: string | Entries): boolean {
  const node = ownPair(map, key)?.value;
  if (!isNode(node ?? undefined) || node === undefined || node === null) return false;
  if (typeof value === 'string') return textOf(node) === value;
  return (
    isMapNode(node) &&
    node.items.length === value.size &&
    [...value].every(([inner, one]) => hasEntry(node, inner, one))
  );
}
