import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { completeName, type ImageReference, parseImageReference } from '@ameide/source-files/image';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Answers, askGo } from '../go-readers/ask-go.ts';

const HEX = '0123456789abcdef'.repeat(4);

/** Written by hand, a JSON string a line; `{n*x}` is n times x. */
const STRINGS = readFileSync(new URL('strings.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) =>
    (JSON.parse(line) as string).replaceAll(/\{(\d+)\*(.)\}/gu, (_, count, one) =>
      one.repeat(Number(count)),
    ),
  );

const WORDS =
  'a A 0 . _ __ ___ - -- / // : @ + % localhost docker.io index.docker.io Docker.io ghcr.io GHCR.IO [::1] :443 :0443 :5000 acme sdk library 0.1.0 dev :dev $(TAG) ${TAG} é İ ſ K \u{1f4a9} sha256:';
const PARTS = [
  ...WORDS.split(' '),
  ' ',
  '\n',
  HEX,
  `@sha256:${HEX}`,
  `sha256:${HEX.toUpperCase()}`,
  `sha256:${HEX.slice(1)}`,
  `@sha512:${HEX}${HEX}`,
  `@sha384:${HEX}${HEX.slice(32)}`,
  `@md5:${HEX.slice(32)}`,
  'x'.repeat(128),
  'x'.repeat(129),
  'y/'.repeat(64),
];

function generated(): readonly string[] {
  const part = fc.oneof(fc.constantFrom(...PARTS), fc.string({ maxLength: 3 }));
  const text = fc.array(part, { maxLength: 7 }).map((parts) => parts.join(''));
  return fc.sample(text, 4000);
}

/** The registry's name in lower case and without the port of HTTPS, which that library leaves as they are. */
function canonical({ digest, error, name, tag }: Answers['references'][number]): unknown {
  if (error !== undefined) return undefined;
  return {
    name: completeName(name ?? ''),
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  } satisfies ImageReference;
}

test('the table has at least 120 strings, and no string twice', () => {
  expect(STRINGS.length).toBeGreaterThanOrEqual(120);
  expect(new Set(STRINGS).size).toBe(STRINGS.length);
});

test('what is longer than any reference is none', () => {
  expect(parseImageReference(`ghcr.io/acme/sdk:${'a'.repeat(128)}`)).toBeDefined();
  expect(parseImageReference(`${'a.'.repeat(600)}io/acme/sdk:0.1.0`)).toBeUndefined();
});

needs(
  'go',
  'go-yaml',
  'go-reference',
)('asked', () => {
  test('distribution/reference reads the same', async () => {
    const references = [...STRINGS, ...generated()];
    const answers = await askGo({ references });
    const theirs = answers.references.map(canonical);
    const ours = references.map(parseImageReference);
    const read = (all: readonly unknown[]): readonly unknown[] =>
      all.map((one, index) => ({ text: references[index], read: one }));
    expect(read(ours)).toEqual(read(theirs));
    expect(ours.filter((one) => one !== undefined).length).toBeGreaterThan(200);
  }, 120_000);
});
