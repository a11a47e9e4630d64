import { expect, test } from 'vitest';
import { pinManifests } from '../../src/index.ts';
import { COMMIT_PINS, PINS, POLICY, readStyles, type Style } from './styles.ts';

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
