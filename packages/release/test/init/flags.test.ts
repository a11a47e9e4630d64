import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createRepository, data, type Files, init, ONE, read } from './repository.ts';

needs('git')('init', () => {
  test('without a terminal it says what --yes would do, and writes nothing', async () => {
    await using repository = createRepository(ONE);
    const { code, report } = await init(repository);
    expect(code).toBe(2);
    expect(report.problems).toMatchObject([{ code: 'init-needs-answers', field: '--yes' }]);
    expect(report.problems[0].hint).toContain(
      'npm:@acme/one, with versions derived from package.json',
    );
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('--dry-run shows every file and writes nothing', async () => {
    await using repository = createRepository(ONE);
    const { code, report } = await init(repository, '--dry-run');
    expect(code).toBe(0);
    expect(report).toMatchObject({ isWritten: false, status: 'converged' });
    expect(report.files.map(({ action }: { readonly action: string }) => action)).toEqual(
      Array.from({ length: 4 }, () => 'created'),
    );
    expect(repository.git('status', '--porcelain')).toBe('');
    const { stdout } = await runCli(['-C', repository.directory, 'init', '--offline', '--dry-run']);
    expect(stdout).toContain(`release.config.ts (new)\n${report.files[0].text}`);
  });

  test('never replaces a file unasked; --force shows it as a diff first', async () => {
    await using repository = createRepository({
      ...ONE,
      'release.config.ts': '// mine\n',
      '.github/dependabot.yml': '# mine\n',
    });
    const refused = await init(repository, '--yes');
    expect(refused.code).toBe(2);
    expect(refused.report.problems).toMatchObject([{ code: 'init-file-exists' }]);
    expect(repository.git('status', '--porcelain')).toBe('');
    const argv = ['-C', repository.directory, 'init', '--offline', '--dry-run', '--force'];
    expect((await runCli(argv)).stdout).toContain('\n-// mine\n+import { npm }');
    const { code, report } = await init(repository, '--yes', '--force');
    expect(code).toBe(0);
    expect(report.files).toMatchObject([
      { path: 'release.config.ts', action: 'replaced' },
      { action: 'created' },
      { action: 'created' },
      { path: '.github/dependabot.yml', action: 'kept' },
    ]);
    expect(read(repository, '.github/dependabot.yml')).toBe('# mine\n');
    const again = await init(repository, '--yes');
    expect(again.code).toBe(0);
    expect(again.report.files[0]).toMatchObject({ action: 'unchanged' });
  });

  test('refuses to write a second definition', async () => {
    await using repository = createRepository({ ...ONE, 'release.config.json': '{}\n' });
    const { code, report } = await init(repository, '--yes', '--force');
    expect(code).toBe(2);
    expect(report.problems).toMatchObject([{ code: 'init-second-definition' }]);
  });

  test('flags decide: packages, version, branch, image, mirror, registries, no workflow', async () => {
    await using repository = createRepository({
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'packages/a/package.json': { name: '@acme/a', version: '1.2.0' },
      'packages/b/package.json': { name: '@acme/b', version: '1.2.0' },
      'sdk/go/go.mod': 'module acme.dev/sdk\n\ngo 1.22\n',
      'services/api/Dockerfile': 'FROM scratch\n',
    });
    const flags =
      '--yes --data --no-workflow --branch trunk --start 0.4.0 --publish @acme/b go:acme.dev/sdk --npm-registry https://npm.example.com --image ghcr.io/acme/api=services/api --mirror acme.dev/sdk=https://github.com/acme/sdk-go.git';
    const { code, report } = await init(repository, ...flags.split(' '));
    expect(code, JSON.stringify(report.problems)).toBe(0);
    expect(data(repository)).toEqual({
      versionFile: 'VERSION',
      repository: 'https://github.com/acme/one',
      branches: ['trunk'],
      publishers: [
        {
          npm: { directory: 'packages/b', registry: 'https://npm.example.com', access: 'public' },
        },
        { goModule: { directory: 'sdk/go', mirror: 'https://github.com/acme/sdk-go.git' } },
        { ghcr: { image: 'ghcr.io/acme/api', dockerfile: { directory: 'services/api' } } },
      ],
    });
    expect(read(repository, 'VERSION')).toBe('0.4.0\n');
    expect(existsSync(join(repository.directory, '.github'))).toBe(false);
    // The new version file is in no commit yet: the names are those that the next commit will have.
    expect(report.planned.artifacts[0].coordinate).toMatch(/^npm:@acme\/b@0\.4\.0-dev\./);
  });

  test.each<readonly [string, Files, readonly string[], object]>([
    ['an unknown package', ONE, ['--publish', '@acme/two'], { field: '--publish' }],
    ['an image without a Dockerfile', ONE, ['--image', 'ghcr.io/a/b=x'], { field: '--image' }],
    [
      'a mirror of no module',
      ONE,
      ['--mirror', 'x=https://github.com/a/b.git'],
      { field: '--mirror' },
    ],
    [
      'half an index',
      ONE,
      ['--pypi-upload-url', 'https://x.example/'],
      { field: '--pypi-simple-url' },
    ],
    ['a version that is none', ONE, ['--start', '1.2'], { field: '--start' }],
    [
      'a registry that is no address',
      ONE,
      ['--npm-registry', 'nowhere'],
      { field: 'publishers[0].npm.registry' },
    ],
    ['a branch that git refuses', ONE, ['--branch', 'a..b'], { field: 'branches[0]' }],
    ['two bases', ONE, ['--start', '1.2.0', '--version-from-tags'], { field: '--version-file' }],
    ['nothing to publish', { 'README.md': '' }, [], { code: 'nothing-to-publish' }],
    [
      'a private package',
      { 'package.json': { name: 'app', private: true } },
      ['--publish', 'app'],
      { field: '--publish' },
    ],
  ])('refuses %s, and writes nothing', async (_what, files, flags, problem) => {
    await using repository = createRepository(files);
    const { code, report } = await init(repository, '--yes', ...flags);
    expect(code).toBe(2);
    expect(report.problems).toMatchObject([problem]);
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  test('--install runs the command; if it fails, the files are there, and the command is still to be run', async () => {
    await using repository = createRepository({
      ...ONE,
      '.npmrc': 'registry=http://127.0.0.1:9\nfetch-retries=0\n',
    });
    const { code, report } = await init(repository, '--yes', '--install', '--no-workflow');
    expect(code).toBe(3);
    expect(report).toMatchObject({
      isWritten: true,
      problems: [{ code: 'init-not-installed', rerun: 'safe' }],
    });
    expect(report.next[0]).toBe(
      // The packages of this clone have a placeholder for a version.
      'npm install --save-dev --save-exact @ameide/publisher-npm @ameide/release',
    );
    expect(report.planned.artifacts).toHaveLength(1);
  });

  test('refuses to plan beside other uncommitted changes, but its own are no obstacle', async () => {
    await using repository = createRepository(ONE);
    const argv = ['-C', repository.directory, 'init', '--yes', '--json', '--npm-registry'];
    const run = async (...more: string[]) =>
      JSON.parse((await runCli([...argv, 'http://127.0.0.1:9', ...more])).stdout);
    const codes = ({ plan }: { plan: { problems: { code: string }[] } }): readonly string[] =>
      plan.problems.map((one) => one.code);
    expect(codes(await run())).not.toContain('dirty-tree');
    repository.write('package.json', { name: '@acme/one', version: '1.3.0', type: 'module' });
    expect(codes(await run('--force'))).toContain('dirty-tree');
  });

  test('works where there is no commit and no remote yet, and where a manifest cannot be read', async () => {
    await using repository = createTestRepository();
    for (const [path, content] of Object.entries(ONE)) repository.write(path, content);
    repository.write('broken/package.json', '{');
    const latin1 = [Buffer.from('{"name":"'), Buffer.from([0xe9]), Buffer.from('"}')];
    repository.write('latin1/package.json', Buffer.concat(latin1));
    const { code, report } = await init(repository, '--yes');
    expect(code, JSON.stringify(report.problems)).toBe(0);
    expect(report.notes.join('\n')).toContain('Left out: latin1/package.json cannot be read');
    expect(report.notes.join('\n')).toContain('There is no commit yet.');
    expect(report.notes.join('\n')).toContain('Left out: broken/package.json cannot be read');
    expect(read(repository, 'release.config.ts')).not.toContain('identity');
  });

  test('writes nothing through a link, and shows what it did not write', async () => {
    await using repository = createRepository(ONE);
    await using outside = createTestRepository();
    symlinkSync(outside.directory, join(repository.directory, '.github'));
    const { code, report } = await init(repository, '--yes');
    expect([code, report.isWritten, report.next]).toEqual([3, false, []]);
    expect(report.problems[0]).toMatchObject({ code: 'file-not-written' });
    expect(report.problems[0].message).toMatch(/\/\.github is a link, .*No file was written\.$/);
    expect(report.files.map(({ action }: { readonly action: string }) => action)).toEqual(
      Array.from({ length: 4 }, () => 'not written'),
    );
    expect(outside.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(repository.directory, 'release.config.ts'))).toBe(false);
    const argv = ['-C', repository.directory, 'init', '--offline', '--yes'];
    const text = stripVTControlCharacters((await runCli(argv)).stdout);
    expect(text).toMatch(/^DONE +FILE\nnot written +release\.config\.ts\n/);
    expect(text).not.toContain('Next:');
  });

  test.each([
    ['written', undefined, 'init-ignored'],
    ['in the way', '// mine\n', 'file-not-written'],
  ])('a definition that git ignores is a problem: it is %s', async (_what, mine, first) => {
    await using repository = createRepository({ ...ONE, '.gitignore': 'release.config.*\n' });
    if (mine !== undefined) repository.write('release.config.ts', mine);
    const { code, report } = await init(repository, '--yes', '--no-workflow');
    expect(code).toBe(3);
    const codes = report.problems.map((one: { readonly code: string }) => one.code);
    expect([codes[0], codes.at(-1)]).toEqual([first, 'init-ignored']);
    expect(report.isWritten).toBe(mine === undefined);
    if (mine !== undefined) expect(read(repository, 'release.config.ts')).toBe(mine);
  });

  test('takes the release tags where they are above every file', async () => {
    await using repository = createRepository({
      'go.mod': 'module github.com/acme/one\n\ngo 1.22\n',
      'x.go': 'package one\n',
      'sdk/pyproject.toml':
        '[project]\nname = "one"\nversion = "0.1.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    });
    repository.git('tag', 'v1.4.0');
    repository.commit({ message: 'more' });
    await init(repository, '--yes');
    expect(data(repository)).toMatchObject({ versionFrom: 'tags' });
  });
});
