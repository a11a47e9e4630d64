import { describe, expect, test } from 'vitest';
import { branchName, exactPaths, httpsAddress, pathBelowRoot } from '../../src/options/index.ts';
import { HOSTILE } from './hostile.ts';
import { refusal, shown } from './refusal.ts';

describe('a path below the root', () => {
  const file = pathBelowRoot('a file, for example packages/sdk/package.json');

  test.each([
    ['package.json', 'package.json'],
    ['./packages/sdk/', 'packages/sdk'],
  ])('%j is %j', (written, path) => expect(file(written)).toBe(path));

  test.each(['', '.', './', '/etc/passwd', '../x', 'a\\b', undefined, 7])('%j is none', (value) => {
    expect(refusal(() => file(value, 'canonical', 'c'))).toMatchObject({
      field: 'canonical',
      code: 'c',
      expected: 'a file, for example packages/sdk/package.json',
    });
  });
});

test('a path may have to be more than that', () => {
  const generated = pathBelowRoot('a file other than go.mod', (path) => path !== 'go.mod');
  expect(generated('./gen/')).toBe('gen');
  expect(refusal(() => generated('./go.mod')).received).toBe('"./go.mod"');
});

describe('the files that are allowed by exact path', () => {
  test('are given in the form in which paths are compared', () => {
    expect(exactPaths(['./a/.env', 'app/[id]/x.pem'])).toEqual(['a/.env', 'app/[id]/x.pem']);
    expect(exactPaths([])).toEqual([]);
    const unusual = ['a\\b', 'new\nline/a.pem', 'a:b', 'C:x', '\u202e'];
    expect(exactPaths(unusual)).toEqual(unusual);
  });

  test.each([
    ['allow', 'a/.env', undefined],
    ['allow[0]', ['.'], undefined],
    ['allow[1]', ['a', '../b'], undefined],
    ['allow[0]', ['test/**'], 'Patterns do not work here: name each file.'],
    ['allow[0]', ['test/?.pem'], 'Patterns do not work here: name each file.'],
  ])('%s: %j is refused', (field, value, hint) => {
    expect(refusal(() => exactPaths(value, 'allow'))).toMatchObject({ field, hint });
  });
});

describe('a branch', () => {
  test.each(['main', 'release/1.x', 'a-b', 'v1.2.3', 'refs', '日本'])('%s', (name) => {
    expect(branchName(name)).toBe(name);
  });

  test.each([
    'refs/heads/main',
    'refs/tags/v1.0.0',
    'release/*',
    'a'.repeat(2000),
    3,
    null,
    undefined,
    ...' |-f|.x|/x|x/|a b|a..b|a.lock|@{1}|gh-readonly-queue/main/pr-1-a|a:b|a~1|a\0|'.split('|'),
  ])('%j is none', (name) => {
    expect(refusal(() => branchName(name, 'branches[0]'))).toMatchObject({ field: 'branches[0]' });
  });
});

describe('an https address', () => {
  const expected = 'an https address, for example https://registry.npmjs.org';
  const registry = httpsAddress(expected);

  test.each([
    'https://registry.npmjs.org',
    'https://registry.npmjs.org/',
    'https://npm.example.com:8443/a/@scope/b/',
    'HTTPS://EXAMPLE.COM',
    'http://127.0.0.1:4873',
    'http://localhost:4873/npm',
    'http://[::1]:4873',
  ])('%s', (address) => expect(registry(address)).toBe(address));

  test.each([
    'npmjs',
    '',
    'http://registry.example.com',
    'http://127.0.0.1.example.com',
    'ftp://127.0.0.1',
    'https:registry.example.com',
    'https:\\\\registry.example.com',
    'https://',
    'https://exa mple.com',
    'https://registry.example.com/\n',
    '\thttps://registry.example.com',
    'https://[::1',
    'https://registry.example.com:99999',
    7,
    null,
    undefined,
  ])('%j is none, and is shown', (address) => {
    const error = refusal(() => registry(address, 'registry', 'npm-option'));
    expect(error).toMatchObject({ field: 'registry', code: 'npm-option', expected });
    expect(error.received).toBeDefined();
  });

  test.each([
    'https://user:hunter2@registry.example.com',
    'https://hunter2@registry.example.com',
    'https://@registry.example.com',
    'user:hunter2@registry.example.com',
    'https://registry.example.com/?token=hunter2',
    'https://registry.example.com/#hunter2',
    'https://registry.example.com?',
    'http://registry.example.com/a/@hunter2',
  ])('%s may hold a credential and is not shown', (address) => {
    const error = refusal(() => registry(address, 'registry'));
    expect(error.received).toBeUndefined();
    expect(error.hint).toBe('Pass the token as the option token, never in an address.');
    expect(shown(error)).not.toContain('hunter2');
  });

  test('may have to be more than that', () => {
    const origin = httpsAddress('an origin', ({ pathname }) => pathname === '/');
    expect(origin('https://ghcr.io')).toBe('https://ghcr.io');
    expect(refusal(() => origin('https://ghcr.io/v2')).expected).toBe('an origin');
  });

  test.each(HOSTILE)('%s is none', (_name, value) => {
    expect(refusal(() => registry(value)).field).toBe('url');
  });
});
