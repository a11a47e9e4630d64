import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import semver from 'semver';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { goVersion } from './go-list.ts';

// The strings of `ameide-release version`, judged by the tools that consumers use: the go command,
// Python's packaging, semver.

const MODULE = 'github.com/ameideio/sdk';

/** A repository with a Go module at its root. */
function moduleRepository(): GitWorld {
  const git = createGitWorld();
  git.write('go.mod', `module ${MODULE}\n\ngo 1.22\n`);
  git.write('sdk.go', 'package sdk\n');
  git.commit('the module', '2025-11-13T14:00:00+00:00');
  return git;
}

interface Strings {
  readonly sha: string;
  readonly shortSha: string;
  readonly npm: { readonly full: string; readonly version: string };
  readonly pypi: { readonly full: string; readonly version: string };
  readonly go: { readonly version: string };
}

async function versions(git: GitWorld, sha: string): Promise<Strings> {
  const result = await runCli(['-C', git.directory, 'version', sha, '--json', '--base', '0.1.0']);
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout);
}

/** What Python's own `packaging` makes of a version: its normal form. */
function normalised(version: string): string {
  const script = 'import sys, packaging.version as v; print(v.Version(sys.argv[1]))';
  return execFileSync('python3', ['-c', script, version], { encoding: 'utf8' }).trim();
}

async function expectAccepted(git: GitWorld, sha: string): Promise<Strings> {
  const strings = await versions(git, sha);
  expect(goVersion(git, sha, MODULE)).toBe(strings.go.version);
  for (const version of [strings.pypi.full, strings.pypi.version])
    expect(normalised(version)).toBe(version);
  for (const version of [strings.npm.full, strings.npm.version])
    expect(semver.parse(version)?.raw).toBe(version);
  expect(semver.parse(strings.npm.full)?.version).toBe(strings.npm.version);
  return strings;
}

/** A commit like HEAD whose short SHA holds no letter: found by counting in its message. */
function commitOfDigits(git: GitWorld): string {
  const text = git.git('cat-file', 'commit', 'HEAD');
  for (let count = 0; ; count++) {
    const body = Buffer.from(`${text}\n${count}\n`);
    const sha = createHash('sha1').update(`commit ${body.length}\0`).update(body).digest('hex');
    if (!/^\d{7}/.test(sha)) continue;
    const file = join(git.directory, '.git', 'candidate');
    writeFileSync(file, body);
    expect(git.git('hash-object', '-t', 'commit', '-w', file)).toBe(sha);
    git.git('update-ref', 'refs/heads/main', sha);
    return sha;
  }
}

needs(
  'git',
  'go',
  'packaging',
)('the strings of `version` are what go, packaging and semver say', () => {
  test('without a tag', async () => {
    const git = moduleRepository();
    const { go } = await expectAccepted(git, git.git('rev-parse', 'HEAD'));
    expect(go.version).toMatch(/^v0\.0\.0-20251113140000-[0-9a-f]{12}$/);
  });

  test('after v0.1.0, and on it', async () => {
    const git = moduleRepository();
    const tagged = git.git('rev-parse', 'HEAD');
    git.git('tag', 'v0.1.0');
    const sha = git.commit('more', '2025-11-14T09:05:00+00:00');
    const { go, npm } = await expectAccepted(git, sha);
    expect(go.version).toMatch(/^v0\.1\.1-0\.20251114090500-/);
    expect(npm.version).toBe('0.1.1-dev.20251114090500');
    expect((await expectAccepted(git, tagged)).go.version).toBe('v0.1.0');
  });

  test('after v0.1.0-rc.1', async () => {
    const git = moduleRepository();
    git.git('tag', 'v0.1.0-rc.1');
    const { go } = await expectAccepted(git, git.commit('more', '2025-11-14T09:05:00+00:00'));
    expect(go.version).toMatch(/^v0\.1\.0-rc\.1\.0\.20251114090500-/);
  });

  test('made at +05:30', async () => {
    const git = moduleRepository();
    const { go, npm } = await expectAccepted(
      git,
      git.commit('in Kolkata', '2025-11-14T01:02:11+05:30'),
    );
    expect(go.version).toMatch(/^v0\.0\.0-20251113193211-/);
    expect(npm.version).toBe('0.1.0-dev.20251113193211');
  });

  test('with a short SHA of digits alone', async () => {
    const git = moduleRepository();
    const sha = commitOfDigits(git);
    const strings = await expectAccepted(git, sha);
    expect(strings.shortSha.length).toBeGreaterThan(7);
    expect(strings.shortSha).toMatch(/[a-f]$/);
    expect(strings.pypi.full.endsWith(`+git.${strings.shortSha}`)).toBe(true);
  });

  test('two commits of one second differ where an ecosystem lets them', async () => {
    const git = moduleRepository();
    const time = '2025-11-14T09:05:00+00:00';
    const [first, second] = [git.commit('one', time), git.commit('two', time)];
    const [one, two] = [await expectAccepted(git, first), await expectAccepted(git, second)];
    expect(one.npm.full).not.toBe(two.npm.full);
    expect(one.pypi.full).not.toBe(two.pypi.full);
    expect(one.go.version).not.toBe(two.go.version);
    // What the registries keep is one string: the publishers report the conflict.
    expect(one.npm.version).toBe(two.npm.version);
  });
});
