import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseSha, shortSha } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';

const COMMANDS = ['version', 'plan', 'publish', 'trace'];

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
      'a base that is none',
      ['version', '--json', '--base', 'v1'],
      'invalid-input',
      'base: expected',
    ],
    [
      'no repository',
      ['-C', '/', 'version', '--json', '--base', '0.1.0'],
      'not-a-repository',
      'directory: expected',
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
    const { code, stdout, stderr } = await runCli(['-C', git.directory, 'plan']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stripVTControlCharacters(stderr)).toBe(
      [
        'problem no-config',
        `  config: expected a release.config.ts at ${git.directory}, the root of the repository`,
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
