import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { checkManifests, pinManifests } from '../../src/index.ts';
import { readByDefault, readByPython, unintended, type Values } from './readers.ts';
import { COMMIT_PINS, PINS, POLICY, readStyles, type Style, WWW } from './styles.ts';

const STYLES = readStyles();

function pinned({ environment, path }: Style, text: string) {
  const pins = environment === 'staging' ? COMMIT_PINS : PINS;
  return pinManifests([{ path, text }], { policy: POLICY, environment, pins });
}

test('there are manifests of at least 50 styles', () => {
  expect(STYLES.length).toBeGreaterThanOrEqual(50);
  expect(new Set(STYLES.map(({ title }) => title)).size).toBe(STYLES.length);
});

test.each(STYLES)('$title', (style) => {
  const result = pinned(style, style.before);
  expect(result.problems).toEqual([]);
  expect(result.files[0]?.text).toBe(style.after);
  expect(result.files[0]?.changes.length === 0).toBe(style.before === style.after);
  const again = pinned(style, style.after);
  expect(again.problems).toEqual([]);
  expect(again.files[0]?.text).toBe(style.after);
  expect(again.files[0]?.changes).toEqual([]);
});

/** Returns the titles of the styles that the reader refuses, before and after alike. */
function expectIntended(
  read: (texts: readonly string[]) => readonly (readonly Values[] | undefined)[],
): readonly string[] {
  const before = read(STYLES.map((style) => style.before));
  const after = read(STYLES.map((style) => pinned(style, style.before).files[0]?.text ?? ''));
  return STYLES.flatMap(({ title }, index) => {
    const [old, now] = [before[index], after[index]];
    expect({ title, documents: now?.length }).toEqual({ title, documents: old?.length });
    const wrong = old?.flatMap((document, one) => unintended(document, now?.[one] ?? {})) ?? [];
    expect({ title, wrong }).toEqual({ title, wrong: [] });
    return old === undefined ? [title] : [];
  });
}

test('check has nothing against what was pinned', () => {
  for (const { after, environment, path, title } of STYLES) {
    const { problems } = checkManifests([{ path, text: after }], { policy: POLICY, environment });
    // Nobody pins `job`.
    const found = problems.filter(({ message }) => !message.includes('ghcr.io/acme/job'));
    expect({ title, found }).toEqual({ title, found: [] });
  }
});

test('thousands of documents and images, in one file or one document', () => {
  const pod = (index: number, indent: string): string =>
    [
      'kind: Pod',
      `metadata: {name: p${index}}`,
      'spec: {containers: [{name: a, image: "ghcr.io/acme/www:1.0.0"}]}',
    ].join(`\n${indent}`);
  const many = Array.from({ length: 5000 }, (_, index) => `---\n${pod(index, '')}\n`).join('');
  const list = Array.from({ length: 2000 }, (_, index) => `- ${pod(index, '  ')}\n`).join('');
  for (const text of [many, `kind: List\nitems:\n${list}`]) {
    const options = { policy: POLICY, environment: 'production', pins: PINS };
    const { files, pinned, problems } = pinManifests([{ path: 'a.yaml', text }], options);
    expect(problems).toEqual([]);
    expect(pinned).toBe(text === many ? 5000 : 2000);
    const expected = text
      .replaceAll('www:1.0.0', 'www:1.2.3')
      .replaceAll('{name: p', `{annotations: {ameide.io/image-sha: ${WWW}}, name: p`);
    expect(files[0]?.text === expected).toBe(true);
  }
});

describe('other readers find the intended changes alone', () => {
  test('yaml as it reads by default', () => {
    expect(expectIntended(readByDefault)).toEqual([]);
  });

  needs('pyyaml')('PyYAML', () => {
    test('reads them so, if it reads tabs at all', () => {
      expect(expectIntended(readByPython)).toEqual([
        'JSON with tabs, and annotations in a line',
        'tabs, trailing spaces and strange spacing',
      ]);
    });
  });
});
