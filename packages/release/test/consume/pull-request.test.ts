import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import {
  type RecordingProxyOptions,
  type RunningGithub,
  startGithub,
  startRecordingProxy,
} from '@ameide/local-registries';
import { applyEdits } from '@ameide/source-files/text';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FoundRelease } from '../../src/consume/find-release.ts';
import type { PlannedFile } from '../../src/consume/planned-file.ts';
import { createPropose } from '../../src/consume/pull-request/propose.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';

const REPOSITORY = 'example/repository';
const BRANCH = 'ameide-release/consume';

let github: RunningGithub;
let proxy: Awaited<ReturnType<typeof startRecordingProxy>>;
let git: GitWorld;
let count = 0;
let name = '';
/** What happens to a request in place of its answer. */
let fault: RecordingProxyOptions['fault'];

beforeAll(async () => {
  github = await startGithub();
  proxy = await startRecordingProxy(github.url, { fault: (subject) => fault?.(subject) });
});
afterAll(async () => {
  await proxy.stop();
  await github.stop();
});

const FILES = {
  'services/web/package.json': '\uFEFF{\r\n  "dependencies": { "@example/sdk": "0.1.0" }\r\n}\r\n',
  'services/run.sh': '# 0.1.0\n',
  'services/other.txt': 'stays\n',
};

beforeEach(async () => {
  name = `${REPOSITORY}-${(count += 1)}`;
  await github.createRepository(name);
  git = createGitWorld({ origin: `https://github.com/${name}` });
  for (const [path, text] of Object.entries(FILES)) git.write(path, text);
  chmodSync(join(git.directory, 'services/run.sh'), 0o755);
  git.commit('The services');
  push();
  proxy.clear();
  fault = undefined;
});

function push(): void {
  git.git('push', '--quiet', github.path(name), 'HEAD:refs/heads/main');
}

function release(version: string): FoundRelease {
  const sha = git.git('rev-parse', 'HEAD').trim() as FoundRelease['sha'];
  return { sha, kind: 'release', version, artifacts: [], problems: [], notes: [] };
}

function planned(version: string): readonly PlannedFile[] {
  const change = (path: keyof typeof FILES): PlannedFile => {
    const before = FILES[path].replace('\uFEFF', '');
    const start = before.indexOf('0.1.0');
    const edits = [{ start, end: start + 5, text: version }];
    const place = { path, line: 2, ecosystem: 'npm', name: '@example/sdk|`', field: 'x' } as const;
    const changes = [{ ...place, from: '0.1.0', to: version }];
    return { path, before, text: applyEdits(before, edits), edits, changes };
  };
  const text = `locked ${version}\n`;
  const lock = { path: 'services/go.sum', text, edits: [{ start: 0, end: 0, text }], changes: [] };
  return [change('services/web/package.json'), change('services/run.sh'), lock];
}

async function propose(
  version: string,
  env: Readonly<Record<string, string>> = {},
  branch?: string,
  into?: string,
) {
  const repository = await git.open();
  const run = await createPropose({
    repository,
    env: { GITHUB_API_URL: `${proxy.url}/api/v3`, GITHUB_TOKEN: github.token, ...env },
    signal: new AbortController().signal,
    ...(branch === undefined ? {} : { branch }),
    ...(into === undefined ? {} : { into }),
  });
  return run(planned(version), release(version), git.git('rev-parse', 'HEAD').trim());
}

function remote(...args: readonly string[]): string {
  return git.git('--git-dir', github.path(name), ...args);
}

test('opens one pull request with exactly these bytes', async () => {
  const main = remote('rev-parse', 'main');
  const { problems, pullRequest } = await propose('0.2.0');
  expect(problems).toEqual([]);
  expect(pullRequest).toMatchObject({ number: 1, branch: BRANCH, outcome: 'opened' });
  expect(bytesOf('services/web/package.json')).toBe(
    FILES['services/web/package.json'].replace('0.1.0', '0.2.0'),
  );
  expect(remote('ls-tree', BRANCH, 'services/run.sh')).toMatch(/^100755 /);
  expect(bytesOf('services/go.sum')).toBe('locked 0.2.0\n');
  expect(remote('diff', '--name-only', 'main', BRANCH).trim().split('\n')).toEqual([
    'services/go.sum',
    'services/run.sh',
    'services/web/package.json',
  ]);
  expect(remote('rev-parse', `${BRANCH}~1`)).toBe(main);
  expect(remote('rev-parse', 'main')).toBe(main);
  // Nothing here changes.
  expect(git.git('status', '--porcelain')).toBe('');
  expect(github.violations()).toEqual([]);
});

test('a second run sends nothing that is there already', async () => {
  await propose('0.2.0');
  const head = remote('rev-parse', BRANCH);
  const { pullRequest, problems } = await propose('0.2.0');
  expect(problems).toEqual([]);
  expect(pullRequest).toMatchObject({ number: 1, outcome: 'unchanged' });
  expect(remote('rev-parse', BRANCH)).toBe(head);
});

test('another release updates the same pull request', async () => {
  await propose('0.2.0');
  git.write('later.txt', 'later\n');
  git.commit('Later');
  push();
  const { pullRequest } = await propose('0.3.0');
  expect(pullRequest).toMatchObject({ number: 1, outcome: 'updated' });
  expect(bytesOf('services/go.sum')).toBe('locked 0.3.0\n');
  expect(remote('rev-list', '--count', `main..${BRANCH}`).trim()).toBe('1');
  const [pull, ...others] = (await pulls()) as readonly { title: string; body: string }[];
  expect(others).toEqual([]);
  expect(pull?.title).toBe('Consume 0.3.0');
  expect(pull?.body).toContain('`` @example/sdk\\|` ``');
});

test('leaves a branch alone that somebody committed to', async () => {
  await propose('0.2.0');
  git.git('fetch', '--quiet', github.path(name), BRANCH);
  git.git('checkout', '--quiet', 'FETCH_HEAD');
  git.write('fix.txt', 'by hand\n');
  git.commit('A fix');
  git.git('push', '--quiet', github.path(name), `HEAD:refs/heads/${BRANCH}`);
  const head = remote('rev-parse', BRANCH);
  git.git('checkout', '--quiet', 'HEAD~2');
  const { problems } = await propose('0.3.0');
  expect(problems).toMatchObject([{ code: 'consume-branch-not-ours', kind: 'conflict' }]);
  expect(remote('rev-parse', BRANCH)).toBe(head);
});

test.each([
  ['amended', ['commit', '--quiet', '--amend', '--no-edit', '--all']],
  ['reworded', ['commit', '--quiet', '--amend', '--message', 'Mine\n\nAmeide-Consume: kept']],
  ['reworded above the last line', undefined],
  ['moved', ['rebase', '--quiet', '--onto', 'other', 'HEAD~1']],
] as const)('leaves the own commit alone if somebody has %s it', async (how, argv) => {
  await propose('0.2.0');
  const main = git.git('rev-parse', 'HEAD').trim();
  git.write('services/later.txt', 'later\n');
  git.commit('Later');
  git.git('branch', '--force', 'other');
  git.git('fetch', '--quiet', github.path(name), BRANCH);
  git.git('checkout', '--quiet', 'FETCH_HEAD');
  const message = git.git('log', '-1', '--format=%B').trim();
  if (how === 'amended') git.write('services/other.txt', 'hours of work\n');
  const [first = '', ...rest] = message.split('\n\n');
  const reworded = [first, 'Do not merge before Monday.', ...rest].join('\n\n');
  git.git(...(argv ?? ['commit', '--quiet', '--amend', '--message', reworded]));
  git.git('push', '--quiet', '--force', github.path(name), `HEAD:refs/heads/${BRANCH}`);
  const head = remote('rev-parse', BRANCH);
  git.git('checkout', '--quiet', main);
  for (const version of ['0.2.0', '0.3.0'])
    expect((await propose(version)).problems).toMatchObject([
      { code: 'consume-branch-not-ours', kind: 'conflict' },
    ]);
  expect(remote('rev-parse', BRANCH)).toBe(head);
});

test('leaves the pull request of another base alone', async () => {
  await propose('0.2.0');
  remote('branch', 'release-1', 'main');
  const head = remote('rev-parse', BRANCH);
  const { problems } = await propose('0.3.0', {}, undefined, 'release-1');
  expect(problems).toMatchObject([{ code: 'consume-branch-not-ours', rerun: 'after-fix' }]);
  expect(problems[0]?.message).toContain('open pull request for main, #1');
  expect(remote('rev-parse', BRANCH)).toBe(head);
  const other = await propose('0.3.0', {}, 'ameide-release/other', 'release-1');
  expect(other.pullRequest).toMatchObject({ number: 2, outcome: 'opened' });
  const bases = (await pulls()) as readonly { number: number; base: { ref: string } }[];
  expect(bases.map(({ base, number }) => `${number} ${base.ref}`).toSorted()).toEqual([
    '1 main',
    '2 release-1',
  ]);
});

test('says that the branch was set if its pull request cannot be opened', async () => {
  const body = '{"message":"GitHub Actions is not permitted to create pull requests."}';
  fault = ({ method, path }) =>
    method === 'POST' && path.endsWith('/pulls')
      ? { kind: 'status', status: 403, body }
      : undefined;
  const { problems } = await propose('0.2.0');
  const head = remote('rev-parse', BRANCH).trim();
  expect(problems).toMatchObject([
    { code: 'consume-forbidden', effect: 'committed', rerun: 'after-fix' },
  ]);
  expect(problems[0]?.message).toContain(`The branch ${BRANCH} was set to ${head} before.`);
  fault = undefined;
  expect((await propose('0.2.0')).pullRequest).toMatchObject({ number: 1, outcome: 'opened' });
  expect(remote('rev-parse', BRANCH).trim()).toBe(head);
});

test('says that the branch may have been set if the answer is lost', async () => {
  fault = ({ method, path }) =>
    method === 'POST' && path.endsWith('/git/refs') ? { kind: 'reset', forward: true } : undefined;
  const { problems } = await propose('0.2.0');
  expect(problems).toMatchObject([{ kind: 'unknown', effect: 'unknown', rerun: 'safe' }]);
  expect(problems[0]?.message).toContain(`may have changed the branch ${BRANCH}`);
  fault = undefined;
  expect((await propose('0.2.0')).pullRequest).toMatchObject({ number: 1, outcome: 'opened' });
});

test.each([
  ['GET', /\/repository-\d+$/, 'incomplete'],
  ['GET', /\/git\/commits\//, 'incomplete'],
  ['GET', /\/git\/ref\//, 'incomplete'],
  ['GET', /\/pulls/, 'incomplete'],
  ['POST', /\/git\/blobs$/, 'incomplete'],
  ['POST', /\/git\/trees$/, 'incomplete'],
  ['POST', /\/git\/commits$/, 'incomplete'],
  ['POST', /\/git\/refs$/, 'unknown'],
  ['POST', /\/pulls$/, 'unknown'],
] as const)('refuses an answer that is not of GitHub: %s %s', async (method, path, kind) => {
  for (const body of ['{"message":"welcome"}', '[{}]', 'null']) {
    fault = (subject) =>
      subject.method === method && path.test(subject.path.split('?')[0] ?? '')
        ? { kind: 'status', status: 200, body, headers: { 'content-type': 'application/json' } }
        : undefined;
    const { problems } = await propose('0.2.0');
    expect(problems[0]).toMatchObject({ code: 'consume-unexpected-answer', kind });
  }
});

test('never writes to a branch of another name', async () => {
  remote('branch', 'mine', 'main');
  const { problems } = await propose('0.2.0', {}, 'mine');
  expect(problems).toMatchObject([{ code: 'consume-branch-not-ours' }]);
  expect(remote('rev-parse', 'mine')).toBe(remote('rev-parse', 'main'));
  expect((await propose('0.2.0', {}, 'main')).problems).toMatchObject([
    { code: 'consume-branch-not-ours' },
  ]);
  await expect(propose('0.2.0', {}, '../main')).rejects.toMatchObject({ field: 'branch' });
});

test('a pull request that was closed is opened anew', async () => {
  await propose('0.2.0');
  await request('PATCH', 'pulls/1', { state: 'closed' });
  expect((await propose('0.2.0')).pullRequest).toMatchObject({ number: 2, outcome: 'opened' });
});

test('refuses what is not committed, and what GitHub does not have', async () => {
  git.write('services/other.txt', 'changed\n');
  expect((await propose('0.2.0')).problems).toMatchObject([
    { code: 'consume-uncommitted', path: 'services/other.txt' },
  ]);
  git.commit('Not pushed');
  expect((await propose('0.2.0')).problems).toMatchObject([{ code: 'consume-head-not-pushed' }]);
  expect(proxy.mutating()).toEqual([]);
});

test('refuses without a token, with a wrong one, and with one that may only read', async () => {
  await expect(propose('0.2.0', { GITHUB_TOKEN: '' })).rejects.toMatchObject({
    code: 'consume-no-token',
    field: 'GITHUB_TOKEN',
  });
  expect((await propose('0.2.0', { GITHUB_TOKEN: 'ghp_wrong' })).problems).toMatchObject([
    { code: 'consume-unauthorized', kind: 'authentication' },
  ]);
  const token = github.createToken({ repositories: 'read', isInstallation: true });
  const { problems } = await propose('0.2.0', { GITHUB_TOKEN: token });
  expect(problems[0]).toMatchObject({ code: 'consume-forbidden', kind: 'authentication' });
  expect(problems[0]?.hint).toContain('pull-requests: write');
  expect(JSON.stringify(problems)).not.toContain(token);
});

test('the token goes nowhere but to the API', async () => {
  git.git('remote', 'set-url', 'origin', 'https://gitlab.com/example/repository');
  await expect(propose('0.2.0')).rejects.toMatchObject({ field: 'pull-request' });
  expect(proxy.requests).toEqual([]);
});

/** A file of the branch, to the last byte. */
function bytesOf(path: string): string {
  const args = ['--git-dir', github.path(name), 'show', `${BRANCH}:${path}`];
  return execFileSync('git', args, { encoding: 'utf8' });
}

async function pulls(): Promise<unknown> {
  return (await request('GET', 'pulls')).json();
}

async function request(method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${github.apiUrl}/repos/${name}/${path}`, {
    method,
    headers: { authorization: `Bearer ${github.token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
