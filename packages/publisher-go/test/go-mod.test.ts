import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { InvalidInputError } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseGoMod } from '../src/go-mod.ts';
import { openGo } from './go-command.ts';

const accepted: Readonly<Record<string, readonly [text: string, path: string]>> = {
  'the usual': ['module a.b/c\n\ngo 1.22\n\nrequire x.y/z v1.0.0\n', 'a.b/c'],
  CRLF: ['module a.b/c\r\n\r\ngo 1.22\r\n', 'a.b/c'],
  'no newline at the end': ['module a.b/c', 'a.b/c'],
  'double quotes': ['module "a.b/c"\n', 'a.b/c'],
  'a block': ['module (\n\ta.b/c // why\n)\n', 'a.b/c'],
  'a block without a space': ['module(\na.b/c\n)\n', 'a.b/c'],
  'a comment behind': ['module a.b/c // module x.y/z\n', 'a.b/c'],
  'a comment at once': ['module a.b/c//x y\n', 'a.b/c'],
  'a deprecation before': ['// Deprecated: use a.b/d\nmodule a.b/c\n', 'a.b/c'],
  'a major version': ['module a.b/c/v2\n', 'a.b/c/v2'],
  'gopkg.in': ['module gopkg.in/yaml.v3\n', 'gopkg.in/yaml.v3'],
  'a replacement elsewhere': ['module a.b/c\nreplace x.y/z v1.0.0 => x.y/fork v1.0.1\n', 'a.b/c'],
  'a retraction': ['module a.b/c\nretract v1.0.0 // "../x"\n', 'a.b/c'],
  'an empty block': ['module a.b/c\nrequire ()\n', 'a.b/c'],
  'a local replacement in a comment': ['module a.b/c\n// replace x.y/z => ../z\n', 'a.b/c'],
};

/** Whether `go` itself takes the file: some it does, and we do not. */
const refused: Readonly<
  Record<string, readonly [text: string, code: string, go: 'too' | 'takes it']>
> = {
  'a byte order mark': ['\uFEFFmodule a.b/c\n', 'go-invalid-module', 'too'],
  'no module line': ['go 1.22\n', 'go-invalid-module', 'takes it'],
  nothing: ['', 'go-invalid-module', 'takes it'],
  'two module lines': ['module a.b/c\nmodule a.b/d\n', 'go-invalid-module', 'too'],
  'two in a block': ['module (\n\ta.b/c\n\ta.b/d\n)\n', 'go-invalid-module', 'too'],
  'no path': ['module\n', 'go-invalid-module', 'too'],
  'two paths': ['module a.b/c a.b/d\n', 'go-invalid-module', 'too'],
  'back quotes': ['module `a.b/c`\n', 'invalid-input', 'too'],
  'another sort of comment': ['/* x */ module a.b/c\n', 'go-invalid-module', 'too'],
  'a path without a dot in its host': ['module c\n', 'invalid-input', 'takes it'],
  'a major version that is none': ['module a.b/c/v1\n', 'invalid-input', 'takes it'],
  'a path that leaves': ['module a.b/../c\n', 'invalid-input', 'takes it'],
  'upper case in the host': ['module GitHub.com/c\n', 'invalid-input', 'takes it'],
  'a semicolon': ['module a.b/c;\n', 'invalid-input', 'takes it'],
  'a block without an end': [
    'module a.b/c\nrequire (\n\tx.y/z v1.0.0\n',
    'go-invalid-module',
    'too',
  ],
  'a string without an end': ['module a.b/c\ngo "1.22\n', 'go-invalid-module', 'too'],
  'words behind a block': ['module a.b/c\nrequire (\n) x\n', 'go-invalid-module', 'too'],
  'a local replacement': ['module a.b/c\nreplace x.y/z => ../z\n', 'go-local-replace', 'takes it'],
  'one of a version': [
    'module a.b/c\nreplace x.y/z v1.0.0 => ./z // here\n',
    'go-local-replace',
    'takes it',
  ],
  'one in a block': [
    'module a.b/c\nreplace (\n\tx.y/w => x.y/v v1.0.0\n\tx.y/z => ../z\n)\n',
    'go-local-replace',
    'takes it',
  ],
  'one in quotes': ['module a.b/c\nreplace x.y/z => "../z"\n', 'go-local-replace', 'takes it'],
  'one that is rooted': ['module a.b/c\nreplace x.y/z => /z\n', 'go-local-replace', 'takes it'],
  'one of a drive': ['module a.b/c\nreplace x.y/z => C:\\z\n', 'go-local-replace', 'too'],
};

describe('go.mod with', () => {
  test.each(Object.entries(accepted))('%s is read', (_, [text, path]) => {
    expect(parseGoMod(text, 'go.mod').module.path).toBe(path);
  });

  test.each(Object.entries(refused))('%s is refused', (_, [text, code]) => {
    const error = catching(() => parseGoMod(text, 'sdk/go.mod'));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toMatchObject({ code, field: expect.stringMatching(/^sdk\/go\.mod/) as string });
  });
});

needs('go')('the go command', () => {
  test('reads every go.mod as we do', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'go-mod-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const go = openGo(directory, {});
    const read = async (text: string): Promise<string> => {
      writeFileSync(join(directory, 'go.mod'), text);
      const answer = await go
        .run(['mod', 'edit', '-json'])
        .catch(() => '{"Module":{"Path":"refused"}}');
      return (JSON.parse(answer) as { Module: { Path: string } }).Module.Path;
    };
    for (const [title, [text, path]] of Object.entries(accepted))
      expect([title, await read(text)]).toEqual([title, path]);
    for (const [title, [text, , verdict]] of Object.entries(refused)) {
      expect([title, (await read(text)) === 'refused']).toEqual([title, verdict === 'too']);
    }
  });
});

function catching(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
