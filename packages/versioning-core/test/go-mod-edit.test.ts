import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import {
  editGoMod,
  editGoSum,
  type GoLocalReplacement,
  parseGoMod,
  parseGoWork,
  readGoSums,
} from '../src/versions/go/index.ts';

const replacing = (text: string, ...paths: readonly string[]): readonly GoLocalReplacement[] =>
  parseGoMod(text).localReplacements.filter(({ path }) => paths.includes(path));

const CASES: Readonly<Record<string, string>> = {
  'single lines': `module a.b/sdk

go 1.21

require a.b/core v0.0.0

replace a.b/core => ../core
`,
  'blocks with comments': `// The module.
module a.b/sdk

go 1.21

require (
	// What everything needs.
	a.b/core v0.0.0-00010101000000-000000000000 // pinned
	other.org/x v1.2.3
)

require a.b/mid v0.0.0 // indirect

// The folders beside this one.
replace (
	// Next door.
	a.b/core => ../core
	a.b/mid v0.0.0 => ../mid
)

exclude other.org/x v1.0.0
`,
  'a replace of others stays': `module a.b/sdk

require a.b/core v0.1.0

replace (
	a.b/core => ../core
	other.org/x => ../x
	other.org/y => other.org/z v1.0.0
)

retract v0.0.9
`,
  'a fork is no folder': `module a.b/sdk

require a.b/core v0.1.0

replace a.b/core => github.com/fork/core v0.1.1
`,
};

needs('go')('go mod edit', () => {
  test.each(Object.entries(CASES))('edits alike: %s', (_title, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'go-mod-edit-'));
    try {
      const file = join(folder, 'go.mod');
      const edit = (content: string, ...args: readonly string[]): string => {
        writeFileSync(file, content);
        const env = { PATH: process.env['PATH'], HOME: folder, GOTOOLCHAIN: 'local' };
        return execFileSync('go', ['mod', 'edit', ...args, file], { encoding: 'utf8', env });
      };
      const requires = ['core', 'mid'].filter((name) => text.includes(`a.b/${name} v`));
      const versions = new Map(requires.map((name) => [`a.b/${name}`, 'v0.3.0'] as const));
      edit(
        text,
        ...requires.map((name) => `-require=a.b/${name}@v0.3.0`),
        ...(text.includes('fork') ? [] : ['-dropreplace=a.b/core']),
        '-dropreplace=a.b/mid@v0.0.0',
        '-dropreplace=a.b/mid',
      );
      const theirs = readFileSync(file, 'utf8');
      const ours = editGoMod(text, {
        versions,
        unreplaced: replacing(text, 'a.b/core', 'a.b/mid'),
      });
      const parsed = (content: string): unknown => JSON.parse(edit(content, '-json'));
      expect(parsed(ours)).toEqual(parsed(theirs));
      expect(edit(ours, '-fmt', '-print')).toBe(ours);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('editGoMod', () => {
  test('keeps every other byte', () => {
    const text =
      'module  a.b/sdk\r\n\r\nrequire(\r\n  a.b/core   v0.0.0   //  x\r\n)\r\n\r\n\r\ngo 1.21';
    const versions = new Map([['a.b/core', 'v1.0.0']]);
    expect(editGoMod(text, { versions, unreplaced: [] })).toBe(text.replace('v0.0.0', 'v1.0.0'));
    expect(editGoMod(text, { versions: new Map(), unreplaced: [] })).toBe(text);
  });

  test('reads quotes, and a module that is required twice', () => {
    const text =
      'module a.b/sdk\n\nrequire (\n\t"a.b/core" "v0.0.0"\n\ta.b/core v0.0.1\n)\n\nreplace a.b/core => "../core"\n';
    const edit = {
      versions: new Map([['a.b/core', 'v1.0.0']]),
      unreplaced: replacing(text, 'a.b/core'),
    };
    expect(editGoMod(text, edit)).toBe(
      'module a.b/sdk\n\nrequire (\n\t"a.b/core" v1.0.0\n\ta.b/core v1.0.0\n)\n',
    );
  });

  test.each(['\n', '\r\n'])('leaves no stray line end at the end of a file with %j', (end) => {
    const text = 'module a.b/sdk\n\nreplace (\n\ta.b/core => ../core\n)\n'.replaceAll('\n', end);
    const unreplaced = replacing(text, 'a.b/core');
    expect(editGoMod(text, { versions: new Map(), unreplaced })).toBe(`module a.b/sdk${end}`);
  });

  test('removes an exclude of the version that a requirement gets', () => {
    const versions = new Map([['a.b/core', 'v1.0.0']]);
    const excludes = (...lines: readonly string[]): string =>
      ['module a.b/sdk', 'require a.b/core v0.0.0', ...lines, 'exclude a.b/x v1.0.0', ''].join(
        '\n\n',
      );
    const text = excludes(
      'exclude (\n\ta.b/core v0.9.0\n\ta.b/core v1.0.0\n)',
      'exclude a.b/core v1.0.0',
    );
    expect(editGoMod(text, { versions, unreplaced: [] })).toBe(
      excludes('exclude (\n\ta.b/core v0.9.0\n)').replace('v0.0.0', 'v1.0.0'),
    );
    // A contradiction of its own is not touched.
    const own = text.replace('v0.0.0', 'v1.0.0');
    expect(editGoMod(own, { versions, unreplaced: [] })).toBe(own);
  });

  test('takes a path for a whole one', () => {
    const text = 'module a.b/core/sdk\n\nrequire a.b/core/x v0.0.0\n\nrequire a.b/core v0.0.0\n';
    const versions = new Map([['a.b/core', 'v1.0.0']]);
    expect(editGoMod(text, { versions, unreplaced: [] })).toBe(
      text.replace('a.b/core v0.0.0', 'a.b/core v1.0.0'),
    );
  });
});

describe('editGoSum', () => {
  const sums = (version: string) => ({
    version,
    zip: `h1:zip${version}=`,
    goMod: `h1:mod${version}=`,
  });

  test('puts the lines where go does, and drops what nobody downloads any more', () => {
    const text = [
      'a.b/a v1.0.0 h1:a=',
      'a.b/a v1.0.0/go.mod h1:a=',
      'a.b/core v0.0.5/go.mod h1:old=',
      'a.b/core v0.1.0 h1:stale=',
      'a.b/core v0.1.0/go.mod h1:stale=',
      'a.b/core-x v0.1.0 h1:x=',
      'a.b/z v1.0.0 h1:z=',
      '',
    ].join('\n');
    const edited = editGoSum(
      text,
      new Map([['a.b/core', sums('v0.2.0')]]),
      new Map([['a.b/core', 'v0.1.0']]),
    );
    expect(edited.split('\n')).toEqual([
      'a.b/a v1.0.0 h1:a=',
      'a.b/a v1.0.0/go.mod h1:a=',
      'a.b/core v0.0.5/go.mod h1:old=',
      'a.b/core v0.2.0 h1:zipv0.2.0=',
      'a.b/core v0.2.0/go.mod h1:modv0.2.0=',
      'a.b/core-x v0.1.0 h1:x=',
      'a.b/z v1.0.0 h1:z=',
      '',
    ]);
    expect(readGoSums(edited, 'a.b/core')).toEqual([sums('v0.2.0')]);
    expect(readGoSums(edited, 'a.b/core-x')).toEqual([]);
  });

  test('begins a file', () => {
    expect(editGoSum('', new Map([['a.b/core', sums('v1.0.0')]]), new Map())).toBe(
      'a.b/core v1.0.0 h1:zipv1.0.0=\na.b/core v1.0.0/go.mod h1:modv1.0.0=\n',
    );
  });
});

test('a go.work is read in each form', () => {
  const text =
    'go 1.21\n\nuse ./a // one\n\nuse (\n\t./b\n\t"c"\n)\n\nreplace (\n\ta.b/x => ./x\n\ta.b/y => a.b/z v1.0.0\n)\n';
  expect(parseGoWork(text)).toEqual({
    uses: ['./a', './b', 'c'],
    localReplacements: [{ line: 11, path: 'a.b/x', folder: './x' }],
    moduleReplacements: [{ line: 12, path: 'a.b/y', by: { path: 'a.b/z', version: 'v1.0.0' } }],
  });
});
