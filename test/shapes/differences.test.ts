import { describe, expect, test } from 'vitest';
import { differences, refusalDifferences } from './differences.ts';
import type { PythonArtifact } from './shape.ts';
import { withoutNpmStamp, withoutPythonStamp } from './stamp.ts';

describe('what is wrong with ours', () => {
  const real = { 'a.whl': { 'a/one.py': '1', 'a/two.py': '2' } };

  test('is nothing where names and contents are the same', () => {
    expect(differences(real, { archives: structuredClone(real) })).toEqual([]);
  });

  test('is every file that is missing, one too many, or another', () => {
    const archives = { 'a.whl': { 'a/one.py': 'one', 'a/three.py': '3' }, 'b.whl': {} };
    expect(differences(real, { archives })).toEqual([
      'a.whl has another a/one.py',
      'a.whl has a/three.py besides',
      'a.whl lacks a/two.py',
      'b.whl is one too many',
    ]);
    expect(differences(real, { archives: {} })).toEqual(['a.whl is missing']);
  });

  test('is a refusal, and one that does not name the path where a refusal is right', () => {
    const refusals = ['go-link: sdk/b.go is a link', 'go-name: sdk/c.go has no name'];
    expect(differences(real, { refusals })).toEqual(['refused: go-link', 'refused: go-name']);
    expect(refusalDifferences('sdk/b.go', { refusals })).toEqual([
      'refused without sdk/b.go: go-name',
    ]);
    expect(refusalDifferences('sdk/b.go', { archives: real })).toEqual([
      'published, not refused for sdk/b.go',
    ]);
  });
});

describe('the stamp', () => {
  const python: PythonArtifact = { kind: 'python', directory: '.', name: 'a' };
  const metadata = (version: string, more = ''): string =>
    `Metadata-Version: 2.4\nName: a\nVersion: ${version}\n${more}\nAbout ${version}\n`;

  test('of a wheel is its version and commit, and no other line of its metadata', () => {
    const commit = 'Project-URL: Source Commit, https://github.com/a/b/commit/0\n';
    const real = withoutPythonStamp(
      { 'a-0.0.0.dist-info/METADATA': metadata('0.0.0') },
      python,
      '0.0.0',
    );
    const ours = { 'a-0.1.0.dist-info/METADATA': metadata('0.1.0', commit) };
    expect(withoutPythonStamp(ours, python, '0.1.0')).toEqual(real);
    const other = { 'a-0.1.0.dist-info/METADATA': metadata('0.1.0', 'License: MIT\n') };
    expect(withoutPythonStamp(other, python, '0.1.0')).not.toEqual(real);
  });

  test("of an sdist is its folder's name and two lines of pyproject.toml, and no version elsewhere", () => {
    const sdist = (version: string, more = '', code = '0.0.0'): Record<string, string> => ({
      [`a-${version}/pyproject.toml`]: `version = "${version}"\n[project.urls]\n${more}`,
      [`a-${version}/a.py`]: `VERSION = "${code}"\n`,
    });
    const real = withoutPythonStamp(sdist('0.0.0'), python, '0.0.0');
    const commit = '"Source Commit" = "https://github.com/a/b/commit/0"\n';
    expect(withoutPythonStamp(sdist('0.1.0', commit), python, '0.1.0')).toEqual(real);
    expect(withoutPythonStamp(sdist('0.1.0', commit, '0.1.0'), python, '0.1.0')).not.toEqual(real);
  });

  test('of a tarball is version, gitHead and repository, and ranges that hold the version', () => {
    const tarball = (manifest: object): Record<string, string> => ({
      'package/package.json': JSON.stringify({ name: 'a', ...manifest }),
    });
    const real = withoutNpmStamp(
      tarball({ version: '0.0.0', dependencies: { b: '^0.0.0' }, main: 'a.js' }),
    );
    const stamp = { version: '0.1.0', gitHead: '0', repository: 'https://github.com/a/b' };
    const ours = { ...stamp, dependencies: { b: '^0.1.0' }, main: 'a.js' };
    expect(withoutNpmStamp(tarball(ours))).toEqual(real);
    expect(withoutNpmStamp(tarball({ ...ours, main: 'b.js' }))).not.toEqual(real);
    expect(withoutNpmStamp(tarball({ ...ours, dependencies: { b: '^2.0.0' } }))).not.toEqual(real);
  });
});
