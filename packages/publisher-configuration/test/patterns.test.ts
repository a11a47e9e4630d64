import { spawnSync } from 'node:child_process';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { pattern, readPattern } from '@ameide/versioning-core/options';
import { array, assert, constantFrom, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

const FILES = [
  'a',
  'b.md',
  '.hidden',
  'b/a',
  'b/b.md',
  'b/c/a.yaml',
  'b/c/b/a',
  'c/b/.hidden/x',
  'c/a.yaml',
  'c/a.yml',
  'c/B.md',
  'd/(a)',
  'd/a+',
  'd/a|b',
  'd/[a]',
  'd/$a^',
  'd/@(a)',
  'd/!a',
  'd/#a',
  'd/a b',
  'd/"a"',
  "d/'a'",
] as const;

const LINES = String.raw`
a
/a
a/
b
b/
/b
/b/
b/c
b/c/
/b/c
c/b
*
/*
/*/
*.md
/*.md
b/*
b/*.md
b/**
**
**/
**/a
**/b
**/b/
b/**/a
**/c/**
/**/a.yaml
c/**/x
*/a
*/*
?
a.y*ml
[ab]
[!a]
[^a]
[a-b].md
[a-c]*
.*
.hidden
.h*
.hidden/
(a)
a+
a|b
a b
"a"
'a'
@(a)
d/@(a)
\!a
\#a
\[a\]
[[]a]
$a^
*.MD
**.md
b**
b/c**
+(a)
*(a)
?(a)
(a|b)
a?
d/a*
\a
a\+
`
  .trim()
  .split('\n');

/** What random patterns are made of. */
const PARTS = 'a b . * ? / + ( ) | ! $ ^ " [ ] c d ** a.y /**/ [a-c]'.split(' ');

const named = (text: string): readonly string[] => FILES.filter((path) => readPattern(text)(path));

needs('git')('a pattern', () => {
  /** What git would ignore by a .gitignore of this line. */
  function ignored(repository: ReturnType<typeof createTestRepository>, line: string): string[] {
    repository.write('.gitignore', `${line}\n`);
    const { status, stdout } = spawnSync('git', ['check-ignore', '--no-index', '--stdin', '-z'], {
      cwd: repository.directory,
      input: FILES.join('\0'),
      encoding: 'utf8',
    });
    // 1: none of them.
    if (status !== 0 && status !== 1) throw new Error(`git check-ignore: ${status}`);
    return stdout.split('\0').slice(0, -1);
  }

  test('names what a line of a .gitignore does: git check-ignore', async () => {
    await using repository = createTestRepository();
    for (const path of FILES) repository.write(path, '');
    for (const line of LINES)
      expect({ line, names: named(line) }).toEqual({ line, names: ignored(repository, line) });
    const part = constantFrom(...PARTS);
    const line = array(part, { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join(''))
      // Of several `**` git decides in ways that its documentation does not say.
      .filter((text) => isAccepted(text) && text.split('**').length < 3);
    assert(
      property(line, (text) => {
        expect({ text, names: named(text) }).toEqual({ text, names: ignored(repository, text) });
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

function isAccepted(text: string): boolean {
  try {
    return pattern(text) === text;
  } catch {
    return false;
  }
}

describe('a pattern', () => {
  test('reads characters, not bytes, and has braces', () => {
    expect(readPattern('?.md')('é.md')).toBe(true);
    expect(named('*.{yaml,yml}')).toEqual(['b/c/a.yaml', 'c/a.yaml', 'c/a.yml']);
    expect(named('{b/c,d}/a*')).toEqual(['b/c/a.yaml', 'd/a+', 'd/a|b', 'd/a b']);
  });

  test.each([
    '',
    '/',
    '//',
    'a//b',
    '../a',
    './a',
    'a/..',
    '!a',
    '#a',
    ' a',
    'a ',
    'a\\',
    'a\nb',
    '[a',
    '{a',
    '[[:alpha:]]',
    7,
  ])('is not %j', (text) => {
    expect(() => pattern(text, 'include[0]')).toThrow(/^include\[0\]: expected a pattern of paths/);
  });
});
