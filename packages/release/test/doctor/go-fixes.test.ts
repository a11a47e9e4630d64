import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { goImports } from '../../src/doctor/rules/go-imports.ts';
import { smallRepository } from './small-repository.ts';

const run = promisify(execFile);

const OLD = 'example.com/acme/sdk';
const BASE: Readonly<Record<string, string>> = {
  VERSION: '2.0.0\n',
  'release.config.json': JSON.stringify({
    versionFile: 'VERSION',
    repository: 'https://github.com/acme/sdk',
    publishers: [{ goModule: { directory: '.' } }],
  }),
  'go.mod': `module ${OLD}\n\ngo 1.22\n`,
  'q.go': `package sdk\n\nimport "${OLD}/util"\n\nfunc Q() int { return util.X() }\n`,
  'util/u.go': 'package util\n\nvar Version = "0"\n\nfunc X() int { return 1 }\n',
};

async function vet(directory: string): Promise<void> {
  const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=mod', GOWORK: 'off' };
  await run('go', ['vet', './...'], { cwd: directory, env });
}

const USE = 'func A() int { return util.X() }\n';
/** Every place of an import that the fix changes. */
const CHANGED: readonly (readonly [title: string, path: string, text: string])[] = [
  [
    'a bracket in a comment',
    'a.go',
    `package sdk\n\nimport (\n\t// helpers (see util)\n\t"${OLD}/util"\n)\n\n${USE}`,
  ],
  [
    'a doc comment with a line that begins like a declaration',
    'a.go',
    `/*\nPackage sdk has\ntype safe helpers.\n*/\npackage sdk\n\nimport "${OLD}/util"\n\n${USE}`,
  ],
  [
    'tests in a folder of their own',
    'test/t_test.go',
    `package test\n\nimport (\n\t"testing"\n\n\t"${OLD}/util"\n)\n\nfunc TestX(t *testing.T) { util.X() }\n`,
  ],
  [
    'an example of the same module',
    'examples/basic/main.go',
    `package main\n\nimport "${OLD}/util"\n\nfunc main() { util.X() }\n`,
  ],
  [
    'imports on one line, with comments between',
    'a.go',
    `package sdk; import /* ( " */ ( "fmt"; u "${OLD}/util" /* ) */; . \`${OLD}/util\` ); import ("os")\n\nfunc A() { fmt.Println(u.X(), X(), os.Args) }\n`,
  ],
  [
    'an address of the same name',
    'a.go',
    `package sdk\n\nimport "example.com/acme/sdk/util"\n\n// https://${OLD}/docs\n${USE}`,
  ],
];

/** What else names the path: nothing is changed then. */
const LEFT: readonly (readonly [title: string, path: string, text: string])[] = [
  [
    'an example that is a module of its own',
    'examples/basic/go.mod',
    `module example.com/basic\n\ngo 1.22\n\nrequire ${OLD} v0.0.0\n\nreplace ${OLD} => ../..\n`,
  ],
  [
    'a linker flag in a script',
    'package.json',
    `{"private":true,"scripts":{"build":"go build -ldflags '-X ${OLD}/util.Version=1' ."}}`,
  ],
  ['Bazel', 'BUILD', `go_library(\n    name = "sdk",\n    importpath = "${OLD}",\n)\n`],
  ['a template', 'gen.tmpl', `import "${OLD}/util"\n`],
  ['a script of PowerShell', 'build.ps1', `go install ${OLD}/util\n`],
  ['a program', 'gen.py', `PACKAGE = '${OLD}/util'\n`],
  ['a file that go does not build', 'testdata/in.go', `package in\n\nimport "${OLD}/util"\n`],
  [
    'a folder that go does not build',
    '_examples/main.go',
    `package main\n\nimport "${OLD}/util"\n`,
  ],
  ['a folder of that name', `testdata/src/${OLD}/a.txt`, 'text\n'],
  ['a string of the code', 'a.go', `package sdk\n\nconst Name = "${OLD}/util"\n`],
  ['a directive', 'a.go', `package sdk\n\n//go:generate go run ${OLD}/util\nconst A = 1\n`],
  ['an escaped import', 'a.go', `package sdk\n\nimport _ "example.com/acme\\x2fsdk/util"\n`],
];

needs('go')('a module path that --fix changed', () => {
  test.each(CHANGED)('leaves a module that builds: %s', async (_title, path, text) => {
    const repository = smallRepository({ ...BASE, [path]: text });
    await vet(repository.directory);
    const report = await repository.report('--fix');
    expect([report.problems, report.fixed.map(({ rule }) => rule)]).toEqual([
      [],
      ['go-module-major'],
    ]);
    expect(repository.changed()).toEqual(['go.mod', 'q.go', path].toSorted());
    await vet(repository.directory);
  });

  test.each(LEFT)('is left to a person where more names it: %s', async (title, path, text) => {
    const repository = smallRepository({ ...BASE, [path]: text });
    const { fixed, problems } = await repository.report('--fix');
    expect([problems.map(({ code }) => code), fixed]).toEqual([['go-module-major'], []]);
    expect(repository.changed()).toEqual([]);
    if (title !== 'an escaped import') expect(problems[0]?.hint).toContain(` ${path}`);
    await vet(repository.directory);
  });

  test('is changed in spite of prose, which it tells of', async () => {
    const repository = smallRepository({
      ...BASE,
      'README.md': `See https://${OLD}.\n\n    go get ${OLD}\n`,
    });
    const { fixed } = await repository.report('--fix');
    expect(fixed.map(({ hint }) => hint)).toEqual([
      `Write module ${OLD}/v2, and change every import of it. README.md:3 names it, too.`,
    ]);
    await vet(repository.directory);
  });

  test('is right where imports have the new path already', async () => {
    const repository = smallRepository({
      ...BASE,
      'q.go': (BASE['q.go'] ?? '').replace('sdk/util', 'sdk/v2/util'),
    });
    expect((await repository.report('--fix')).problems).toEqual([]);
    expect(repository.changed()).toEqual(['go.mod']);
    await vet(repository.directory);
  });

  test('is left where a package would be imported twice, or a folder has the name of the major', async () => {
    for (const files of [
      {
        'a.go': `package sdk\n\nimport (\n\t"${OLD}/util"\n\tv2 "${OLD}/v2/util"\n)\n\nvar A = util.X() + v2.X()\n`,
      },
      {
        'a.go': `package sdk\n\nimport "${OLD}/v2/other"\n\nvar A = other.X\n`,
        'v2/other/o.go': 'package other\n\nvar X = 1\n',
      },
    ]) {
      const repository = smallRepository({ ...BASE, ...files });
      await repository.report('--fix');
      expect(repository.read('go.mod')).toBe(BASE['go.mod']);
    }
  });
});

needs('go')('own imports by another path that --fix changed', () => {
  test.each(CHANGED)('leave a module that builds: %s', async (_title, path, text) => {
    const repository = smallRepository({
      ...BASE,
      'go.mod': `module ${OLD}/v2\n\ngo 1.22\n`,
      [path]: text,
    });
    expect((await repository.report()).problems.map((one) => one.path)).toContain(path);
    const { fixed, problems } = await repository.report('--fix');
    if (text.includes('`')) expect(problems.length).toBe(2);
    else {
      expect([problems, new Set(fixed.map(({ rule }) => rule))]).toEqual([
        [],
        new Set(['go-own-imports']),
      ]);
      await vet(repository.directory);
    }
  });

  test('are left where the package would be imported twice', async () => {
    const repository = smallRepository({
      ...BASE,
      'go.mod': `module ${OLD}/v2\n\ngo 1.22\n`,
      'q.go': `package sdk\n\nimport (\n\t"${OLD}/util"\n\t"${OLD}/v2/util"\n)\n\nvar A = util.X()\n`,
    });
    const { problems } = await repository.report('--fix');
    expect(problems.map(({ code }) => code)).toEqual(['go-own-imports']);
    expect(repository.changed()).toEqual([]);
  });
});

describe('the imports of any text', () => {
  test.each([
    ['', []],
    ['package a', []],
    ['package a\nimport "unfinished', ['unfinishe']],
    ['package a\n/* import "b"', []],
    ['package a\nimport ("b"\n"c"', ['b', 'c']],
    ['package a\nimport "b"\nvar x = "c"\nimport "d"', ['b']],
    ['package a\nimport \'b\'\nfunc f() { import "c" }', []],
    ['package größe\nimport größe "b"', ['b']],
  ])('%j', (text, paths) => {
    expect(goImports(text).map(({ path }) => path)).toEqual(paths);
  });

  test('are found in time that grows with its length alone', () => {
    const many = 100_000;
    for (const piece of ['\n', ' ', '(', '"', "'", '`', '/*', '*/', '//', '\\', '"\\', 'a', '."b"'])
      goImports(`package a\nimport (${piece.repeat(many)})`);
    expect(goImports(`package a\nimport (${'\n'.repeat(many)}"b")`).length).toBe(1);
  });
});
