import { startGitHost, startRecordingProxy } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import {
  createHttp,
  createProcesses,
  type Http,
  HttpError,
  type HttpResponse,
  Secret,
} from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { openAccess } from '../src/access.ts';
import type { GoModuleOptions } from '../src/options.ts';
import { BRANCH, git, type LabOptions, openLab } from './lab.ts';

const { signal } = new AbortController();

/** What `check` says of a host, and where tokens went: `http` answers for the host. */
async function ask(
  url: string,
  env: Record<string, string>,
  { inPlace = false, ...options }: LabOptions = {},
): Promise<{ codes: string[]; sent: string[] }> {
  const sent: string[] = [];
  const http: Http = {
    request({ credential, url: asked }) {
      sent.push(
        credential?.scheme === 'basic'
          ? `${credential.user}:${credential.password.reveal()} to ${credential.origin}`
          : 'nothing',
      );
      const headers = new Headers({
        'content-type': 'application/x-git-receive-pack-advertisement',
      });
      // All that is looked at.
      return Promise.resolve({ status: 200, headers, url: asked } as HttpResponse);
    },
  };
  const processes = createProcesses();
  const problems = await openAccess(url, {
    directory: '.',
    ...(inPlace ? {} : { mirror: url }),
    ...options,
    ports: { http, env, processes },
  }).check(signal);
  return { codes: problems.map(({ code }) => code), sent };
}

describe('the token', () => {
  const GITHUB = 'https://github.com/o/r.git';
  const OTHER = 'https://git.example.org/o/r.git';

  test('of the environment goes to GitHub, and GITHUB_TOKEN nowhere else', async () => {
    const env = { GITHUB_TOKEN: 'ghs_1', GO_MIRROR_TOKEN: 'own_1' };
    expect((await ask(GITHUB, env)).sent).toEqual(['x-access-token:own_1 to https://github.com']);
    expect((await ask(GITHUB, { GITHUB_TOKEN: 'ghs_1', GO_MIRROR_TOKEN: '' })).sent).toEqual([
      'x-access-token:ghs_1 to https://github.com',
    ]);
    expect((await ask(OTHER, env)).sent).toEqual([
      'x-access-token:own_1 to https://git.example.org',
    ]);
    expect(await ask(OTHER, { GITHUB_TOKEN: 'ghs_1' })).toEqual({
      codes: ['go-no-token'],
      sent: [],
    });
    expect(await ask('https://github.com.example.org/o/r.git', { GITHUB_TOKEN: 'ghs_1' })).toEqual({
      codes: ['go-no-token'],
      sent: [],
    });
    expect((await ask(GITHUB, env, { inPlace: true })).sent).toEqual([
      'x-access-token:ghs_1 to https://github.com',
    ]);
    expect(await ask(OTHER, env, { inPlace: true })).toEqual({ codes: ['go-no-token'], sent: [] });
  });

  test('given as an option comes first, whatever its form', async () => {
    for (const token of ['mine', new Secret('mine'), () => 'mine'] as const) {
      expect((await ask(OTHER, { GO_MIRROR_TOKEN: 'own_1' }, { token, user: 'ada' })).sent).toEqual(
        ['ada:mine to https://git.example.org'],
      );
    }
  });

  test('given as an option that is empty or undefined is none: the environment’s is not used', async () => {
    for (const token of ['', undefined])
      expect(await ask(GITHUB, { GITHUB_TOKEN: 'ghs_1' }, { token })).toEqual({
        codes: ['go-no-token'],
        sent: [],
      });
  });

  test('is not sent in the clear', async () => {
    await expect(
      ask('http://git.example.org/o/r.git', { GO_MIRROR_TOKEN: 'own_1' }),
    ).rejects.toThrow(/has to be https/);
  });
});

describe('check', () => {
  const answers = [
    [401, 'go-unauthorized', 'authentication'],
    [403, 'go-unauthorized', 'authentication'],
    [404, 'go-repository-not-found', 'incomplete'],
    [429, 'go-unreachable', 'incomplete'],
    [503, 'go-unreachable', 'incomplete'],
    [418, 'go-git-failed', 'incomplete'],
  ] as const;
  test.each(answers)('says of %i: %s', async (status, code, kind) => {
    const fault = (): { readonly kind: 'status'; readonly status: number } => ({
      kind: 'status',
      status,
    });
    await using proxy = await startRecordingProxy('http://127.0.0.1:9', { fault });
    const http = createHttp({ sleep: () => Promise.resolve() });
    const problems = await openAccess(`${proxy.url}/o/r.git`, {
      directory: '.',
      mirror: 'x',
      token: 'own_1',
      ports: { http },
    }).check(signal);
    expect(problems).toMatchObject([{ code, kind, effect: 'none' }]);
    expect(problems[0]?.message).toContain(String(status));
    expect(proxy.requests[0]).toMatchObject({
      method: 'GET',
      path: '/o/r.git/info/refs?service=git-receive-pack',
      authorization: true,
    });
  });

  test('refuses a page that is no git host, and does not follow a redirect', async () => {
    await using elsewhere = await startRecordingProxy('http://127.0.0.1:9', {
      fault: () => ({ kind: 'status', status: 200, body: '<html>' }),
    });
    const page = await openAccess(`${elsewhere.url}/o/r.git`, {
      directory: '.',
      token: 'own_1',
    }).check(signal);
    expect(page).toMatchObject([
      { code: 'go-git-failed', message: expect.stringContaining('not a git host') as string },
    ]);
    elsewhere.clear();
    const location = `${elsewhere.url}/o/new.git/info/refs?service=git-receive-pack`;
    await using moved = await startRecordingProxy('http://127.0.0.1:9', {
      fault: () => ({ kind: 'status', status: 301, headers: { location } }),
    });
    const problems = await openAccess(`${moved.url}/o/r.git`, {
      directory: '.',
      token: 'own_1',
    }).check(signal);
    expect(problems).toMatchObject([
      {
        code: 'go-repository-moved',
        message: expect.stringContaining(`${elsewhere.url}/o/new.git`) as string,
      },
    ]);
    expect(elsewhere.requests.map(({ authorization }) => authorization)).toEqual([false]);
  });

  test('throws a bug as it is, and reports that a host did not answer', async () => {
    const failing = (cause: Error): ReturnType<ReturnType<typeof openAccess>['check']> => {
      const http: Http = { request: () => Promise.reject(cause) };
      return openAccess('https://git.example.org/o/r.git', {
        directory: '.',
        token: 'own_1',
        ports: { http },
      }).check(signal);
    };
    expect(
      await failing(new HttpError('refused', 'GET https://git.example.org', 'nothing listens')),
    ).toMatchObject([{ code: 'go-unreachable' }]);
    expect(
      await failing(new HttpError('redirect', 'GET https://git.example.org', 'too many')),
    ).toMatchObject([{ code: 'go-repository-moved' }]);
    await expect(failing(new TypeError('a bug'))).rejects.toThrow('a bug');
  });

  needs('git')('of a host without HTTP', () => {
    test('reads the repository: an empty one is accepted, a missing one is a problem', async () => {
      await using lab = await openLab();
      const open = (url: string): ReturnType<typeof openAccess> =>
        openAccess(url, { directory: '.', mirror: url });
      expect(await open(`file://${lab.bare}`).check(signal)).toEqual([]);
      expect(await open(lab.bare).check(signal)).toEqual([]);
      expect(await open(`${lab.bare}-missing`).check(signal)).toMatchObject([
        { code: 'go-repository-not-found', rerun: 'after-fix' },
      ]);
      const sha = lab.commit();
      const run = await lab.run(sha, BRANCH, { mirror: `file://${lab.bare}` });
      expect(run).toMatchObject({
        problems: [],
        published: [{ outcome: 'published' }],
        moves: [{ outcome: 'moved' }],
      });
    });
  });

  needs('git')('of a real host', () => {
    test('accepts the right token, and names each failure', async () => {
      await using lab = await openLab();
      const sha = lab.commit();
      const codes = async (options: Partial<GoModuleOptions>): Promise<string[]> => {
        const { publisher, plan, step } = await lab.open(sha, BRANCH, options);
        return (await publisher.check(plan, step)).map(({ code }) => code);
      };
      expect(await codes({})).toEqual([]);
      expect(await codes({ token: 'wrong-0123456789' })).toEqual(['go-unauthorized']);
      expect(await codes({ token: '' })).toEqual(['go-no-token']);
      expect(await codes({ mirror: `${lab.host.url}/o/none.git` })).toEqual([
        'go-repository-not-found',
      ]);
      await using other = await startGitHost({ repositories: ['ameideio/ameide-sdk-go'] });
      expect(await codes({ mirror: `${other.url}/ameideio/ameide-sdk-go.git` })).toEqual([
        'go-unauthorized',
      ]);
      expect(lab.proxy.mutating()).toEqual([]);
      expect(git(lab.bare, ['for-each-ref'])).toBe('');
    });
  });
});
