import { expect, test } from 'vitest';
import type { Scalar } from 'yaml';
import { type ManifestDocument, readDocuments } from '../../src/manifest/document.ts';
import { field, isMapNode } from '../../src/manifest/node.ts';
import { isOnlyChangedBy } from '../../src/pin/same-tree.ts';
import { createWishes, type Wishes } from '../../src/pin/wishes.ts';

const BEFORE = '# top\na: &x 1 # one\nb: [c, {d: "e"}]\n# above\nf:\n  g: *x\n# end\n';

function read(text: string): ManifestDocument {
  const [document] = readDocuments(text);
  if (document === undefined) throw new Error('There is no document.');
  return document;
}

/** That `a` is 2, and that `f` has an `h` of 3. */
function wish(document: ManifestDocument): Wishes {
  const wishes = createWishes();
  const a = field(document.root, 'a', document);
  const f = field(document.root, 'f', document);
  if (a === undefined || f === undefined || !isMapNode(f.node)) return wishes;
  wishes.wish(a, '2.0.0', 'a');
  wishes.add({ into: f.node, at: 'first', entries: new Map([['h', '3.0.0']]), field: 'f' });
  return wishes;
}

const AFTER =
  '# top\na: &x 2.0.0 # one\nb: [c, {d: "e"}]\n# above\nf:\n  h: 3.0.0\n  g: *x\n# end\n';

test.each([
  ['as wished', AFTER],
  ['with quotes that the text needs', AFTER.replace('2.0.0', '"2.0.0"')],
])('%s', (_, after) => {
  const document = read(BEFORE);
  expect(isOnlyChangedBy(wish(document), document, read(after))).toBe(true);
});

test.each([
  ['a wish that is not fulfilled', AFTER.replace('2.0.0', '2.0.1')],
  ['a number instead of a text', AFTER.replace('2.0.0', '2.0')],
  ['an addition with another value', AFTER.replace('3.0.0', '3.0.1')],
  ['an addition that is missing', AFTER.replace('  h: 3.0.0\n', '')],
  ['another addition', AFTER.replace('  h', '  i: j\n  h')],
  ['another value', AFTER.replace('[c', '[C')],
  ['other quotes', AFTER.replace('"e"', "'e'")],
  ['another style', AFTER.replace('[c, {d: "e"}]', '\n- c\n- {d: "e"}')],
  ['another order', AFTER.replace('[c, {d: "e"}]', '[{d: "e"}, c]')],
  ['one item less', AFTER.replace('c, ', '')],
  ['a map instead of a list', AFTER.replace('[c, {d: "e"}]', '{c, d: "e"}')],
  ['an anchor that is lost', AFTER.replace('&x 2.0.0', '2.0.0').replace('*x', 'y')],
  ['an anchor with another name', AFTER.replaceAll(/([&*])x/g, '$1y')],
  ['a tag', AFTER.replace('[c', '[!!str c')],
  ['an alias that became its value', AFTER.replace('*x', '2.0.0')],
  ['a comment at the top that is lost', AFTER.replace('# top\n', '')],
  ['a comment at the end that is lost', AFTER.replace('# end\n', '')],
  ['a comment in the middle that is lost', AFTER.replace('# above\n', '')],
  ['a comment behind a value that is lost', AFTER.replace(' # one', '')],
  ['a comment that moved', AFTER.replace(' # one', '').replace('# above', '# above\n# one')],
  ['a new comment', AFTER.replace('3.0.0', '3.0.0 # h')],
  ['another key', AFTER.replace('b:', 'B:')],
  ['nothing at all', '---'],
])('%s is found', (_, after) => {
  const document = read(BEFORE);
  expect(isOnlyChangedBy(wish(document), document, read(`${after}\n`))).toBe(false);
});

test('a value that was nothing may only become the map that was wished', () => {
  const document = read('a:\nb: c\n');
  const node = field(document.root, 'a', document)?.node as Scalar<string>;
  const wishes = createWishes();
  const inner = new Map([['d', 'e']]);
  wishes.add({ into: node, at: 'first', entries: new Map([['a.b', inner]]), field: 'a' });
  const became = (text: string) => isOnlyChangedBy(wishes, document, read(text));
  expect(became('a: {a.b: {d: e}}\nb: c\n')).toBe(true);
  expect(became('a:\n  a.b:\n    d: e\nb: c\n')).toBe(true);
  expect(became('a: {a.b: {d: e}, f: g}\nb: c\n')).toBe(false);
  expect(became('a: {a.b: {d: e, f: g}}\nb: c\n')).toBe(false);
  expect(became('a: {a.b: d}\nb: c\n')).toBe(false);
  expect(became('a: e\nb: c\n')).toBe(false);
});
