import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { isSeq } from 'yaml';
import { readDocuments } from '../../src/manifest/document.ts';
import { needsQuotes, textOf } from '../../src/manifest/node.ts';
import { askGo } from '../go-readers/ask-go.ts';

const linesOf = (path: string): readonly string[] =>
  readFileSync(new URL(path, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');

/** One value a line, as it would stand behind `- `; `\n` is a line break. */
const SCALARS = [
  ...new Set([
    ...linesOf('scalars.txt'),
    ...linesOf('../../../publisher-configuration/test/yaml-scalars.txt'),
  ]),
].map((line) => line.replaceAll('\\n', '\n'));

/** What we read: the text, `other` for another value than text, `error` for what is no YAML. */
function ours(scalar: string): string {
  const [document] = readDocuments(`- ${scalar}\n`);
  if (document === undefined || document.faults.length > 0) return 'error';
  const item = isSeq(document.root) ? document.resolve(document.root.items[0]) : undefined;
  const text = textOf(item);
  return text === undefined ? 'other' : JSON.stringify(text);
}

function theirs(answer: string): string {
  if (answer === 'error') return 'error';
  const [item] = JSON.parse(answer) as unknown[];
  return typeof item === 'string' ? JSON.stringify(item) : 'other';
}

test('the table has many scalars, and both kinds', () => {
  expect(SCALARS.length).toBeGreaterThan(250);
  expect(SCALARS.filter((scalar) => ours(scalar) === 'other').length).toBeGreaterThan(80);
});

test.each(['!!binary YQ==', '!!timestamp 2001-12-14'])(
  '%s is refused, although Kubernetes makes text of it',
  (scalar) => {
    expect(ours(scalar)).toBe('other');
  },
);

needs(
  'go',
  'go-yaml',
  'go-reference',
)('asked', () => {
  test('sigs.k8s.io/yaml reads the same scalars as text', async () => {
    const { scalars } = await askGo({ scalars: SCALARS });
    const differing = SCALARS.flatMap((scalar, index) => {
      const read = { scalar, ours: ours(scalar), theirs: theirs(scalars[index] ?? '') };
      // It refuses numbers that JSON does not have, and we text that is none.
      const isSame =
        read.theirs === 'error' ? !read.ours.startsWith('"') : read.ours === read.theirs;
      return isSame ? [] : [read];
    });
    expect(differing).toEqual([]);
  }, 120_000);

  test('text in quotes when it needs them, and bare when not, stays text', async () => {
    const texts = SCALARS.filter((scalar) => /^[\w.+-]+$/.test(scalar) && scalar !== '-');
    const written = texts.map((text) => (needsQuotes(text) ? JSON.stringify(text) : text));
    const { scalars } = await askGo({ scalars: written });
    expect(scalars.map((answer) => JSON.parse(answer))).toEqual(texts.map((text) => [text]));
  }, 120_000);
});
