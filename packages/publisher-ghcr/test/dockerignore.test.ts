import { describe, expect, test } from 'vitest';
import {
  createIgnores,
  isMalformedPattern,
  parseDockerignore,
} from '../src/engine/dockerignore.ts';

/** What github.com/moby/patternmatcher v0.6.1 leaves out (`-`) and keeps (`+`). */
const VECTORS: readonly (readonly [patterns: string, paths: readonly string[]])[] = [
  ['*.log\n!keep.log', ['-a.log', '+keep.log', '+sub/a.log', '+sub/keep.log']],
  ['**/*.log', ['-a.log', '-sub/a.log', '-sub/b/c.log', '+log']],
  ['**\n!src', ['-a', '+src', '+src/a', '+src/b/c', '-lib/src/a']],
  ['*\n!src/*.js', ['-src', '+src/a.js', '-src/b/a.js', '-src/a.ts']],
  ['src/**', ['+src', '-src/a', '-src/a/b', '+other']],
  ['src/**/test', ['-src/test', '-src/a/test', '-src/a/b/test/c', '+src/testing', '+test']],
  ['node_modules', ['-node_modules', '-node_modules/a', '+lib/node_modules/a']],
  ['**/node_modules', ['-node_modules/a', '-lib/node_modules/a']],
  ['app/(group)', ['-app/(group)', '-app/(group)/page.js', '+app/group']],
  ['app/[[]id]', ['-app/[id]', '+app/i']],
  ['app/\\[id]', ['-app/[id]', '+app/i']],
  ['file-?.txt', ['-file-1.txt', '+file-12.txt', '-file-ü.txt', '-file-😀.txt', '+file-/.txt']],
  ['[a-c]x\n[^a-c]y', ['-ax', '+dx', '+ay', '-dy']],
  ['[!a]x', ['-ax', '-!x', '+bx']],
  ['**foo', ['-foo', '-xfoo', '-a/xfoo', '+foox']],
  ['foo**', ['-foo', '-foo1', '-foo/a', '+a/foo']],
  ['a+b\na.b\na{b,c}\n$a', ['-a+b', '+aab', '-a.b', '+axb', '-a{b,c}', '+ab', '-$a']],
  ['README*\n!README.md', ['-README', '+README.md', '-README.txt', '+docs/README.md']],
  ['docs\n!docs/keep\ndocs/keep/not', ['-docs/a', '+docs/keep/a', '-docs/keep/not']],
  ['Docs', ['+docs/a', '-Docs/a']],
  ['.', ['+a', '+.a']],
  ['..', ['+a']],
  ['*/*/c', ['-a/b/c', '+a/c', '-a/b/c/d', '+b/c']],
  ['**/.git', ['-.git/HEAD', '-a/.git', '+.gitignore']],
  ['ü*', ['-über', '+uber']],
];

describe('what a .dockerignore leaves out', () => {
  test.each(VECTORS)('%j: %j', (patterns, paths) => {
    const ignores = createIgnores(patterns.split('\n'));
    const shown = paths.map((path) => path.slice(1));
    expect(shown.map((path) => `${ignores(path) ? '-' : '+'}${path}`)).toEqual(paths);
  });
});

test('a file is read as BuildKit reads it: comments, spaces, slashes, a byte order mark', () => {
  const text = '\uFEFF# a comment\r\n  /a/b/ \r\n\r\n!  c/../d\r\n #e\n..//x\n!\n';
  expect(parseDockerignore(text)).toEqual([
    { line: 2, pattern: 'a/b' },
    { line: 4, pattern: '!d' },
    { line: 5, pattern: '#e' },
    { line: 6, pattern: '../x' },
    { line: 7, pattern: '!' },
  ]);
});

test.each([
  '[',
  '[]',
  '[^]',
  '[a-',
  'a\\',
  '!',
  '[]a]',
  '[a-]',
  '[-a]',
  '[a',
  '[\\]',
  'x[',
  '![',
  '[z-a]',
])('%s is a pattern that patternmatcher refuses', (pattern) => {
  expect(isMalformedPattern(pattern)).toBe(true);
  expect(() => createIgnores([pattern])).toThrow('malformed');
});
