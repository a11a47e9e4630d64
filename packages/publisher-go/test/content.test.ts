import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, MODULE, openLab } from './lab.ts';

const SDK = 'packages/sdk';
const using = (path: string, name = '_'): string =>
  `package ameide\n\nimport ${name} "${MODULE}/${path}"\n`;
const embedding = (pattern: string): string =>
  `package ameide\n\nimport "embed"\n\n//go:embed ${pattern}\nvar Files embed.FS\n`;

interface Situation {
  /** Below the module's folder; text, or the target of a link. */
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Code and repository path of each problem. */
  readonly refused?: readonly (readonly [code: string, path: string])[];
  /** What go says to somebody who depends on the module. */
  readonly go?: RegExp;
}

const compiled = /^compiles$/;
const situations: Readonly<Record<string, Situation>> = {
  'nothing odd': {},
  'a source file that is a link': {
    files: {
      'use.go': 'package ameide\n\nvar Use = Shared\n',
      '../shared.go': 'package ameide\n\nconst Shared = 1\n',
    },
    links: { 'shared.go': '../shared.go' },
    refused: [['go-link', `${SDK}/shared.go`]],
    go: /undefined: Shared/,
  },
  'a package in a folder that is a link': {
    files: { 'use.go': using('types'), '../types/types.go': 'package types\n' },
    links: { types: '../types' },
    refused: [['go-package-missing', `${SDK}/use.go`]],
    go: /cannot find module providing package/,
  },
  'an import of a package that git ignores': {
    files: { 'use.go': using('gen/api'), 'gen/README.md': 'made by prepare\n' },
    refused: [['go-package-missing', `${SDK}/use.go`]],
    go: /cannot find module providing package/,
  },
  'an import of a nested module, which go finds by itself': {
    files: {
      'use.go': using('nested'),
      'nested/go.mod': `module ${MODULE}/nested\n`,
      'nested/nested.go': 'package nested\n',
    },
    go: compiled,
  },
  'an import of a package with tests alone': {
    files: { 'use.go': using('only'), 'only/only_test.go': 'package only\n' },
    refused: [['go-package-missing', `${SDK}/use.go`]],
    go: /no non-test Go files|no Go files/,
  },
  'an embedded folder that git ignores': {
    files: { 'use.go': embedding('dist/*') },
    refused: [['go-embed-missing', `${SDK}/use.go`]],
    go: /pattern dist\/\*: no matching files found/,
  },
  'embedded files, by name, folder, pattern and in quotes': {
    files: {
      'use.go': embedding('a.txt dist "b c.txt" all:hidden t*/x?.html'),
      'a.txt': 'a',
      'b c.txt': 'b',
      'dist/deep/x.js': '1',
      'hidden/.x': 'x',
      'tmpl/x1.html': 'x',
    },
    go: compiled,
  },
  'packages of its own, named, aliased and in a block': {
    files: {
      'use.go': `// Package ameide is used.\npackage ameide // import "${MODULE}"\n\nimport (\n\t"fmt"\n\n\t_ "${MODULE}/a" // why\n\tb2 \`${MODULE}/b\`\n)\n\n/* import "${MODULE}/none" */\nvar Use = fmt.Sprint(b2.B, "import \\"${MODULE}/none\\"")\n`,
      'a/a.go': 'package a\n',
      'b/b.go': 'package b\n\nconst B = 1\n',
    },
    go: compiled,
  },
  // https://github.com/grpc/grpc-go/blob/master/testdata/testdata.go
  'packages in folders that patterns pass over': {
    files: {
      'use.go': `package ameide\n\nimport (\n\t_ "${MODULE}/_internal"\n\t_ "${MODULE}/testdata"\n)\n`,
      'testdata/t.go': 'package testdata\n',
      '_internal/i.go': 'package internal\n',
    },
    go: compiled,
  },
  'a package whose files go ignores by their names': {
    files: {
      'use.go': using('none'),
      'none/_none.go': 'package none\n',
      'none/.none.go': 'package none\n',
      'none/none_test.go': 'package none\n',
    },
    refused: [['go-package-missing', `${SDK}/use.go`]],
    go: /no non-test Go files|no required module|build constraints|matched no packages/,
  },
  'links that no package needs': {
    files: { 'testdata/x.txt': 'x' },
    links: {
      'README.md': '../../README.md',
      'testdata/dead': '/nonexistent/absolute',
      'testdata/linked.go': 'x.txt',
      docs: 'testdata',
      'sdk_test.go': 'testdata/x.txt',
    },
    go: compiled,
  },
  'missing packages in what nobody compiles': {
    files: {
      'tools.go': `//go:build tools\n\n${using('none')}`,
      'old.go': `// +build ignore\n\n${using('none')}`,
      'sdk_test.go': using('none'),
      'testdata/x/x.go': using('none'),
      '_examples/x.go': using('none'),
      '.hidden/x.go': using('none'),
      'nested/go.mod': 'module x.y/nested\n',
      'nested/x.go': using('none'),
    },
    go: compiled,
  },
  'names that differ in case in a nested module': {
    files: { 'nested/go.mod': 'module x.y/nested\n', 'nested/a.txt': '', 'nested/A.txt': '' },
    go: compiled,
  },
  'go.mod in capitals': {
    files: { 'GO.MOD': 'x' },
    refused: [['go-file-name', `${SDK}/GO.MOD`]],
    go: /go.mod/i,
  },
  'several at once': {
    files: { 'a:b': '', 'use.go': using('none'), 'x/A.txt': '', 'x/a.txt': '' },
    refused: [
      ['go-file-name', `${SDK}/a:b`],
      ['go-file-collision', `${SDK}/x/a.txt`],
      ['go-package-missing', `${SDK}/use.go`],
    ],
    go: /invalid char|collision/,
  },
};

needs('git', 'go')('a module with', () => {
  test.each(Object.entries(situations))(
    '%s: validate refuses what go and its consumers refuse, and nothing else',
    async (_title, { files = {}, links = {}, refused = [], go: says = /./ }) => {
      await using lab = await openLab({ files: below(files) });
      for (const [path, target] of Object.entries(links)) link(lab, path, target);
      const sha = lab.commit();
      const problems = await lab.validate(sha);
      expect(problems.map(({ code, path }) => [code, path])).toEqual(refused);
      for (const { kind, message } of problems) {
        expect(kind).toBe('input');
        expect(message).toContain(`go:${MODULE}`);
      }
      const answer = await lab.compileAsIs(sha);
      expect(answer).toMatch(says);
      expect(answer === 'compiles').toBe(refused.length === 0);
    },
  );

  test('what the maintainer allows by exact path: validate reports nothing', async () => {
    await using lab = await openLab({ files: below({ 'use.go': using('none') }) });
    link(lab, 'link.go', 'sdk.go');
    const sha = lab.commit();
    const allow = [`${SDK}/use.go`, `${SDK}/link.go`];
    expect(await lab.validate(sha, { allow })).toEqual([]);
    expect(await lab.validate(sha, { allow: [SDK, 'use.go'] })).toHaveLength(2);
  });

  test('a submodule in its folder: no problem in place, as go builds without it; a mirror needs its content, or allow', async () => {
    await using lab = await openLab();
    const first = lab.commit();
    for (const path of ['third_party/protos', `${SDK}/protos`])
      git(lab.directory, ['update-index', '--add', '--cacheinfo', `160000,${first},${path}`]);
    git(lab.directory, ['commit', '--quiet', '--message=submodules']);
    const sha = git(lab.directory, ['rev-parse', 'HEAD']);
    const inPlace = await lab.validate(sha, { inPlace: true });
    expect(inPlace.map(({ code }) => code)).toEqual([]);
    expect(await lab.compileAsIs(sha)).toBe('compiles');
    const missing = [{ code: 'submodule-missing', kind: 'input', path: `${SDK}/protos` }];
    expect(await lab.validate(sha)).toMatchObject(missing);
    expect(await lab.validate(sha, { allow: [`${SDK}/protos`] })).toEqual([]);
    git(lab.bare, ['branch', '--delete', '--force', 'main']);
    const { problems } = await lab.run(sha, BRANCH, { allow: [`${SDK}/protos`] });
    expect(problems).toEqual([]);
    expect(git(lab.bare, ['ls-tree', 'dev', 'protos'])).toMatch(/^160000 commit/);
  });

  test('a LICENSE of more than 16 MiB: validate refuses what go refuses', async () => {
    await using lab = await openLab({ files: below({ LICENSE: 'x'.repeat(16 * 2 ** 20 + 1) }) });
    const sha = lab.commit();
    expect(await lab.validate(sha)).toMatchObject([
      { code: 'go-too-large', path: `${SDK}/LICENSE` },
    ]);
    expect(await lab.compileAsIs(sha)).toMatch(/LICENSE file too large/);
  });

  test('more than 500 MiB of files: validate refuses what go refuses', async () => {
    await using lab = await openLab({ files: below({ '0.txt': 'x'.repeat(51 * 2 ** 20) }) });
    lab.commit();
    const blob = git(lab.directory, ['rev-parse', `HEAD:${SDK}/0.txt`]);
    const add = (from: number, to: number, folder = ''): string => {
      for (let n = from; n < to; n += 1)
        git(lab.directory, [
          'update-index',
          '--add',
          '--cacheinfo',
          `100644,${blob},${SDK}/${folder}${n}.txt`,
        ]);
      git(lab.directory, ['commit', '--quiet', '--message=large']);
      return git(lab.directory, ['rev-parse', 'HEAD']);
    };
    expect(await lab.validate(add(1, 9))).toEqual([]);
    const sha = add(9, 10);
    expect(await lab.validate(sha)).toMatchObject([{ code: 'go-too-large', path: SDK }]);
    expect(await lab.compileAsIs(sha)).toMatch(/too large/);
    // The way on that the hint names: a nested module.
    for (let n = 5; n < 10; n += 1)
      git(lab.directory, ['rm', '--cached', '--quiet', `${SDK}/${n}.txt`]);
    const file = join(lab.scratch(), 'go.mod');
    writeFileSync(file, 'module x.y/data\n');
    const goMod = git(lab.directory, ['hash-object', '-w', file]);
    git(lab.directory, [
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${goMod},${SDK}/data/go.mod`,
    ]);
    expect(await lab.validate(add(5, 10, 'data/'))).toEqual([]);
  });
});

needs('git', 'go')('in place, a module in a sub-directory with a file "license"', () => {
  const home = 'github.com/ameideio/ameide';
  const files = { [`${SDK}/go.mod`]: `module ${home}/${SDK}\n`, [`${SDK}/license`]: 'mine\n' };

  test.each([
    {
      title: 'and a LICENSE in the root, which go adds to it, is refused as go refuses it',
      root: { LICENSE: 'ours\n' },
      code: 'go-file-collision',
    },
    { title: 'alone is published', root: {}, code: undefined },
  ])('$title', async ({ root, code }) => {
    await using lab = await openLab({ files: { ...files, ...root }, mirror: 'ameideio/ameide' });
    const sha = lab.commit();
    const problems = await lab.validate(sha, { inPlace: true });
    expect(problems.map((problem) => problem.code)).toEqual(code === undefined ? [] : [code]);
    git(lab.directory, ['push', '--quiet', lab.bare, 'main']);
    const go = openGo(lab.scratch(), { [home]: `${lab.host.url}/ameideio/ameide` });
    const answer = await go.compile(`${home}/${SDK}`, sha);
    expect(answer === 'compiles').toBe(code === undefined);
    if (code !== undefined) expect(answer).toMatch(/case-insensitive file name collision/);
  });
});

needs('git')('a mirror, whose whole folder becomes public', () => {
  test('with files that hold credentials: validate names each, also where go would leave it out', async () => {
    const key = ['-----BEGIN', 'PRIVATE', 'KEY-----\n'].join(' ');
    await using lab = await openLab({
      files: {
        '.env': 'not part of the module\n',
        ...below({
          '.env': 'A=1\n',
          '.env.example': 'A=\n',
          'test/ca.pem': '-----BEGIN CERTIFICATE-----\n',
          'test/server.key': key,
          'examples/go.mod': `module ${MODULE}/examples\n`,
          'examples/.npmrc': 'registry=https://registry.example.org/\n',
          'vendor/x/y/.netrc': 'machine x\n',
        }),
      },
    });
    const sha = lab.commit();
    const found = [
      `${SDK}/.env`,
      `${SDK}/examples/.npmrc`,
      `${SDK}/test/server.key`,
      `${SDK}/vendor/x/y/.netrc`,
    ];
    const { problems } = await lab.run(sha, BRANCH);
    expect(problems.map(({ code, kind, path }) => [code, kind, path])).toEqual(
      found.map((path) => ['secret-file', 'input', path]),
    );
    expect(lab.proxy.mutating()).toEqual([]);
    expect(await lab.validate(sha, { allow: found })).toEqual([]);
  });
});

describe('other files of the repository', () => {
  needs('git')('do not matter:', () => {
    test('a module is published beside submodules, dead links, odd names and secrets', async () => {
      await using lab = await openLab({
        files: { 'web/.env': 'A=1\n', 'web/a:b': '', 'web/A.md': '', 'web/a.md': '' },
      });
      symlinkSync('/nonexistent', join(lab.directory, 'dead'));
      const first = lab.commit();
      git(lab.directory, ['update-index', '--add', '--cacheinfo', `160000,${first},third_party/x`]);
      git(lab.directory, ['commit', '--quiet', '--message=more']);
      const sha = git(lab.directory, ['rev-parse', 'HEAD']);
      expect(await lab.validate(sha)).toEqual([]);
    });
  });
});

function link(lab: Lab, path: string, target: string): void {
  const file = join(lab.directory, SDK, path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
}

function below(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path.startsWith('../') ? join(SDK, path) : `${SDK}/${path}`,
      text,
    ]),
  );
}
