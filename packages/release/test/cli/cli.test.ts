import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { parseSha, shortSha } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

const COMMANDS = ['version', 'plan', 'build', 'publish', 'promote', 'trace'];

describe('help', () => {
  test.each(COMMANDS)('%s --help has an example, and is a success', async (command) => {
    const { code, stdout, stderr } = await runCli([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n  ameide-release ${command}`));
    expect(stderr).toBe('');
  });

  test('lists the commands and the exit codes', async () => {
    const { code, stdout } = await runCli(['--help']);
    expect(code).toBe(0);
    for (const word of [...COMMANDS, '4 conflict', '6 authentication', '70 a fault'])
      expect(stdout).toContain(word);
  });

  test('--version is the package’s own', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('without a command it is shown as the mistake it is', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: ameide-release');
  });
});

describe('--json', () => {
  test.each([
    [
      'an unknown option',
      ['version', '--json', '--bogus'],
      'usage',
      "error: unknown option '--bogus'",
    ],
    ['an unknown command', ['--json', 'pblish'], 'usage', ''],
    ['a missing argument', ['trace', '--json'], 'usage', ''],
    ['a value that is none', ['version', '--json', '--stamp', 'week'], 'usage', ''],
    [
      'a tag prefix that runs into the version',
      ['version', '--json', '--base', '0.1.0', '--tag-prefix', '1.'],
      'invalid-input',
      '--tag-prefix',
    ],
    [
      'a base that is none',
      ['version', '--json', '--base', 'v1'],
      'invalid-input',
      'base: expected',
    ],
    [
      'no repository',
      ['-C', '/', 'version', '--json', '--base', '0.1.0'],
      'not-a-repository',
      '-C: expected',
    ],
    [
      'no folder',
      ['-C', '/no/such/folder', 'version', '--json', '--base', '0.1.0'],
      'invalid-input',
      '-C: expected an existing folder',
    ],
    [
      'no folder to plan in',
      ['-C', '/no/such/folder', 'plan', '--json'],
      'invalid-input',
      '-C: expected an existing folder',
    ],
    [
      'no folder to trace in',
      ['-C', '/no/such/folder', 'trace', '--json', 'HEAD'],
      'invalid-input',
      '-C: expected an existing folder',
    ],
    ['no definition', ['plan', '--json'], 'no-config', 'config: expected'],
    [
      'two bases',
      ['version', '--json', '--base', '0.1.0', '--version-file', 'a.json'],
      'invalid-input',
      'base: expected either',
    ],
  ])('%s is one object on standard output, and exit 2', async (_, argv, code, message) => {
    const git = createGitWorld();
    const result = await runCli(argv.includes('-C') ? argv : ['-C', git.directory, ...argv]);
    expect(result.code).toBe(2);
    const report = JSON.parse(result.stdout);
    expect(report).toMatchObject({
      schema: 'ameide-release/failure/1',
      status: 'invalid-input',
      exitCode: 2,
      problems: [
        { code, kind: 'input', effect: 'none', message: expect.stringContaining(message) },
      ],
    });
    expect(report.problems).toHaveLength(1);
  });

  test.each([
    ['@ameide/sdk@1.2.3', 'npm:@ameide/sdk@1.2.3'],
    ['sdk@1.2.3', 'npm:sdk@1.2.3'],
    ['ameide-sdk==1.2.3', 'pypi:ameide-sdk==1.2.3'],
    ['github.com/ameide/sdk@v1.2.3', 'go:github.com/ameide/sdk@v1.2.3'],
    ['ghcr.io/ameide/sdk:1.2.3', 'oci:ghcr.io/ameide/sdk:1.2.3'],
    ['127.0.0.1:5000/ameide/sdk:dev', 'oci:127.0.0.1:5000/ameide/sdk:dev'],
    [
      `ghcr.io/ameide/sdk@sha256:${'0'.repeat(64)}`,
      `oci:ghcr.io/ameide/sdk@sha256:${'0'.repeat(64)}`,
    ],
  ])('trace %s: the hint has the ecosystem before it', async (subject, meant) => {
    const git = createGitWorld();
    git.write('release.config.mjs', DEFINITION);
    git.commit();
    const { code, stdout } = await runCli(['-C', git.directory, 'trace', '--json', subject]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).problems).toMatchObject([
      { code: 'invalid-input', hint: `Write the ecosystem before an artifact: ${meant}` },
    ]);
  });

  test('trace of what is no artifact either has no such hint', async () => {
    const git = createGitWorld();
    git.write('release.config.mjs', DEFINITION);
    git.commit();
    const { stdout } = await runCli(['-C', git.directory, 'trace', '--json', 'nowhere']);
    expect(JSON.parse(stdout).problems[0].hint).toMatch(/^Fetch it first/);
  });

  const DEFINITION = `export default {
    versionFile: 'packages/sdk/package.json',
    publishers: [{
      label: 'x',
      open: async () => ({ id: 'npm:x', visibleOn: 'promote', members: [], plan: () => ({ publisher: 'npm:x', registry: 'memory://', sha: '', coordinates: [{ ecosystem: 'npm', name: 'x', version: '1.0.0' }], pointers: [] }) }),
    }],
  };\n`;

  test.each([
    ['publish', 'ameide-release/report/2', ['publish']],
    ['trace', 'ameide-release/failure/1', ['trace', 'main']],
  ])('%s that is stopped is one object too, and exit 3', async (_, schema, argv) => {
    const git = createGitWorld();
    git.write('release.config.mjs', DEFINITION);
    git.commit();
    const stopped = AbortSignal.abort(new Error('stopped by SIGTERM'));
    const { code, stdout } = await runCli(['-C', git.directory, ...argv, '--json'], {}, stopped);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      schema,
      status: 'incomplete',
      exitCode: 3,
      problems: [{ code: 'interrupted', effect: 'none' }],
    });
  });

  test('version prints what the documentation promises', async () => {
    const git = createGitWorld();
    const { code, stdout, stderr } = await runCli([
      '-C',
      git.directory,
      'version',
      '--json',
      '--base',
      '0.1.0',
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const sha = git.git('rev-parse', 'HEAD');
    const short = shortSha(parseSha(sha));
    expect(JSON.parse(stdout)).toEqual({
      channel: 'dev',
      ref: 'refs/heads/main',
      base: '0.1.0',
      target: '0.1.0',
      sha,
      shortSha: short,
      date: '20251113',
      datetime: '20251113153211',
      npm: {
        full: `0.1.0-dev.20251113153211+g${short}`,
        version: '0.1.0-dev.20251113153211',
        distTag: 'dev',
      },
      pypi: {
        full: `0.1.0.dev20251113153211+git.${short}`,
        version: '0.1.0.dev20251113153211',
      },
      go: { version: `v0.0.0-20251113153211-${sha.slice(0, 12)}`, tag: null },
      oci: { commitTag: sha, movingTags: ['dev'] },
    });
  });
});

describe('the Go version of a definition’s module', () => {
  const go = join(import.meta.dirname, '../../../publisher-go/src/index.ts');
  const MODULE = 'module github.com/example/sdk\n';
  const definition = (mirror: string): string =>
    `import { goModule } from ${JSON.stringify(pathToFileURL(go).href)};
export default {
  versionFile: 'packages/sdk/package.json',
  publishers: [goModule({ directory: 'go'${mirror}, token: 't' })],
};\n`;
  const MIRROR = 'https://github.com/example/sdk.git';

  async function goVersion(mirror: string, ref: string, ...argv: readonly string[]) {
    const git = createGitWorld();
    git.write('go.mod', 'module github.com/example/tools\n');
    git.write('go/go.mod', mirror === '' ? 'module github.com/example/mono/go\n' : MODULE);
    git.write('release.config.ts', definition(mirror));
    const sha = git.commit();
    git.git('tag', 'v0.1.0');
    const args = ['-C', git.directory, 'version', '--ref', ref, ...argv];
    const { stdout } = await runCli([...args, '--json']);
    const table = stripVTControlCharacters((await runCli(args)).stdout);
    return { sha, go: JSON.parse(stdout).go, row: /^Go .*$/m.exec(table)?.[0] ?? '' };
  }

  const mirrored = `, mirror: '${MIRROR}'`;

  test('of a mirror is the query that go resolves there, and on a release its tag there', async () => {
    const dev = await goVersion(mirrored, 'refs/heads/main');
    expect(dev.go).toEqual({ version: `source-${dev.sha}`, tag: null, mirror: MIRROR });
    expect(dev.row).toContain(`tag in ${MIRROR}; go resolves it to a pseudo-version`);
    const release = await goVersion(mirrored, 'refs/tags/v0.1.0');
    expect(release.go).toEqual({ version: 'v0.1.0', tag: 'v0.1.0', mirror: MIRROR });
    expect(release.row).toContain(`tag v0.1.0 in ${MIRROR}`);
  });

  test('in place has the tag of its folder', async () => {
    expect((await goVersion('', 'refs/tags/v0.1.0')).go).toEqual({
      version: 'v0.1.0',
      tag: 'go/v0.1.0',
    });
  });

  test('of another folder is asked for with --go-module', async () => {
    const { go: found } = await goVersion(mirrored, 'refs/tags/v0.1.0', '--go-module', '');
    expect(found).toEqual({ version: 'v0.1.0', tag: 'v0.1.0' });
  });
});

describe('for people', () => {
  test('version is a table with what is published, under which name', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    const result = await runCli(['-C', git.directory, 'version', '--base', '0.1.0']);
    const sha = git.git('rev-parse', 'HEAD');
    expect(stripVTControlCharacters(result.stdout)).toBe(
      [
        `release  ${sha}  2025-11-13 15:32:11 UTC  (refs/tags/v0.1.0)`,
        '',
        'ECOSYSTEM  VERSION                                   AS',
        'npm        0.1.0                                     dist-tag latest',
        'PyPI       0.1.0',
        'Go         v0.1.0                                    tag v0.1.0',
        `OCI        ${sha}  never moves`,
        '           0.1.0                                     never moves',
        '           0.1                                       moves forwards',
        '           latest                                    moves forwards',
        '',
      ].join('\n'),
    );
    const dev = stripVTControlCharacters(
      (
        await runCli([
          '-C',
          git.directory,
          'version',
          '--base',
          '0.1.0',
          '--ref',
          'refs/heads/main',
        ])
      ).stdout,
    );
    expect(dev).toMatch(/dist-tag dev; full version 0\.1\.0-dev\.20251113153211\+g/);
    expect(dev).toMatch(/with local version 0\.1\.0\.dev20251113153211\+git\./);
  });

  test('a problem says what happened, what to do, what it left, and whether to run again', async () => {
    const git = createGitWorld();
    const { code, stdout, stderr } = await runCli(['-C', git.directory, 'publish']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stripVTControlCharacters(stderr)).toBe(
      [
        'problem no-config',
        `  config: expected a release.config.ts or release.config.json at ${git.directory}, the root of the repository`,
        '  Write one with defineRelease from @ameide/release, or name it with --config FILE.',
        '  Nothing was sent. Run it again after the fix.',
        '',
      ].join('\n'),
    );
  });

  test('a repository without a commit is told as such', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ameide-empty-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    execFileSync('git', ['init', '--quiet', directory]);
    const { code, stderr } = await runCli(['-C', directory, 'version', '--base', '0.1.0']);
    expect(code).toBe(2);
    expect(stripVTControlCharacters(stderr)).toContain(
      'HEAD: expected a commit: this repository has no commit yet',
    );
  });

  test('a control character in an argument does not reach the terminal', async () => {
    const git = createGitWorld();
    const result = await runCli([
      '-C',
      git.directory,
      'version',
      '--base',
      '\u001b[31m0.1.0\u202e',
    ]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('\\u001b[31m0.1.0\\u202e');
    expect(stripVTControlCharacters(result.stderr)).not.toMatch(/[\u001b\u202e]/);
  });
});
