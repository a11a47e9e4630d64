import { describe, expect, test } from 'vitest';
import { parseMetadata, sourceCommit } from '../src/distribution/metadata.ts';
import { uploadFields } from '../src/upload/form-fields.ts';
import { OTHER_SHA, SHA } from './plan.fixture.ts';

const METADATA = `Metadata-Version: 2.4
Name: ameide-sdk
Version: 0.1.0
Summary: An SDK: for é
Author: A
 B
Classifier: One
Classifier: Two
Project-URL: Source Commit, https://github.com/a/b/commit/${SHA}
Requires-Dist: x>=1
License-File: LICENSE
Import-Name: unknown_to_the_form

# Title

body: not a header
`;

describe('core metadata', () => {
  test('is taken apart, header by header', () => {
    const metadata = parseMetadata(METADATA.replaceAll('\n', '\r\n'));
    expect(metadata.fields).toContainEqual(['summary', 'An SDK: for é']);
    expect(metadata.fields).toContainEqual(['author', 'A\n B']);
    expect(metadata.fields.filter(([name]) => name === 'classifier')).toHaveLength(2);
    expect(metadata.body).toBe('# Title\n\nbody: not a header\n');
  });

  test.each([
    ['', 'has no "Source Commit"'],
    [`Project-URL: Source, https://x/commit/${SHA}`, 'has no "Source Commit"'],
    ['Project-URL: Source Commit, https://x/commit/71e210b', 'does not name one full commit'],
    [
      `Project-URL: Source Commit, https://x/commit/${SHA.toUpperCase()}`,
      'does not name one full commit',
    ],
    [`Project-URL: Source Commit, ${SHA}`, 'does not name one full commit'],
    [
      `Project-URL: Source Commit, https://x/${SHA}\nProject-URL: source-commit, https://x/${OTHER_SHA}`,
      'does not name one full commit',
    ],
    [
      `Project-URL: Source Commit, https://x/commit/${SHA.slice(0, 20)}\n\t${SHA.slice(20)}`,
      'does not name one full commit',
    ],
    [`Project-URL: Source Commit ${SHA}`, 'has no "Source Commit"'],
    [`\nProject-URL: Source Commit, https://x/commit/${SHA}`, 'has no "Source Commit"'],
  ])('names no commit: %j', (lines, why) => {
    expect(sourceCommit(parseMetadata(`Name: a\n${lines}\n`))).toEqual({
      missing: expect.stringContaining(why),
    });
  });

  test.each([
    [`Project-URL: Source Commit, https://github.com/a/b/commit/${SHA}`, SHA],
    [`Project-URL: source-commit,https://gitlab.com/a/b/-/commit/${SHA}/`, SHA],
    [
      `Project-URL: SourceCommit, https://x/commit/${SHA}${'0'.repeat(24)}`,
      `${SHA}${'0'.repeat(24)}`,
    ],
  ])('names a commit: %j', (line, sha) => {
    expect(sourceCommit(parseMetadata(`${line}\n`))).toMatchObject({ sha });
  });
});

describe('metadata that was made to take long', () => {
  const many = (part: string): string => part.repeat(1024 * 1024);

  test.each([
    ['spaces after a colon', `Name:${many(' ')}\u2028`],
    ['spaces after a comma', `Project-URL: Source Commit,${many(' ')}a\n b`],
    ['slashes', `Project-URL: Source Commit, https://x/${many('/')}x`],
  ])('%s: names no commit, at once', (_title, text) => {
    const started = performance.now();
    expect(sourceCommit(parseMetadata(text))).toHaveProperty('missing');
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('the upload form', () => {
  const file = { kind: 'wheel', pythonTag: 'py3', sha256: 'aa', blake2b256: 'bb' } as const;

  test('repeats lists, renames fields, leaves out what it does not know', () => {
    expect(uploadFields(parseMetadata(METADATA), file)).toEqual([
      ['metadata_version', '2.4'],
      ['name', 'ameide-sdk'],
      ['version', '0.1.0'],
      ['summary', 'An SDK: for é'],
      ['author', 'A\n B'],
      ['classifiers', 'One'],
      ['classifiers', 'Two'],
      ['project_urls', `Source Commit, https://github.com/a/b/commit/${SHA}`],
      ['requires_dist', 'x>=1'],
      ['license_file', 'LICENSE'],
      ['description', '# Title\n\nbody: not a header\n'],
      ['pyversion', 'py3'],
      ['filetype', 'bdist_wheel'],
      ['sha256_digest', 'aa'],
      ['blake2_256_digest', 'bb'],
      [':action', 'file_upload'],
      ['protocol_version', '1'],
    ]);
  });

  test('drops License-File before metadata 2.4, as twine does', () => {
    const names = uploadFields(
      parseMetadata('Metadata-Version: 2.1\nLicense-File: LICENSE\n'),
      file,
    ).map(([name]) => name);
    expect(names).not.toContain('license_file');
  });
});
