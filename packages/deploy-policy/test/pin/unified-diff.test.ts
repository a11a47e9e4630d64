import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { afterAll, describe, expect, test } from 'vitest';
import { diffOf, type PinnedFile, pinManifests } from '../../src/index.ts';
import { COMMIT_PINS, PINS, POLICY, readStyles } from './styles.ts';

const folder = mkdtempSync(join(tmpdir(), 'pin-diff-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function pinnedFiles(files: readonly { path: string; text: string }[]): readonly PinnedFile[] {
  const options = { policy: POLICY, environment: 'production', pins: PINS };
  const result = pinManifests(files, options);
  expect(result.problems).toEqual([]);
  return result.files;
}

/** Every style as a file of its own. */
const STYLES: readonly PinnedFile[] = readStyles().flatMap((style, index) => {
  const pins = style.environment === 'staging' ? COMMIT_PINS : PINS;
  const { environment, path } = style;
  const { files } = pinManifests([{ path, text: style.before }], {
    policy: POLICY,
    environment,
    pins,
  });
  return files.map((file) => ({ ...file, path: `styles/${index}/${path}` }));
});

/** Paths that git and patch read only if they are quoted as git does. */
const PATHS: readonly PinnedFile[] = [
  'a b/c d.yaml',
  'tab\there.yaml',
  'quote".yaml',
  'back\\slash.yaml',
  'größe/日本.yaml',
  './below.yaml',
  'a b"c.yaml',
].flatMap((path) =>
  pinnedFiles([{ path, text: 'images:\n- {repository: ghcr.io/acme/www, tag: 1.0.0}\n' }]),
);

const MANY = Array.from({ length: 40 }, (_, index) =>
  index % 9 === 0 || index === 20
    ? `a${index}: {repository: ghcr.io/acme/www, tag: "1.0.0"}\n`
    : `b${index}: c\n`,
).join('');

describe('the unified diff', () => {
  test('is written as git does it', () => {
    const files = pinnedFiles([{ path: 'values.yaml', text: MANY }]);
    const [{ before, text } = { before: '', text: '' }] = files;
    expect(diffOf(files).split('\n').slice(0, 12)).toEqual([
      'diff --git a/values.yaml b/values.yaml',
      '--- a/values.yaml',
      '+++ b/values.yaml',
      '@@ -1,4 +1,4 @@',
      '-a0: {repository: ghcr.io/acme/www, tag: "1.0.0"}',
      '+a0: {repository: ghcr.io/acme/www, tag: "1.2.3"}',
      ' b1: c',
      ' b2: c',
      ' b3: c',
      '@@ -7,7 +7,7 @@',
      ' b6: c',
      ' b7: c',
    ]);
    expect(diffOf(files).match(/^@@/gm)).toHaveLength(4);
    expect(diffOf([{ path: 'a', before, edits: [] }])).toBe('');
    expect(text).not.toBe(before);
  });

  test('shows lines that change together as one change', () => {
    const text =
      'a: {repository: ghcr.io/acme/www, tag: v}\nb: {repository: ghcr.io/acme/www, tag: v}';
    const diff = diffOf(pinnedFiles([{ path: 'a b.yaml', text }]));
    expect(diff).toBe(
      [
        'diff --git a/a b.yaml b/a b.yaml',
        '--- a/a b.yaml\t',
        '+++ b/a b.yaml\t',
        '@@ -1,2 +1,2 @@',
        '-a: {repository: ghcr.io/acme/www, tag: v}',
        '-b: {repository: ghcr.io/acme/www, tag: v}',
        '\\ No newline at end of file',
        '+a: {repository: ghcr.io/acme/www, tag: 1.2.3}',
        '+b: {repository: ghcr.io/acme/www, tag: 1.2.3}',
        '\\ No newline at end of file',
        '',
      ].join('\n'),
    );
  });

  const all = [...STYLES, ...PATHS, ...pinnedFiles([{ path: 'many.yaml', text: MANY }])];

  function write(name: string): string {
    const at = join(folder, name);
    for (const { before, path } of all) {
      mkdirSync(dirname(join(at, path)), { recursive: true });
      writeFileSync(join(at, path), before);
    }
    return at;
  }

  function expectApplied(at: string): void {
    for (const { path, text } of all)
      expect({ path, text: readFileSync(join(at, path), 'utf8') }).toEqual({ path, text });
  }

  needs('git')('applied', () => {
    test('by git apply', () => {
      const cwd = write('git');
      const git = component('git').path ?? '';
      execFileSync(git, ['init', '--quiet'], { cwd });
      execFileSync(git, ['apply', '-'], { cwd, input: diffOf(all) });
      expectApplied(cwd);
      // Backwards, nothing is left of it.
      execFileSync(git, ['apply', '--reverse', '-'], { cwd, input: diffOf(all) });
      for (const { before, path } of all)
        expect(readFileSync(join(cwd, path), 'utf8')).toBe(before);
    });
  });
});
