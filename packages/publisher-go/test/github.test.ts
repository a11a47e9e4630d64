import {
  type Fault,
  type FaultSubject,
  type Recorded,
  type RunningGithub,
  recorded,
  startGithub,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { goModule } from '../src/index.ts';
import { BRANCH, type Lab, type LabOptions, openLab, tagRef } from './lab.ts';

// A mirror on GitHub. The stand-in answers its API and git over HTTP, of the same repositories.

const NAME = 'ameideio/ameide-sdk-go';

let lab: Lab;
let world: Recorded<RunningGithub>;
let github: RunningGithub;
let fault: ((subject: FaultSubject) => Fault | undefined) | undefined;

beforeEach(async () => {
  fault = undefined;
  lab = await openLab();
  world = await recorded(startGithub({ repositories: ['ameideio/ameide'], users: ['ada'] }), {
    fault: (subject) => fault?.(subject),
  });
  github = world.registry;
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await Promise.all([lab, world].map((one) => one[Symbol.asyncDispose]()));
});

/** The options of a mirror on the stand-in. */
function on(more: LabOptions = {}, name = NAME): LabOptions {
  return {
    mirror: `${world.proxy.url}/${name}.git`,
    github: { baseUrl: `${world.proxy.url}/api/v3` },
    token: github.token,
    user: 'x-access-token',
    ...more,
  };
}

/** What `check` says. */
async function check(options: LabOptions) {
  const { publisher, plan, step } = await lab.open(lab.commit(), BRANCH, options);
  return publisher.check(plan, step);
}

function refs(name = NAME): readonly string[] {
  return runGit(github.path(name), ['for-each-ref', '--format=%(refname)']).split('\n');
}

async function shown(name = NAME): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${github.token}` };
  const response = await fetch(`${github.apiUrl}/repos/${name}`, { headers });
  return (await response.json()) as Record<string, unknown>;
}

const written = (): readonly string[] =>
  world.proxy.mutating().map(({ method, path }) => `${method} ${path}`);

needs('git')('check of a mirror on GitHub', () => {
  test('says that it is missing, and names the option that creates it', async () => {
    expect(await check(on())).toMatchObject([
      {
        code: 'go-mirror-missing',
        kind: 'incomplete',
        effect: 'none',
        rerun: 'after-fix',
        message: expect.stringContaining('may not see it') as string,
        hint: expect.stringContaining('createRepository: true') as string,
      },
    ]);
    expect(written()).toEqual([]);
  });

  test('says the same of one that the token may not see', async () => {
    await github.createRepository(NAME, { private: true });
    const token = github.createToken({ repositories: 'none' });
    expect(await check(on({ token }))).toMatchObject([{ code: 'go-mirror-missing' }]);
  });

  test('says that it is archived or disabled', async () => {
    await github.createRepository(NAME, { archived: true });
    expect(await check(on())).toMatchObject([{ code: 'go-mirror-archived', rerun: 'after-fix' }]);
    await github.createRepository(NAME, { archived: false, disabled: true });
    expect(await check(on())).toMatchObject([{ code: 'go-mirror-disabled', rerun: 'after-fix' }]);
  });

  test('says that the token may not push, of an app’s token too', async () => {
    await github.createRepository(NAME);
    for (const isInstallation of [false, true]) {
      const token = github.createToken({ repositories: 'read', isInstallation });
      expect(await check(on({ token }))).toMatchObject([
        { code: 'go-mirror-read-only', kind: 'authentication' },
      ]);
    }
  });

  test('takes an app’s token that may push, although GitHub shows no permissions of it', async () => {
    await github.createRepository(NAME);
    const token = github.createToken({ repositories: 'push', isInstallation: true });
    expect(await check(on({ token }))).toEqual([]);
  });

  test('names a wrong token, no token, and no answer for what they are', async () => {
    await github.createRepository(NAME);
    expect(await check(on({ token: 'ghp_wrong0123456789' }))).toMatchObject([
      { code: 'go-github-unauthorized', kind: 'authentication' },
    ]);
    world.proxy.clear();
    expect(await check(on({ token: '' }))).toMatchObject([{ code: 'go-no-token' }]);
    expect(world.proxy.requests).toEqual([]);
    fault = () => ({ kind: 'status', status: 503 });
    expect(await check(on())).toMatchObject([{ code: 'go-github-unavailable', rerun: 'safe' }]);
  });

  test('waits for a rate limit', async () => {
    await github.createRepository(NAME);
    github.limit({ requests: 1, kind: 'secondary', seconds: 1 });
    expect(await check(on())).toEqual([]);
  });

  test('asks the API only where it is known', async () => {
    await lab.run(lab.commit(), BRANCH);
    await github.createRepository(NAME);
    const { github: _, ...elsewhere } = on();
    expect(await check(elsewhere)).toEqual([]);
    const asked = [...world.proxy.requests, ...lab.proxy.requests].map(({ path }) => path);
    expect(asked.filter((path) => path.includes('/api/'))).toEqual([]);
  });
});

needs('git')('createRepository', () => {
  const create = (more: LabOptions = {}, name = NAME): LabOptions =>
    on({ createRepository: true, ...more }, name);

  test('creates it in publish, private and empty, and pushes into it; again writes nothing', async () => {
    const sha = lab.commit();
    const { publisher, plan, step } = await lab.open(sha, tagRef('v0.1.0'), create());
    expect(await publisher.check(plan, step)).toEqual([]);
    expect(await publisher.inspect({ plan }, step)).toMatchObject([{ state: 'absent' }]);
    expect(await publisher.pointers?.(plan, step)).toMatchObject([
      { pointer: { pointer: 'main' } },
    ]);
    expect(await publisher.versions?.(plan, step)).toMatchObject({ value: { versions: [] } });
    expect(written()).toEqual([]);
    expect(await lab.run(sha, tagRef('v0.1.0'), create())).toMatchObject({
      problems: [],
      published: [{ outcome: 'published' }],
      moves: [{ outcome: 'moved' }],
    });
    expect(refs()).toEqual(['refs/heads/main', `refs/tags/source-${sha}`, 'refs/tags/v0.1.0']);
    expect(await shown()).toMatchObject({ private: true, full_name: NAME });
    expect(written()[0]).toBe('POST /api/v3/orgs/ameideio/repos');
    world.proxy.clear();
    expect(await lab.run(sha, tagRef('v0.1.0'), create())).toMatchObject({ problems: [] });
    expect(written()).toEqual([]);
  });

  test('says in check and in publish what it creates', async () => {
    const events: unknown[] = [];
    const { publisher, plan, step } = await lab.open(lab.commit(), BRANCH, create());
    const noting = { ...step, emit: (event: unknown) => void events.push(event) };
    await publisher.check(plan, noting);
    expect(events).toMatchObject([
      { isNote: true, message: `publish creates the private repository ${NAME} on GitHub` },
    ]);
  });

  test('creates a public one with a description if asked, of an organisation or of the token’s user', async () => {
    const settings = { private: false, description: 'The SDK for Go' };
    const run = await lab.run(lab.commit(), BRANCH, create({ createRepository: settings }));
    expect(run).toMatchObject({ problems: [], published: [{ outcome: 'published' }] });
    expect(await shown()).toMatchObject({ private: false });
    const token = github.createToken({ login: 'ada' });
    const own = create({ token }, 'ada/sdk');
    expect(await lab.run(lab.commit(), BRANCH, own)).toMatchObject({ problems: [] });
    expect(await shown('ada/sdk')).toMatchObject({ private: true, owner: { login: 'ada' } });
  });

  test('never creates one in another account', async () => {
    const codes = async (options: LabOptions): Promise<readonly string[]> =>
      (await lab.run(lab.commit(), BRANCH, options)).problems.map(({ code }) => code);
    expect(await codes(create({}, 'ada/sdk'))).toEqual(['go-mirror-owner']);
    expect(await codes(create({}, 'nobody/sdk'))).toEqual(['go-mirror-owner']);
    const token = github.createToken({ isInstallation: true });
    expect(await codes(create({ token }, 'ada/sdk'))).toEqual(['go-mirror-owner']);
    expect(written()).toEqual([]);
  });

  test('leaves an existing one alone', async () => {
    await github.createRepository(NAME);
    expect(await lab.run(lab.commit(), BRANCH, create())).toMatchObject({ problems: [] });
    expect(await shown()).toMatchObject({ private: false });
    expect(written().filter((line) => line.includes('/api/'))).toEqual([]);
  });

  test.each([
    ['lost after it was created', { kind: 'reset', forward: true }],
    ['lost before it was created', { kind: 'reset' }],
    ['503 after it was created', { kind: 'status', status: 503, forward: true }],
  ] as const)('converges when the answer is %s', async (_, broken) => {
    fault = ({ count, path }) => (path.endsWith('/repos') && count === 1 ? broken : undefined);
    expect(await lab.run(lab.commit(), BRANCH, create())).toMatchObject({
      problems: [],
      published: [{ outcome: 'published' }],
    });
    expect(refs()).toContain('refs/heads/dev');
  });

  test('converges when another run creates it at the same time', async () => {
    const sha = lab.commit();
    const runs = await Promise.all([1, 2].map(async () => lab.run(sha, BRANCH, create())));
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(refs()).toEqual(['refs/heads/dev', `refs/tags/source-${sha}`]);
  });

  test('that another run has created in between is read again', async () => {
    const sha = lab.commit();
    const run = await lab.open(sha, BRANCH, create());
    const built = await run.build();
    let hidden = 1;
    fault = ({ method, path }) =>
      method === 'GET' && path.endsWith(`/repos/${NAME}`) && hidden-- > 0
        ? { kind: 'status', status: 404, body: '{"message":"Not Found"}' }
        : undefined;
    await github.createRepository(NAME);
    expect(await run.publisher.publish(run.plan, built, run.step)).toMatchObject([
      { outcome: 'published' },
    ]);
    expect(await shown()).toMatchObject({ private: false });
  });

  test('that the token may not create is reported, and nothing is pushed', async () => {
    const token = github.createToken({ createsRepositories: false });
    const run = await lab.run(lab.commit(), BRANCH, create({ token }));
    expect(run.published).toMatchObject([
      {
        outcome: 'incomplete',
        problem: {
          code: 'go-mirror-not-created',
          kind: 'authentication',
          hint: expect.stringContaining('Administration') as string,
        },
      },
    ]);
    expect(await shown()).toMatchObject({ message: 'Not Found' });
  });

  test('of a name that is hidden from the token is reported', async () => {
    await github.createRepository(NAME, { private: true });
    const token = github.createToken({ repositories: 'none' });
    const run = await lab.run(lab.commit(), BRANCH, create({ token }));
    expect(run.published).toMatchObject([
      {
        outcome: 'incomplete',
        problem: {
          code: 'go-mirror-not-created',
          message: expect.stringContaining('name already exists') as string,
        },
      },
    ]);
  });

  test('whose outcome is unknown says so', async () => {
    const run = await lab.open(lab.commit(), BRANCH, create());
    const built = await run.build();
    let sent = false;
    fault = ({ method, path }) => {
      sent ||= method === 'POST' && path.endsWith('/repos');
      return sent ? { kind: 'reset' } : undefined;
    };
    expect(await run.publisher.publish(run.plan, built, run.step)).toMatchObject([
      { outcome: 'unknown', problem: { code: 'go-github-outcome-unknown', rerun: 'safe' } },
    ]);
  });
});

describe('the options github and createRepository', () => {
  const MIRROR = 'https://github.com/ameideio/sdk.git';
  const ELSEWHERE = 'https://git.example.org/ameideio/sdk.git';
  const api = { baseUrl: 'https://git.example.org/api/v3' };
  test.each([
    ['createRepository', { mirror: ELSEWHERE, createRepository: true }],
    ['createRepository', { mirror: 'git@github.com:o/r.git', createRepository: true }],
    ['createRepository', { createRepository: true }],
    ['createRepository', { mirror: MIRROR, createRepository: { visibility: 'public' } }],
    ['github', { github: api }],
    ['github', { mirror: 'https://git.example.org/a/b/c.git', github: api }],
    ['github.baseUrl', { mirror: MIRROR, github: api }],
    [
      'github.baseUrl',
      { mirror: ELSEWHERE, github: { baseUrl: 'https://other.example.org/api/v3' } },
    ],
    ['github.baseUrl', { mirror: ELSEWHERE, github: { baseUrl: 'http://git.example.org/api/v3' } }],
  ])('refuses a wrong %s: %j', (field, options) => {
    expect(() => goModule({ directory: 'sdk', ...options } as never)).toThrow(
      expect.objectContaining({
        name: 'InvalidInputError',
        field: expect.stringMatching(new RegExp(`^${field}`)) as string,
      }) as Error,
    );
  });

  test.each([
    { mirror: MIRROR, createRepository: true },
    { mirror: 'https://github.com/ameideio/sdk', createRepository: { private: false } },
    { mirror: ELSEWHERE, github: api, createRepository: true },
    {
      mirror: 'https://acme.ghe.com/o/r.git',
      github: { baseUrl: 'https://api.acme.ghe.com' },
      createRepository: { description: 'SDK' },
    },
  ])('takes %j', (options) => {
    expect(goModule({ directory: 'sdk', ...options }).label).toBe('goModule(sdk)');
  });
});
