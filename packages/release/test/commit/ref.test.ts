import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CommitQuestion, readCommit } from '../../src/commit/commit.ts';
import { releaseFacts } from '../../src/report/facts.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';
import { payloadFile } from './webhook.ts';

type Question = Partial<CommitQuestion>;

async function read(git: GitWorld, question: Question = {}) {
  return readCommit(await git.open(), { base: { versionFile: VERSION_FILE }, ...question });
}

async function refused(git: GitWorld, question: Question = {}) {
  return read(git, question).then(
    () => expect.unreachable('it should have been refused'),
    (error: unknown) => error as { code: string; field: string; message: string; hint?: string },
  );
}

const ACTIONS = { GITHUB_ACTIONS: 'true' };

describe('what decides the channel', () => {
  test('the branch, when nothing else does', async () => {
    const git = createGitWorld();
    git.git('switch', '--quiet', '-c', 'feature/x');
    expect(await read(git)).toMatchObject({
      channel: { kind: 'dev' },
      ref: 'refs/heads/feature/x',
    });
  });

  test('a detached HEAD is a dev build of HEAD', async () => {
    const git = createGitWorld();
    git.git('checkout', '--quiet', '--detach');
    expect(await read(git)).toMatchObject({ channel: { kind: 'dev' }, ref: 'HEAD' });
  });

  test.each([
    ['a lightweight tag', ['v0.1.0'], 'release', 'refs/tags/v0.1.0'],
    ['an annotated tag', ['-a', '-m', 'a release', 'v0.1.0'], 'release', 'refs/tags/v0.1.0'],
    ['a candidate', ['v0.1.0-rc.1'], 'candidate', 'refs/tags/v0.1.0-rc.1'],
  ])('%s on the commit', async (_, args, kind, ref) => {
    const git = createGitWorld();
    git.git('tag', ...args);
    expect(await read(git)).toMatchObject({ channel: { kind }, ref });
  });

  test('of several tags on it a release comes before a candidate, and the tenth candidate after the second', async () => {
    const git = createGitWorld();
    for (const tag of ['v0.1.0-rc.10', 'v0.1.0-rc.2', 'nightly', 'vnext']) git.git('tag', tag);
    expect(await read(git)).toMatchObject({ ref: 'refs/tags/v0.1.0-rc.10' });
    git.git('tag', 'v0.1.0');
    expect(await read(git)).toMatchObject({ ref: 'refs/tags/v0.1.0' });
  });

  test.each(['v1.0', '0.1.1', 'v0.1.0-rc1', 'v0.1.0.1', 'V0.1.0'])(
    'the tag %s is no version tag: a dev build that says so',
    async (tag) => {
      const git = createGitWorld();
      git.git('tag', tag);
      const commit = await read(git);
      expect(commit.channel).toEqual({ kind: 'dev' });
      expect(releaseFacts(commit).note).toBe(
        `The tag ${tag} on this commit is not a version tag: version tags are vX.Y.Z and vX.Y.Z-rc.N.`,
      );
      expect((await read(git, { ref: 'refs/heads/main' })).note).toContain(tag);
      git.git('tag', 'v0.1.0');
      expect(releaseFacts(await read(git)).note).toBeUndefined();
    },
  );

  test('tags of other things are passed over without a word', async () => {
    const git = createGitWorld();
    for (const tag of ['nightly', 'v1', 'vnext', 'sdk/go/v0.1', 'release-2025'])
      git.git('tag', tag);
    expect(await read(git)).not.toHaveProperty('note');
  });

  test('a tag on an ancestor decides nothing', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    git.commit('more');
    expect(await read(git)).toMatchObject({
      channel: { kind: 'dev' },
      versions: { target: '0.1.1' },
    });
  });

  test('GITHUB_REF counts in GitHub Actions alone', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    expect(await read(git, { env: { GITHUB_REF: 'refs/heads/release' } })).toMatchObject({
      ref: 'refs/tags/v0.1.0',
    });
    expect(
      await read(git, { env: { ...ACTIONS, GITHUB_REF: 'refs/heads/release' } }),
    ).toMatchObject({
      channel: { kind: 'dev' },
      ref: 'refs/heads/release',
    });
  });

  test('--ref comes before it', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    const env = { ...ACTIONS, GITHUB_REF: 'refs/heads/main' };
    expect(await read(git, { env, ref: 'refs/tags/v0.1.0' })).toMatchObject({
      channel: { kind: 'release' },
    });
  });
});

describe('a tag that is claimed', () => {
  test('must be in this clone', async () => {
    expect(await refused(createGitWorld(), { ref: 'refs/tags/v0.1.0' })).toMatchObject({
      code: 'tag-missing',
      field: 'ref',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });

  test('must name the commit', async () => {
    const git = createGitWorld();
    git.git('tag', '-a', '-m', 'x', 'v0.1.0');
    git.commit('more');
    expect(await refused(git, { ref: 'refs/tags/v0.1.0' })).toMatchObject({
      code: 'tag-names-another-commit',
      field: 'ref',
    });
    expect(await read(git, { ref: 'refs/tags/v0.1.0', revision: 'v0.1.0' })).toMatchObject({
      channel: { kind: 'release' },
    });
  });

  test.each(['refs/heads/refs/tags/v0.1.0', 'refs/tags/refs/tags/v0.1.0'])(
    'is not %s, which git would take for it',
    async (ref) => {
      const git = createGitWorld();
      git.git('update-ref', ref, 'HEAD');
      expect(git.git('rev-parse', '--verify', 'refs/tags/v0.1.0')).toBe(
        git.git('rev-parse', 'HEAD'),
      );
      expect(await refused(git, { ref: 'refs/tags/v0.1.0' })).toMatchObject({
        code: 'tag-missing',
      });
      git.git('pack-refs', '--all');
      expect(await read(git)).toMatchObject({ channel: { kind: 'dev' }, ref: 'refs/heads/main' });
    },
  );

  test('is not one by another commit that HEAD names through it', async () => {
    const git = createGitWorld();
    const first = git.git('rev-parse', 'HEAD');
    git.commit('more');
    git.git('tag', 'v0.1.0');
    git.git('symbolic-ref', 'HEAD', 'refs/tags/v0.1.0');
    expect(await read(git, { revision: first })).toMatchObject({ channel: { kind: 'dev' } });
  });

  test('must be the base that the commit holds, however it was chosen', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.2.0');
    expect(await refused(git)).toMatchObject({ code: 'tag-differs-from-base' });
    expect(await refused(git, { ref: 'refs/tags/v0.2.0' })).toMatchObject({
      code: 'tag-differs-from-base',
    });
  });

  test.each([
    '$(id)',
    '`id`',
    '-flag',
    'refs/heads/a..b',
    'refs/heads/a@{1}',
    'refs/heads/a.lock',
    'refs/heads/a\nb',
    'refs/heads/a\u202eb',
    'main',
    '',
  ])('%j is no ref', async (ref) => {
    expect(await refused(createGitWorld(), { ref })).toMatchObject({
      code: 'invalid-input',
      field: 'ref',
    });
  });
});

describe('pull requests', () => {
  /** What actions/checkout leaves: HEAD detached at a merge that nobody else has. */
  function checkedOut() {
    const git = createGitWorld();
    git.git('switch', '--quiet', '-c', 'feature');
    git.write('feature.txt', 'x');
    const head = git.commit('the feature');
    git.git('switch', '--quiet', 'main');
    git.write('main.txt', 'x');
    git.commit('main moves on');
    git.git('checkout', '--quiet', '--detach');
    git.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'feature');
    return { git, head, merge: git.git('rev-parse', 'HEAD') };
  }

  const REF = 'refs/pull/7/merge';

  test('the versions are those of the author’s commit, not of the merge', async () => {
    const { git, head } = checkedOut();
    const env = {
      ...ACTIONS,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: REF,
      GITHUB_EVENT_PATH: payloadFile({ pull_request: { number: 7, head: { sha: head } } }),
    };
    expect(await read(git, { env })).toMatchObject({
      canonical: { sha: head },
      channel: { kind: 'pull-request', number: 7 },
      ref: REF,
    });
    expect(await read(git, { env, revision: 'HEAD' })).toMatchObject({
      canonical: { sha: git.git('rev-parse', 'HEAD') },
    });
  });

  test.each([
    [
      'its head is not in the clone',
      { pull_request: { number: 7, head: { sha: 'a'.repeat(40) } } },
    ],
    ['the payload has no head', { pull_request: {} }],
    ['the payload is no JSON', '{'],
  ])('HEAD stands in when %s', async (_, payload) => {
    const { git, merge } = checkedOut();
    const env = {
      ...ACTIONS,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: REF,
      GITHUB_EVENT_PATH: payloadFile(payload),
    };
    expect(await read(git, { env })).toMatchObject({
      canonical: { sha: merge },
      channel: { kind: 'pull-request' },
    });
  });

  test('of one that was merged, the run is the branch’s: its commit, not the author’s', async () => {
    const { git, head, merge } = checkedOut();
    const env = {
      ...ACTIONS,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: merge,
      GITHUB_EVENT_PATH: payloadFile({
        action: 'closed',
        pull_request: { number: 7, merged: true, head: { sha: head } },
      }),
    };
    expect(await read(git, { env })).toMatchObject({
      canonical: { sha: merge },
      channel: { kind: 'dev' },
      ref: 'refs/heads/main',
    });
  });

  test('they are planned, and never published', async () => {
    const git = createGitWorld();
    const repository = await git.open();
    const world = createFakeWorld();
    const changes = { git, repository, env: { ...ACTIONS, GITHUB_REF: REF } };
    expect(await publish([fake(world, 'a')], changes)).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'pull-request' }],
    });
    expect(world.log).toEqual([]);
    expect(await plan([fake(world, 'a')], changes)).toMatchObject({
      exitCode: 0,
      problems: [{ code: 'pull-request', kind: 'policy' }],
    });
  });

  test('pull_request_target is one, although its GITHUB_REF is the target’s branch', async () => {
    const { git, head } = checkedOut();
    const target = {
      ...ACTIONS,
      GITHUB_EVENT_NAME: 'pull_request_target',
      GITHUB_REF: 'refs/heads/main',
    };
    const env = {
      ...target,
      GITHUB_EVENT_PATH: payloadFile({ pull_request: { number: 7, head: { sha: head } } }),
    };
    expect(await read(git, { env })).toMatchObject({
      channel: { kind: 'pull-request', number: 7 },
      ref: 'refs/pull/7/head',
    });
    for (const payload of [{}, { GITHUB_EVENT_PATH: payloadFile('{}') }])
      expect(await read(git, { env: { ...target, ...payload } })).toMatchObject({
        channel: { kind: 'pull-request' },
        ref: 'HEAD',
      });
  });
});

describe('the Go module', () => {
  /** A repository of version 2.0.0 whose root go.mod is that of its tools. */
  function tools() {
    const git = createGitWorld();
    git.write(VERSION_FILE, '{ "version": "2.0.0" }');
    git.write('go.mod', 'module example.com/tools\n\ngo 1.22\n');
    git.write('sdk/go/go.mod', 'module example.com/sdk\n\ngo 1.22\n');
    git.commit('everything');
    git.git('tag', 'v2.0.0');
    return git;
  }

  test('that nobody asked for stops no release, and is told', async () => {
    const commit = await read(tools());
    expect(commit.note).toBe(
      'The module in go.mod, example.com/tools, cannot have the version v2.0.0: its path is for another major version.',
    );
    expect(commit.versions.npm.version).toBe('2.0.0');
  });

  test.each(['tools', 'main.local/v1', 'Example.com/tools'])(
    'whose path nobody can download (%s) stops nothing, and is reported',
    async (path) => {
      const git = createGitWorld();
      git.write('go.mod', `module ${path}\n\ngo 1.22\n`);
      git.commit();
      const commit = await read(git);
      expect(commit.note).toContain(`Nobody can download the module path in go.mod, ${path}`);
      expect(commit.versions.go.version).toMatch(/^v0\.0\.0-/);
      expect(await refused(git, { goDirectory: '.' })).toMatchObject({ field: 'go.modulePath' });
    },
  );

  test('that was asked for must fit', async () => {
    expect(await refused(tools(), { goDirectory: '.' })).toMatchObject({
      code: 'module-path-major',
    });
    expect(await refused(tools(), { goDirectory: 'sdk/go' })).toMatchObject({
      code: 'module-path-major',
    });
  });

  test.each(['sdk/go', './sdk/go', 'sdk/go/'])(
    '%s names it as shells complete it',
    async (goDirectory) => {
      const git = tools();
      git.commit('after the release');
      expect((await read(git, { goDirectory })).versions.go.version).toMatch(/^v0\.0\.0-/);
    },
  );

  test.each(['../sdk', '/sdk', 'sdk//go'])(
    '%s is refused under its own name',
    async (goDirectory) => {
      expect(await refused(tools(), { goDirectory })).toMatchObject({ field: 'go-module' });
    },
  );
});

describe('the base', () => {
  test('is in a file that may be named as shells complete it', async () => {
    const git = createGitWorld();
    expect(await read(git, { base: { versionFile: `./${VERSION_FILE}` } })).toMatchObject({
      canonical: { base: '0.1.0' },
    });
  });

  test('is read at the commit, not in the working tree', async () => {
    const git = createGitWorld();
    git.write(VERSION_FILE, '{ "version": "9.9.9" }');
    expect(await read(git)).toMatchObject({ canonical: { base: '0.1.0' } });
    const before = git.git('rev-parse', 'HEAD');
    git.commit('raise it');
    expect(await read(git, { revision: before })).toMatchObject({ canonical: { base: '0.1.0' } });
    expect(await read(git)).toMatchObject({ canonical: { base: '9.9.9' } });
  });

  test('can be said by hand', async () => {
    expect(await read(createGitWorld(), { base: { base: '3.2.1' } })).toMatchObject({
      canonical: { base: '3.2.1' },
    });
  });

  test('is missing', async () => {
    expect(
      await refused(createGitWorld(), { base: { versionFile: 'package.json' } }),
    ).toMatchObject({
      code: 'no-version-file',
      field: 'versionFile',
      message: expect.stringContaining('package.json'),
    });
  });

  test.each([
    ['no JSON', '{', VERSION_FILE],
    ['no object', 'null', `${VERSION_FILE}: version`],
    ['no version', '{}', `${VERSION_FILE}: version`],
    ['a candidate’s version', '{ "version": "0.1.0-rc.1" }', `${VERSION_FILE}: version`],
    ['a v', '{ "version": "v0.1.0" }', `${VERSION_FILE}: version`],
    ['a leading zero', '{ "version": "0.01.0" }', `${VERSION_FILE}: version`],
    ['two numbers', '{ "version": "0.1" }', `${VERSION_FILE}: version`],
    ['a newline', '{ "version": "0.1.0\\nx=y" }', `${VERSION_FILE}: version`],
    ['a number', '{ "version": 1 }', `${VERSION_FILE}: version`],
    ['300 characters', `{ "version": "${'1'.repeat(300)}.0.0" }`, `${VERSION_FILE}: version`],
  ])('%s names the field', async (_, text, field) => {
    const git = createGitWorld();
    git.write(VERSION_FILE, text);
    git.commit();
    expect(await refused(git)).toMatchObject({ code: 'invalid-input', field });
  });

  test.each([
    ['[project]\nversion = "1"', 'names a package.json'],
    ['{}', 'The file has no version'],
  ])('%j comes with a hint', async (text, hint) => {
    const git = createGitWorld();
    git.write(VERSION_FILE, text);
    git.commit();
    expect(await refused(git)).toMatchObject({ hint: expect.stringContaining(hint) as string });
  });

  test('a BOM and CRLF are no obstacle', async () => {
    const git = createGitWorld();
    git.write(VERSION_FILE, '\ufeff{\r\n  "version": "0.4.0"\r\n}\r\n');
    git.commit();
    expect(await read(git)).toMatchObject({ canonical: { base: '0.4.0' } });
  });
});

describe('the clone', () => {
  test('must be whole: a shallow one is refused with what to write into the workflow', async () => {
    const git = createGitWorld();
    git.commit('more');
    const shallow = mkdtempSync(join(tmpdir(), 'ameide-shallow-'));
    onTestFinished(() => rmSync(shallow, { recursive: true, force: true }));
    execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${git.directory}`, shallow], {
      stdio: 'ignore',
    });
    const repository = await git.open(shallow);
    await expect(
      readCommit(repository, { base: { versionFile: VERSION_FILE } }),
    ).rejects.toMatchObject({
      code: 'shallow-clone',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });

  test.each(['nonsense', 'HEAD~99', '-h', '--all', '$(id)', 'a..b', 'HEAD^{tree}', 'abc'])(
    '%s is no commit of it',
    async (revision) => {
      expect(await refused(createGitWorld(), { revision })).toMatchObject({ field: 'ref' });
    },
  );

  test('the commit’s time is read in UTC, whatever zone it was made in', async () => {
    const git = createGitWorld();
    git.commit('in Kolkata', '2025-11-13T21:02:11+05:30');
    expect(await read(git)).toMatchObject({ canonical: { datetime: '20251113153211' } });
  });

  test('a Go module elsewhere gets its own tag prefix; one that is not there is refused', async () => {
    const git = createGitWorld();
    git.write('sdk/go/go.mod', 'module example.com/repo/sdk/go\n\ngo 1.22\n');
    git.commit();
    git.git('tag', 'v0.1.0');
    expect(await read(git, { goDirectory: 'sdk/go' })).toMatchObject({
      versions: { go: { version: 'v0.1.0', tag: 'sdk/go/v0.1.0' } },
    });
    expect(await refused(git, { goDirectory: 'sdk/rust' })).toMatchObject({ field: 'go-module' });
  });
});
