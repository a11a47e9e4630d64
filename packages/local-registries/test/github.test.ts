import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { Octokit, type RestEndpointMethodTypes } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Recorded,
  type RunningGithub,
  recorded,
  startGithub,
  startRecordingProxy,
} from '../src/index.ts';
import { githubDocument } from '../src/stand-ins/github/github-document.ts';

const PLACE = { owner: 'acme', repo: 'sdk' } as const;

let recording: Recorded<RunningGithub>;
let github: RunningGithub;
let octokit: Octokit;
let first: string;
let second: string;

beforeEach(async () => {
  recording = await recorded(startGithub({ repositories: ['acme/sdk'], users: ['jo'] }));
  github = recording.registry;
  octokit = client(github.token);
  first = await commit('first');
  second = await commit('second');
});

afterEach(async () => {
  await recording[Symbol.asyncDispose]();
});

function client(auth?: string): Octokit {
  return new Octokit({
    baseUrl: `${recording.proxy.url}/api/v3`,
    ...(auth === undefined ? {} : { auth }),
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
}

const run = promisify(execFile);

async function git(...args: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', github.path('acme/sdk')];
  return (await run('git', [...who, ...args])).stdout.trim();
}

/** Makes a commit on `main` of the bare repository, each in a second of its own. */
async function commit(message: string): Promise<string> {
  const tree = await git('hash-object', '-t', 'tree', '-w', '/dev/null');
  const head = await git('for-each-ref', '--format=%(objectname)', 'refs/heads/main');
  const parent = head === '' ? '' : `parent ${head}\n`;
  const person = `a <a@b> ${1_700_000_000 + message.length} +0000`;
  const text = `tree ${tree}\n${parent}author ${person}\ncommitter ${person}\n\n${message}\n`;
  const writing = run('git', [
    '-C',
    github.path('acme/sdk'),
    'hash-object',
    '-t',
    'commit',
    '-w',
    '--stdin',
  ]);
  writing.child.stdin?.end(text);
  const sha = (await writing).stdout.trim();
  await git('update-ref', 'refs/heads/main', sha);
  return sha;
}

type ReleaseInput = Partial<RestEndpointMethodTypes['repos']['createRelease']['parameters']>;

async function release(tag: string, more: ReleaseInput = {}) {
  const { data } = await octokit.repos.createRelease({ ...PLACE, tag_name: tag, ...more });
  return data;
}

async function upload(made: { upload_url: string }, name: string, data: string | Buffer) {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await octokit.request(`POST ${made.upload_url}`, { name, data, headers });
  return answer.data as { id: number; name: string; state: string; digest: string | null };
}

interface Refusal extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: object };
}

async function refusal(work: Promise<unknown>): Promise<Refusal> {
  return work.then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown as Refusal,
  );
}

async function latest(): Promise<string> {
  return (await octokit.repos.getLatestRelease(PLACE)).data.tag_name;
}

describe('refs are those of the bare repository', () => {
  test('makes, lists, moves and deletes tags that git sees', async () => {
    await octokit.git.createRef({ ...PLACE, ref: 'refs/tags/v1', sha: first });
    expect(await git('rev-parse', 'refs/tags/v1')).toBe(first);
    expect((await octokit.git.getRef({ ...PLACE, ref: 'tags/v1' })).data.object.sha).toBe(first);
    const again = octokit.git.createRef({ ...PLACE, ref: 'refs/tags/v1', sha: second });
    expect(await refusal(again)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/already exists/),
    });
    const unknown = octokit.git.createRef({
      ...PLACE,
      ref: 'refs/tags/v2',
      sha: '0123456789012345678901234567890123456789',
    });
    expect(await refusal(unknown)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/does not exist/),
    });
    await octokit.git.createRef({ ...PLACE, ref: 'refs/tags/v10', sha: second });
    const listed = await octokit.git.listMatchingRefs({ ...PLACE, ref: 'tags/v1' });
    expect(listed.data.map(({ ref }) => ref)).toEqual(['refs/tags/v1', 'refs/tags/v10']);
    await octokit.git.updateRef({ ...PLACE, ref: 'tags/v1', sha: second });
    const back = octokit.git.updateRef({ ...PLACE, ref: 'tags/v1', sha: first });
    expect(await refusal(back)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/fast forward/),
    });
    expect(await git('rev-parse', 'refs/tags/v1')).toBe(second);
    await octokit.git.deleteRef({ ...PLACE, ref: 'tags/v1' });
    expect(await refusal(octokit.git.getRef({ ...PLACE, ref: 'tags/v1' }))).toMatchObject({
      status: 404,
    });
    expect((await octokit.repos.listTags(PLACE)).data.map(({ name }) => name)).toEqual(['v10']);
    expect(github.violations()).toEqual([]);
  });

  test('shows commits and annotated tags, and lets git fetch', async () => {
    await git('tag', '-a', 'v1', '-m', 'one', first);
    const { data } = await octokit.git.getRef({ ...PLACE, ref: 'tags/v1' });
    expect(data.object.type).toBe('tag');
    const tag = await octokit.git.getTag({ ...PLACE, tag_sha: data.object.sha });
    expect(tag.data.object).toMatchObject({ type: 'commit', sha: first });
    const found = await octokit.git.getCommit({ ...PLACE, commit_sha: second });
    expect(found.data).toMatchObject({
      sha: second,
      message: expect.stringMatching('second'),
      parents: [{ sha: first }],
    });
    expect((await octokit.repos.getCommit({ ...PLACE, ref: 'main' })).data.sha).toBe(second);
    const ls = await fetch(`${github.url}/acme/sdk.git/info/refs?service=git-upload-pack`);
    expect(await ls.text()).toContain(`${first} refs/tags/v1^{}`);
    expect(github.violations()).toEqual([]);
  });
});

describe('releases', () => {
  test('a draft is shown to those who may push, never by its tag, and makes its tag at last', async () => {
    const draft = await release('v1', { draft: true, target_commitish: first, name: 'One' });
    expect(draft.html_url).toMatch(/untagged-/);
    expect(await git('tag')).toBe('');
    const reader = client(github.createToken({ repositories: 'read' }));
    expect((await reader.repos.listReleases(PLACE)).data).toEqual([]);
    expect(
      await refusal(reader.repos.getRelease({ ...PLACE, release_id: draft.id })),
    ).toMatchObject({ status: 404 });
    expect((await octokit.repos.listReleases(PLACE)).data).toHaveLength(1);
    expect(await refusal(octokit.repos.getReleaseByTag({ ...PLACE, tag: 'v1' }))).toMatchObject({
      status: 404,
    });
    await octokit.repos.updateRelease({ ...PLACE, release_id: draft.id, draft: false });
    expect(await git('rev-parse', 'v1')).toBe(first);
    const shown = await reader.repos.getReleaseByTag({ ...PLACE, tag: 'v1' });
    expect(shown.data).toMatchObject({ id: draft.id, draft: false, immutable: false });
    expect(github.violations()).toEqual([]);
  });

  test('several drafts may have one tag, one published release', async () => {
    const one = await release('v1', { draft: true });
    const two = await release('v1', { draft: true });
    await octokit.repos.updateRelease({ ...PLACE, release_id: one.id, draft: false });
    const second = octokit.repos.updateRelease({ ...PLACE, release_id: two.id, draft: false });
    expect(await refusal(second)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/already_exists/),
    });
    expect(await refusal(release('v1'))).toMatchObject({ status: 422 });
    await octokit.repos.deleteRelease({ ...PLACE, release_id: two.id });
    expect((await octokit.repos.listReleases(PLACE)).data).toHaveLength(1);
    expect(github.violations()).toEqual([]);
  });

  test('latest is what was set, else the newest commit, never a draft or a prerelease', async () => {
    await octokit.git.createRef({ ...PLACE, ref: 'refs/tags/v1.0.1', sha: first });
    await release('v2.0.0', { target_commitish: second });
    expect(await latest()).toBe('v2.0.0');
    await release('v1.0.1', { make_latest: 'false' });
    await release('v3.0.0-rc.1', { prerelease: true });
    await release('v3.0.0', { draft: true });
    expect(await latest()).toBe('v2.0.0');
    await release('v1.0.2', { target_commitish: first });
    expect(await latest()).toBe('v1.0.2');
    await release('v1.0.3', { target_commitish: first, make_latest: 'legacy' });
    expect(await latest()).toBe('v2.0.0');
    expect(github.violations()).toEqual([]);
  });

  test('without its tag a published release is a draft', async () => {
    await release('v1');
    await octokit.git.deleteRef({ ...PLACE, ref: 'tags/v1' });
    const { data } = await octokit.repos.listReleases(PLACE);
    expect(data.map(({ draft }) => draft)).toEqual([true]);
  });

  test('a tag that cannot be made is refused, and the draft stays one', async () => {
    const draft = await release('v1', { draft: true, target_commitish: 'nowhere' });
    const work = octokit.repos.updateRelease({ ...PLACE, release_id: draft.id, draft: false });
    expect(await refusal(work)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/target_commitish/),
    });
    expect(await refusal(release('no tag'))).toMatchObject({ status: 422 });
    expect((await octokit.repos.listReleases(PLACE)).data[0]?.draft).toBe(true);
  });

  test('pages with links', async () => {
    for (let n = 1; n <= 5; n += 1) await release(`v${n}`, { draft: true });
    const page = await octokit.repos.listReleases({ ...PLACE, per_page: 2, page: 2 });
    expect(page.data.map(({ tag_name }) => tag_name)).toEqual(['v3', 'v2']);
    expect(page.headers.link).toMatch(/page=1>; rel="prev".*page=3>; rel="next"/);
    const all = await octokit.paginate(octokit.repos.listReleases, { ...PLACE, per_page: 2 });
    expect(all).toHaveLength(5);
    expect(github.violations()).toEqual([]);
  });

  test('leaves new releases out of lists when it is told to', async () => {
    github.hideNewReleases(1);
    await release('v1', { draft: true });
    expect((await octokit.repos.listReleases(PLACE)).data).toHaveLength(0);
    expect((await octokit.repos.listReleases(PLACE)).data).toHaveLength(1);
  });

  test('writes notes', async () => {
    await release('v1');
    const { data } = await octokit.repos.generateReleaseNotes({ ...PLACE, tag_name: 'v2' });
    expect(data.body).toContain('/acme/sdk/compare/v1...v2');
    expect((await release('v2', { generate_release_notes: true })).body).toBe(data.body);
    expect(recording.proxy.mutating().map(({ path }) => path)).not.toContainEqual(
      expect.stringContaining('generate-notes'),
    );
    expect(github.violations()).toEqual([]);
  });
});

describe('assets', () => {
  test('uploads, lists, downloads and deletes', async () => {
    const draft = await release('v1', { draft: true });
    const made = await upload(draft, 'a b.txt', 'hello');
    const digest = `sha256:${createHash('sha256').update('hello').digest('hex')}`;
    expect(made).toMatchObject({ name: 'a.b.txt', state: 'uploaded', digest });
    expect(await refusal(upload(draft, 'a.b.txt', 'other'))).toMatchObject({ status: 422 });
    const bytes = await octokit.repos.getReleaseAsset({
      ...PLACE,
      asset_id: made.id,
      headers: { accept: 'application/octet-stream' },
    });
    expect(Buffer.from(bytes.data as unknown as ArrayBuffer).toString()).toBe('hello');
    const found = await octokit.repos.getReleaseAsset({ ...PLACE, asset_id: made.id });
    expect(found.data).toMatchObject({ id: made.id, size: 5, digest });
    const listed = await octokit.repos.listReleaseAssets({ ...PLACE, release_id: draft.id });
    expect(listed.data).toHaveLength(1);
    await octokit.repos.deleteReleaseAsset({ ...PLACE, asset_id: made.id });
    expect(
      (await octokit.repos.getRelease({ ...PLACE, release_id: draft.id })).data.assets,
    ).toEqual([]);
    expect(github.violations()).toEqual([]);
  });

  test('an upload that breaks off leaves a starter, which keeps the name taken', async () => {
    await using cutting = await startRecordingProxy(github.url, {
      fault: ({ step }) => (step === 1 ? { kind: 'cut' } : undefined),
    });
    const draft = await release('v1', { draft: true });
    const through = { upload_url: draft.upload_url.replace(recording.proxy.url, cutting.url) };
    await refusal(upload(through, 'a.bin', Buffer.alloc(1_000_000)));
    const starter = async () => {
      const { data } = await octokit.repos.getRelease({ ...PLACE, release_id: draft.id });
      return data.assets;
    };
    await expect.poll(starter).toMatchObject([{ name: 'a.bin', state: 'starter', digest: null }]);
    const again = upload(draft, 'a.bin', 'x');
    expect(await refusal(again)).toMatchObject({
      status: 422,
      message: expect.stringMatching(/already_exists/),
    });
    const [asset] = await starter();
    await octokit.repos.deleteReleaseAsset({ ...PLACE, asset_id: asset?.id ?? 0 });
    await upload(draft, 'a.bin', 'x');
    expect(github.violations()).toEqual([]);
  });
});

test('an immutable release and its tag stay as they were published', async () => {
  await github.createRepository('acme/sdk', { immutableReleases: true });
  const draft = await release('v1', { draft: true });
  const asset = await upload(draft, 'a.txt', 'a');
  const id = { ...PLACE, release_id: draft.id };
  expect((await octokit.repos.updateRelease({ ...id, draft: false })).data.immutable).toBe(true);
  const refused = [
    upload(draft, 'b.txt', 'b'),
    octokit.repos.deleteReleaseAsset({ ...PLACE, asset_id: asset.id }),
    octokit.repos.updateRelease({ ...id, tag_name: 'v2' }),
    octokit.repos.updateRelease({ ...id, draft: true }),
    octokit.git.deleteRef({ ...PLACE, ref: 'tags/v1' }),
    octokit.git.updateRef({ ...PLACE, ref: 'tags/v1', sha: first, force: true }),
  ];
  for (const work of refused) expect(await refusal(work)).toMatchObject({ status: 422 });
  await octokit.repos.updateRelease({ ...id, body: 'Notes' });
  await octokit.repos.deleteRelease(id);
  await git('update-ref', '-d', 'refs/tags/v1');
  expect(await refusal(release('v1'))).toMatchObject({
    message: expect.stringMatching(/used by an immutable release/),
  });
  const ref = octokit.git.createRef({ ...PLACE, ref: 'refs/tags/v1', sha: first });
  expect(await refusal(ref)).toMatchObject({ status: 422 });
  const setting = await octokit.request('GET /repos/{owner}/{repo}/immutable-releases', PLACE);
  expect(setting.data).toEqual({ enabled: true, enforced_by_owner: false });
  expect(github.violations()).toEqual([]);
});

describe('rights', () => {
  test('says what a token may do, and refuses the rest', async () => {
    await github.createRepository('acme/secret', { private: true });
    const permissions = async (auth?: string) =>
      (await client(auth).repos.get(PLACE)).data.permissions;
    expect(await permissions(github.token)).toMatchObject({ push: true, admin: true });
    const reader = github.createToken({ repositories: 'read' });
    expect(await permissions(reader)).toMatchObject({ push: false, pull: true });
    const app = github.createToken({ isInstallation: true });
    expect(await permissions(app)).toMatchObject({ push: false, pull: false });
    expect(await permissions()).toBeUndefined();
    const secret = { owner: 'acme', repo: 'secret' };
    expect(await refusal(client().repos.get(secret))).toMatchObject({ status: 404 });
    const none = client(github.createToken({ repositories: 'none' }));
    expect(await refusal(none.repos.get(secret))).toMatchObject({ status: 404 });
    expect(await refusal(client('wrong').repos.get(PLACE))).toMatchObject({ status: 401 });
    const make = (auth: string) =>
      client(auth).repos.createRelease({ ...PLACE, tag_name: 'v1', draft: true });
    expect(await refusal(make(reader))).toMatchObject({ status: 403 });
    await make(app);
    expect(await refusal(client(app).users.getAuthenticated())).toMatchObject({ status: 403 });
    expect(github.violations()).toEqual([]);
  });

  test('git asks for the same tokens', async () => {
    await github.createRepository('acme/secret', { private: true });
    const ask = async (path: string, token?: string) => {
      const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
      const headers = token === undefined ? {} : { authorization };
      return (await fetch(`${github.url}/${path}`, { headers })).status;
    };
    const reads = 'acme/secret.git/info/refs?service=git-upload-pack';
    const writes = 'acme/sdk.git/info/refs?service=git-receive-pack';
    expect(await ask(reads)).toBe(401);
    expect(await ask(reads, github.token)).toBe(200);
    expect(await ask(writes, github.createToken({ repositories: 'read' }))).toBe(403);
    expect(await ask(writes, github.token)).toBe(200);
  });
});

test('refuses for a while when it is told to, in two ways', async () => {
  github.limit({ kind: 'primary', requests: 1, seconds: 60 });
  const primary = await refusal(octokit.repos.get(PLACE));
  expect(primary).toMatchObject({
    status: 403,
    response: { headers: { 'x-ratelimit-remaining': '0' } },
  });
  expect(primary.response?.headers).not.toHaveProperty('retry-after');
  github.limit({ kind: 'secondary', requests: 1, seconds: 7, status: 429, writesOnly: true });
  await octokit.repos.get(PLACE);
  expect(await refusal(release('v1'))).toMatchObject({
    status: 429,
    response: { headers: { 'retry-after': '7' } },
  });
  await release('v1');
  expect(github.violations()).toEqual([]);
});

test('creates repositories of organisations and of users', async () => {
  const { data } = await octokit.repos.createInOrg({ org: 'acme', name: 'new', auto_init: true });
  expect(data.full_name).toBe('acme/new');
  expect(await git('-C', github.path('acme/new'), 'log', '--format=%s', 'main')).toMatch(/Initial/);
  const again = octokit.repos.createInOrg({ org: 'acme', name: 'new' });
  expect(await refusal(again)).toMatchObject({
    status: 422,
    message: expect.stringMatching(/already exists/),
  });
  const jo = client(github.createToken({ login: 'jo' }));
  await jo.repos.createForAuthenticatedUser({ name: 'own', private: true });
  expect((await jo.repos.get({ owner: 'jo', repo: 'own' })).data.private).toBe(true);
  const poor = client(github.createToken({ createsRepositories: false }));
  expect(await refusal(poor.repos.createInOrg({ org: 'acme', name: 'x' }))).toMatchObject({
    status: 403,
  });
  expect(await refusal(octokit.repos.createInOrg({ org: 'none', name: 'x' }))).toMatchObject({
    status: 404,
  });
  expect((await octokit.users.getByUsername({ username: 'acme' })).data.type).toBe('Organization');
  expect((await jo.users.getAuthenticated()).data.login).toBe('jo');
  expect(github.violations()).toEqual([]);
});

describe('container packages', () => {
  const container = { package_type: 'container', package_name: 'sdk/image' } as const;

  test('lists versions newest first, in pages, and deletes all but the last with a tag', async () => {
    const versions = Array.from({ length: 35 }, (_, n) => ({
      digest: `sha256:${`${n}`.padStart(64, '0')}`,
      tags: n === 0 ? ['1.0.0'] : [],
    }));
    const ids = github.addContainerVersions('acme/sdk/image', versions);
    const list = octokit.packages.getAllPackageVersionsForPackageOwnedByOrg;
    const all = await octokit.paginate(list, { org: 'acme', ...container });
    expect(all.map(({ id }) => id)).toEqual(ids.toReversed());
    expect(all.at(-1)?.metadata?.container?.tags).toEqual(['1.0.0']);
    const version = (n: number) => ({
      org: 'acme',
      ...container,
      package_version_id: ids[n] ?? 0,
    });
    await octokit.packages.deletePackageVersionForOrg(version(3));
    const gone = octokit.packages.getPackageVersionForOrganization(version(3));
    expect(await refusal(gone)).toMatchObject({ status: 404 });
    const last = octokit.packages.deletePackageVersionForOrg(version(0));
    expect(await refusal(last)).toMatchObject({ status: 400 });
    const { data } = await octokit.packages.getPackageForOrganization({
      org: 'acme',
      ...container,
    });
    expect(data.version_count).toBe(34);
    expect(github.violations()).toEqual([]);
  });

  test('has those of users at another path, and asks for the scope', async () => {
    const [id = 0] = github.addContainerVersions('jo/sdk/image', [
      { digest: 'sha256:a', tags: ['dev'] },
      { digest: 'sha256:b', tags: ['1'] },
    ]);
    const user = { username: 'jo', ...container };
    const list = octokit.packages.getAllPackageVersionsForPackageOwnedByUser;
    expect(await octokit.paginate(list, { ...user, per_page: 1 })).toHaveLength(2);
    const wrong = octokit.packages.getAllPackageVersionsForPackageOwnedByOrg({
      org: 'jo',
      ...container,
    });
    expect(await refusal(wrong)).toMatchObject({ status: 404 });
    const remove = (auth: string) =>
      client(auth).packages.deletePackageVersionForUser({ ...user, package_version_id: id });
    const reader = github.createToken({ packages: 'read' });
    expect(await refusal(remove(reader))).toMatchObject({ status: 403 });
    await remove(github.token);
    const none = client(github.createToken({ packages: 'none' }));
    const refused = none.packages.getPackageForUser(user);
    expect(await refusal(refused)).toMatchObject({ status: 403 });
    expect(github.violations()).toEqual([]);
  });
});

describe('what is not as GitHub documents it is recorded', () => {
  test.each([
    ['an unknown path', 'GET', '/repos/acme/sdk/nothing', undefined, /no such operation/],
    [
      'an unknown parameter',
      'GET',
      '/repos/acme/sdk/releases?per=1',
      undefined,
      /no parameter per/,
    ],
    [
      'a wrong type',
      'POST',
      '/repos/acme/sdk/releases',
      { tag_name: 1 },
      /tag_name must be string/,
    ],
    ['a missing property', 'POST', '/repos/acme/sdk/releases', {}, /required property 'tag_name'/],
    [
      'an unknown property',
      'POST',
      '/repos/acme/sdk/releases',
      { tag_name: 'v1', tag: 'v1' },
      /no property tag/,
    ],
  ])('%s', async (_, method, path, body, expected) => {
    const answer = await fetch(`${github.apiUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${github.token}` },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(github.violations()).toEqual([expect.stringMatching(expected)]);
  });

  test('an upload at the address of the API, as octokit sends it without upload_url', async () => {
    const draft = await release('v1', { draft: true });
    const path = `/repos/acme/sdk/releases/${draft.id}/assets?name=a`;
    const answer = await fetch(`${github.apiUrl}${path}`, { method: 'POST', body: 'a' });
    expect(answer.status).toBe(404);
    expect(github.violations()).toHaveLength(1);
  });

  test('an answer, too', () => {
    const document = githubDocument();
    const found = document.find('GET', '/repos/acme/sdk/releases/latest');
    if (found === undefined) throw new Error('no operation');
    expect(found.operation.id).toBe('repos/get-latest-release');
    const check = document.checkAnswer.bind(document, found.operation);
    expect(check(200, { id: 'one' })).toContain("200 must have required property 'tag_name'");
    expect(check(200, { id: 'one' })).toContain('200/id must be integer');
    expect(check(201, {})).toEqual(['it never answers 201']);
    expect(check(403, {})).toEqual(["403 must have required property 'message'"]);
    expect(check(403, { message: 'no' })).toEqual([]);
  });
});
