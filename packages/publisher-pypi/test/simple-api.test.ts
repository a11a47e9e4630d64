import { describe, expect, test } from 'vitest';
import { parseProjectPage } from '../src/simple-api/project-files.ts';
import { SimpleApiError } from '../src/simple-api/simple-api-error.ts';

const PAGE = 'https://pypi.example.org/simple/a/';
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';
const DIGEST = 'ab'.repeat(32);
const json = (files: unknown, meta: unknown = { 'api-version': '1.3' }): string =>
  JSON.stringify({ meta, name: 'a', files });

describe('a project page as JSON', () => {
  test('is a list of files with digests and sidecars', () => {
    const body = json([
      {
        filename: 'a-1.0-py3-none-any.whl',
        url: '../../f/a-1.0-py3-none-any.whl#x',
        hashes: { sha256: DIGEST },
        'core-metadata': { sha256: DIGEST },
      },
      {
        filename: 'a-1.0.tar.gz',
        url: 'https://files.example.org/a-1.0.tar.gz',
        hashes: {},
        'core-metadata': false,
      },
      {
        filename: 'a-2.0.tar.gz',
        url: 'a-2.0.tar.gz',
        hashes: { sha256: 'short' },
        'core-metadata': true,
      },
    ]);
    expect(parseProjectPage(body, `${JSON_TYPE}; charset=UTF-8`, PAGE)).toEqual([
      {
        name: 'a-1.0-py3-none-any.whl',
        url: 'https://pypi.example.org/f/a-1.0-py3-none-any.whl',
        sha256: DIGEST,
        metadata: { sha256: DIGEST },
      },
      { name: 'a-1.0.tar.gz', url: 'https://files.example.org/a-1.0.tar.gz' },
      { name: 'a-2.0.tar.gz', url: 'https://pypi.example.org/simple/a/a-2.0.tar.gz', metadata: {} },
    ]);
  });

  test.each([
    ['not JSON', '{', JSON_TYPE],
    ['an api-version to come', json([], { 'api-version': '2.0' }), JSON_TYPE],
    ['no api-version', json([], {}), JSON_TYPE],
    ['no files', json(undefined), JSON_TYPE],
    ['a file without url', json([{ filename: 'a' }]), JSON_TYPE],
    ['a file: address', json([{ filename: 'a', url: 'file:///etc/passwd' }]), JSON_TYPE],
    ['a login page as JSON', '"login"', 'application/json'],
    ['another type', 'x', 'text/plain'],
    ['no type', 'x', ''],
    ['text that is no HTML', 'gateway error', 'text/html'],
    [
      'a login page',
      '<!DOCTYPE html><title>Log in</title><form action="/in"></form> <a href="/forgot">Forgot?</a>',
      'text/html',
    ],
    [
      'a page that breaks off in a comment',
      '<title>Links for a</title><!-- <a href="a-1.0.tar.gz">a</a>',
      'text/html',
    ],
    [
      'a page that breaks off in a tag',
      '<title>Links for a</title><a href="a-1.0.tar.gz"',
      'text/html',
    ],
    [
      'a page with a file in a comment',
      '<html><!-- <title>Links for a</title> <a href="a-1.0.tar.gz">a</a> --></html>',
      'text/html',
    ],
  ])('%s is never an empty list', (_title, body, type) => {
    expect(() => parseProjectPage(body, type, PAGE)).toThrow(SimpleApiError);
  });
});

describe('a project page as HTML', () => {
  test('is read as PEP 503 and 658 say', () => {
    const body = `<!DOCTYPE html><html><head><base href="/files/"></head><body>
      <!-- <a href="hidden-1.0.tar.gz">hidden</a> --> 1 < 2 <!--> <area href="no-1.0.tar.gz">
      <a href="a-1.0-py3-none-any.whl#sha256=${DIGEST}" data-requires-python="&gt;=3.9" data-core-metadata="sha256=${DIGEST}">a-1.0-py3-none-any.whl</a><br>
      <A class=x HREF='a-1.0%2Bgit.g1.tar.gz?x=1&amp;y=2#md5=00' data-dist-info-metadata>a</A>
      <a name="top">no link</a> <a href="/simple/">back</a></body></html>`;
    expect(parseProjectPage(body, 'text/html; charset=utf-8', PAGE)).toEqual([
      {
        name: 'a-1.0-py3-none-any.whl',
        url: 'https://pypi.example.org/files/a-1.0-py3-none-any.whl',
        sha256: DIGEST,
        metadata: { sha256: DIGEST },
      },
      {
        name: 'a-1.0+git.g1.tar.gz',
        url: 'https://pypi.example.org/files/a-1.0%2Bgit.g1.tar.gz?x=1&y=2',
        metadata: {},
      },
    ]);
  });

  test.each([
    [
      'PEP 629’s version',
      '<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"></head></html>',
    ],
    [
      'pypiserver’s title',
      '<!DOCTYPE html><html><head><title>Links for a</title></head><body><h1>Links for a</h1></body></html>',
    ],
    [
      'devpi’s title',
      '<!DOCTYPE html><html><head><title>root/dev: links for a</title></head><body><h1>root/dev: links for a</h1></body></html>',
    ],
  ])('%s makes a page without files an index that has none', (_title, body) => {
    expect(parseProjectPage(body, 'text/html', PAGE)).toEqual([]);
  });

  test('credentials in an address are not ours to send', () => {
    const body = '<html><a href="https://u:p@files.example.org/a-1.0.tar.gz">a</a></html>';
    expect(parseProjectPage(body, 'text/html', PAGE)).toEqual([
      { name: 'a-1.0.tar.gz', url: 'https://files.example.org/a-1.0.tar.gz' },
    ]);
  });
});

describe('a page that was made to take long, or to fill the memory,', () => {
  const MIB = 1024 * 1024;
  const full = (part: string, size = MIB): string => part.repeat(Math.ceil(size / part.length));
  const base = `<base href="http://x/${full('a')}">`;

  test.each<[string, string, string]>([
    ['comments', full('<!--'), 'text/html'],
    ['anchors', full('<a '), 'text/html'],
    ['anchors, closed', full('<a>', 4 * MIB), 'text/html'],
    ['metas', full('<meta '), 'text/html'],
    ['bases', full('<base '), 'text/html'],
    ['titles', full('<title>'), 'text/html'],
    ['attributes', `<a ${full('a ')}>`, 'text/html'],
    ['spaces', `<a a${full(' ')}>`, 'text/html'],
    ['quotes', `<a ${full('a="b=')}>`, 'text/html'],
    ['entities', `<a href="${full('&a')}">`, 'text/html'],
    ['one base for many files', `${base}${'<a href=a-1.0.tar.gz>'.repeat(50_000)}`, 'text/html'],
    ['objects', `[${full('{},', 16 * MIB)}0]`, JSON_TYPE],
    ['lists', full('[', 16 * MIB), JSON_TYPE],
    [
      'files',
      json(Array.from({ length: 100_001 }, () => ({ filename: 'a-1.0.tar.gz', url: 'a' }))),
      JSON_TYPE,
    ],
  ])('%s, is refused at once', (_title, body, type) => {
    const started = performance.now();
    expect(() => parseProjectPage(body, type, PAGE)).toThrow(SimpleApiError);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
