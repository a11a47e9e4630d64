import { needs } from '@ameide/local-registries/components';
import { InvalidInputError, parseGoModulePath } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type GoModuleOptions, goModule } from '../src/index.ts';
import { checkModuleAddress } from '../src/module-address.ts';
import { openGo } from './go-command.ts';
import { BRANCH, git, MODULE, openLab, tagRef } from './lab.ts';

const MIRROR = 'https://git.example.org/o/r.git';

describe('options', () => {
  const wrong: readonly (readonly [field: string, options: unknown])[] = [
    ...[
      '..',
      '../x',
      '/etc',
      'a//b',
      'a/./b',
      'a/../b',
      'a\\b',
      'a\nb',
      'C:/a',
      '/',
      undefined,
      7,
    ].map((directory) => ['directory', { directory }] as const),
    ['miror', { directory: 'a', miror: MIRROR }],
    ['remote', { directory: 'a', mirror: MIRROR, remote: MIRROR }],
    ['mirror', { directory: 'a', mirror: 'https://user:hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'https://hunter2secret@git.example.org/o/r.git' }],
    ['mirror', { directory: 'a', mirror: 'ext::sh -c id' }],
    ['mirror', { directory: 'a', mirror: 'https://-x/o' }],
    ['mirror', { directory: 'a', mirror: 'o/r' }],
    ['mirror', { directory: 'a', mirror: '' }],
    ['remote', { directory: 'a', remote: '--upload-pack=id' }],
    ...['', '-f', '.x', 'a b', 'a..b', 'a.lock', '@{1}', '$(id)', 'a:b', 3].map(
      (dev) => ['branches.dev', { directory: 'a', mirror: MIRROR, branches: { dev } }] as const,
    ),
    ['branches.release', { directory: 'a', mirror: MIRROR, branches: { release: 'a~1' } }],
    ['branches', { directory: 'a', mirror: MIRROR, branches: { dev: 'main' } }],
    ['branches', { directory: 'a', mirror: MIRROR, branches: 'main' }],
    ['branches.realease', { directory: 'a', mirror: MIRROR, branches: { realease: 'main' } }],
    ['mirror', { directory: 'a', mirror: undefined }],
    ['token', { directory: 'a', token: 42 }],
    ['token', { directory: 'a', token: { value: 'hunter2secret' } }],
    ['ports.htpp', { directory: 'a', ports: { htpp: {} } }],
    ['ports.sleep', { directory: 'a', ports: { sleep: 100 } }],
    ['goModule', undefined],
    ['goModule', 'packages/sdk'],
  ];
  test.each(wrong)('refuses a wrong %s, before anything is read: %j', (field, options) => {
    expect(() => goModule(options as GoModuleOptions)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field }) as Error,
    );
    try {
      goModule(options as GoModuleOptions);
    } catch (error) {
      expect(JSON.stringify([error, (error as Error).message])).not.toContain('hunter2');
    }
  });

  test('takes a directory as people write it', () => {
    expect(['', '.', './'].map((directory) => goModule({ directory }).label)).toEqual(
      Array(3).fill('goModule(.)'),
    );
    for (const directory of ['packages/sdk', 'packages/sdk/', './packages/sdk']) {
      expect(goModule({ directory }).label).toBe('goModule(packages/sdk)');
    }
  });
});

describe('a module path and the repository', () => {
  const cases: readonly (readonly [
    path: string,
    url: string,
    directory: string,
    expected: string,
  ])[] = [
    ['github.com/o/r', 'https://github.com/o/r.git', '', 'fits'],
    ['github.com/o/r', 'https://github.com/o/r', '', 'fits'],
    ['github.com/o/r/v2', 'git@github.com:o/r.git', '', 'fits'],
    ['github.com/o/r/sub', 'ssh://git@github.com/o/r.git', 'sub', 'fits'],
    ['github.com/o/r/sub/v2', 'https://github.com/o/r', 'sub', 'fits'],
    ['github.com/o/r/sub/v2', 'https://github.com/o/r', 'sub/v2', 'fits'],
    ['github.com/o/r/v2', 'https://github.com/o/r', 'v2', 'fits'],
    ['gitlab.com/g/h/i', 'https://gitlab.com/g/h/i.git', '', 'fits'],
    ['go.example.org/sdk', 'https://github.com/o/r', 'sub', 'fits'],
    ['gopkg.in/yaml.v3', 'https://github.com/go-yaml/yaml', '', 'fits'],
    ['github.com/o/r', '/srv/git/r', '', 'fits'],
    ['github.com/o/r', 'https://github.com/o/other.git', '', 'github.com/o/other'],
    ['github.com/o/R', 'https://github.com/o/r.git', '', 'github.com/o/r'],
    ['github.com/o/r/sub', 'https://github.com/o/r.git', '', 'github.com/o/r'],
    ['github.com/o/r', 'https://github.com/o/r.git', 'sub', 'github.com/o/r/sub'],
    ['github.com/o/r/v2', 'https://github.com/o/x.git', '', 'github.com/o/x/v2'],
  ];
  test.each(cases)('%s at %s (%s): %s', (path, url, directory, expected) => {
    const check = (): void => checkModuleAddress(parseGoModulePath(path), url, directory);
    if (expected === 'fits') expect(check).not.toThrow();
    else
      expect(check).toThrow(
        expect.objectContaining({
          code: 'go-path-mismatch',
          expected: expect.stringContaining(`${expected},`) as string,
        }) as Error,
      );
  });
});

needs('git')('a module', () => {
  test('that is not there, or that no release of this version may have, is refused', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const refusal = (options: Partial<GoModuleOptions>, ref = BRANCH): Promise<unknown> =>
      lab.open(sha, ref, options).catch((error: unknown) => error);
    expect(await refusal({ directory: 'packages/none' })).toMatchObject({
      code: 'go-no-module',
      field: 'directory',
    });
    expect(await refusal({}, tagRef('v2.0.0'))).toMatchObject({
      code: 'module-path-major',
      expected: expect.stringContaining(`${MODULE}/v2`) as string,
    });
    expect(await refusal({ mirror: `${lab.host.url}/o/none.git` })).not.toBeInstanceOf(
      InvalidInputError,
    );
  });

  test('whose credentials would become public is refused', async () => {
    const key = ['-----BEGIN', 'PRIVATE', 'KEY-----\n'].join(' ');
    await using lab = await openLab({
      files: {
        'packages/sdk/.env': 'A=1\n',
        'packages/sdk/.env.example': 'A=\n',
        'packages/sdk/test/ca.pem': '-----BEGIN CERTIFICATE-----\n',
        'packages/sdk/test/server.key': key,
        // The mirror carries the whole directory, also what go leaves out of the module.
        'packages/sdk/examples/go.mod': `module ${MODULE}/examples\n`,
        'packages/sdk/examples/.npmrc': 'registry=https://registry.example.org/\n',
        'packages/sdk/vendor/x/y/.netrc': 'machine x\n',
        '.env': 'not part of the module\n',
      },
    });
    const { problems } = await lab.run(lab.commit(), BRANCH);
    const found =
      'packages/sdk holds .env, examples/.npmrc, test/server.key, vendor/x/y/.netrc, which';
    expect(problems).toMatchObject([
      { code: 'go-secret-file', kind: 'input', message: expect.stringContaining(found) as string },
    ]);
    expect(lab.proxy.mutating()).toEqual([]);
  });
});

needs('git', 'go')('file names', () => {
  const names: readonly (readonly [title: string, files: readonly string[], ok: boolean])[] = [
    ['every sort of letter', ['straße/名.txt', 'a!#$%&()+,-.=@[]^_{}~ b'], true],
    ['a colon', ['a:b'], false],
    ['a quote', ["it's"], false],
    ['a question mark', ['why?'], false],
    ['a dot at the end', ['a.'], false],
    ['a device of Windows', ['docs/aux.md'], false],
    ['one that only looks like a device', ['docs/auxiliary.md', 'docs/x.con'], true],
    ['two that differ in case', ['a.md', 'A.md'], false],
    ['two folders that differ in case', ['a/x.md', 'A/y.md'], false],
    ['a bad one in a nested module', ['nested/go.mod', 'nested/a:b'], true],
    ['a bad one in a vendored package', ['vendor/x/a:b'], true],
    ['a bad one in the vendor folder itself', ['vendor/a:b'], false],
  ];
  test.each(names)('%s: we refuse what go could not download', async (_title, files, ok) => {
    const text = Object.fromEntries(
      files.map((name) => [
        `packages/sdk/${name}`,
        name.endsWith('go.mod') ? 'module x.y/z\n' : 'text\n',
      ]),
    );
    await using lab = await openLab({ files: text });
    const sha = lab.commit();
    const opened = await lab.open(sha, BRANCH).then(
      () => 'taken',
      (error: unknown) => (error instanceof InvalidInputError ? error.code : 'bug'),
    );
    expect(opened === 'taken').toBe(ok);
    if (!ok) expect(['go-file-name', 'path-collision']).toContain(opened);
    // The judge: the same directory as a repository of its own.
    const tree = git(lab.directory, ['rev-parse', `${sha}:packages/sdk`]);
    const commit = git(lab.directory, ['commit-tree', '-m', 'judge', tree]);
    git(lab.directory, ['push', '--quiet', lab.bare, `${commit}:refs/heads/main`]);
    const go = openGo(lab.scratch(), { [MODULE]: `file://${lab.bare}` });
    const downloaded = await go.run(['mod', 'download', `${MODULE}@${commit}`]).then(
      () => true,
      () => false,
    );
    expect(downloaded).toBe(ok);
  });
});
