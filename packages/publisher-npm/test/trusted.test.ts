import { readPackage } from '@ameide/local-registries';
import { describe, expect, test } from 'vitest';
import type { Run } from './support/publishing.ts';
import { OTHER_SHA, type ReleaseOptions, releaseChannel } from './support/release.ts';
import {
  checked,
  EXCHANGE,
  emptyTrustingWorld,
  expectNoSecret,
  notesOf,
  type TrustedOptions,
  type TrustingWorld,
  trustedRun,
  trustingWorld,
} from './support/trusting.ts';

const UPLOAD = 'PUT /@x%2fa';
const RELEASE: ReleaseOptions = { channel: releaseChannel('0.1.0') };
const DEV_VERSION = '0.1.0-dev.20251113153211';

const tags = async (world: TrustingWorld): Promise<object | undefined> =>
  (await readPackage(world.registry.url, '@x/a'))?.tags;

/** Does what the engine does after the builds. */
async function publishAll(run: Run): Promise<object> {
  const published = await run.publish();
  return { published, moves: await run.publisher.promote?.(run.plan, run.step) };
}

describe('a version', () => {
  test.each([
    ['release', RELEASE, '0.1.0', 'latest', '0.0.1'],
    ['dev build', {}, DEV_VERSION, 'dev', undefined],
  ])(
    'a %s is uploaded under its own dist-tag, in one write',
    async (_, release, version, tag, from) => {
      const world = await trustingWorld();
      const run = await trustedRun(world, release);
      expect(run.publisher.visibleOn).toBe('publish');
      expect(await checked(run)).toEqual([]);
      expect(notesOf(run.events)).toEqual([
        expect.stringMatching(
          new RegExp(`^npm:@x/a is published .* GitHub Actions job .* moves the dist-tag ${tag}`),
        ),
      ]);
      const outcome = await publishAll(run);
      expect(outcome).toMatchObject({
        published: { outcome: 'published' },
        moves: [
          { outcome: 'moved', pointer: { pointer: tag }, ...(from === undefined ? {} : { from }) },
        ],
      });
      expect(await tags(world)).toEqual({ latest: '0.0.1', [tag]: version });
      expect(world.writes()).toEqual([UPLOAD]);
      expect(world.proxy.requests.filter(({ path }) => path === EXCHANGE)).toHaveLength(2);
      expectNoSecret(world, [outcome, run.events, run.plan]);
    },
  );

  test('that is there is not written again, and asks for no token', async () => {
    const world = await trustingWorld();
    await publishAll(await trustedRun(world, RELEASE));
    world.proxy.clear();
    const again = await trustedRun(world, RELEASE);
    expect(await checked(again)).toEqual([]);
    expect(await publishAll(again)).toMatchObject({
      published: { outcome: 'already-there' },
      moves: [{ outcome: 'already' }],
    });
    expect(world.writes()).toEqual([]);
    expect(world.proxy.requests.some(({ path }) => path === EXCHANGE)).toBe(false);
  });

  test('whose upload was stored and answered with 503 is not sent again', async () => {
    const world = await trustingWorld();
    const run = await trustedRun(world, RELEASE);
    world.fault = ({ count, method }) =>
      method === 'PUT' && count === 1 ? { kind: 'status', status: 503, forward: true } : undefined;
    expect(await publishAll(run)).toMatchObject({
      published: { outcome: 'published' },
      moves: [{ outcome: 'moved' }],
    });
    expect(world.writes()).toEqual([UPLOAD]);
  });

  test('that is older than what its dist-tag names goes under `incoming`, which a note says', async () => {
    const world = await trustingWorld();
    await publishAll(await trustedRun(world, RELEASE));
    const older = { base: '0.0.2', channel: releaseChannel('0.0.2'), sha: OTHER_SHA };
    const run = await trustedRun(world, older);
    expect(await checked(run)).toEqual([]);
    expect(await publishAll(run)).toMatchObject({
      published: { outcome: 'published' },
      moves: [{ outcome: 'superseded', from: '0.1.0' }],
    });
    expect(await tags(world)).toEqual({ latest: '0.1.0', incoming: '0.0.2' });
    expect(notesOf(run.events).at(-1)).toContain('dist-tag incoming of npm:@x/a names 0.0.2');
  });
});

test.each(['GITLAB_CI', 'CIRCLECI'])(
  'a job with %s has its identity token in NPM_ID_TOKEN, for each package',
  async (ci) => {
    const world = await trustingWorld();
    const NPM_ID_TOKEN = world.issuer.token({ aud: 'npm:127.0.0.1' });
    const run = await trustedRun(world, RELEASE, {
      env: { GITHUB_ACTIONS: '', [ci]: 'true', NPM_ID_TOKEN },
    });
    expect(await checked(run)).toEqual([]);
    expect(await publishAll(run)).toMatchObject({ published: { outcome: 'published' } });
    expect(world.issuer.requests).toEqual([]);
    expectNoSecret(world, run.events);
  },
);

describe('a token that is set', () => {
  test.each([
    ['the option', { token: 'npm_given' }],
    ['NPM_TOKEN', { env: { NPM_TOKEN: 'npm_given' } }],
    ['NODE_AUTH_TOKEN', { env: { NODE_AUTH_TOKEN: 'npm_given' } }],
  ])('wins: nothing is exchanged (%s)', async (_, given) => {
    const world = await trustingWorld();
    const run = await trustedRun(world, RELEASE, given);
    expect(run.publisher.visibleOn).toBe('promote');
    await checked(run);
    expect(world.issuer.requests).toEqual([]);
    expect(world.proxy.requests.some(({ path }) => path === EXCHANGE)).toBe(false);
  });
});

test('what actions/setup-node sets without a token is none', async () => {
  const world = await trustingWorld();
  const env = { NODE_AUTH_TOKEN: 'XXXXX-XXXXX-XXXXX-XXXXX' };
  const run = await trustedRun(world, RELEASE, { env });
  expect(run.publisher.visibleOn).toBe('publish');
});

describe('refused before anything is sent', () => {
  async function refusal(
    world: TrustingWorld,
    release: ReleaseOptions = RELEASE,
    options: TrustedOptions = {},
  ): Promise<unknown> {
    const run = await trustedRun(world, release, options);
    const problems = await checked(run);
    const published = await run.publish();
    expect(published.problem).toEqual(problems[0]);
    expect(world.writes()).toEqual([]);
    expectNoSecret(world, [problems, run.events]);
    return problems;
  }

  test('the first version of a package', async () => {
    const world = await emptyTrustingWorld();
    const problems = await checked(await trustedRun(world, RELEASE));
    expect(problems).toMatchObject([
      { code: 'npm-trusted-first-publish', kind: 'authentication', effect: 'none' },
    ]);
    expect(world.proxy.requests.some(({ path }) => path === EXCHANGE)).toBe(false);
  });

  test('two dist-tags to move', async () => {
    const world = await trustingWorld();
    const distTags = { release: ['latest', 'release-X.Y'] };
    const run = await trustedRun(world, RELEASE, { distTags });
    const problems = await checked(run);
    expect(problems).toMatchObject([
      { code: 'npm-trusted-tags', message: expect.stringContaining('latest and release-0.1') },
    ]);
    expect((await run.publish()).problem).toEqual(problems[0]);
    expect(world.writes()).toEqual([]);
  });

  test('a dist-tag at a commit that this clone does not have: no later run could move it', async () => {
    const world = await trustingWorld();
    const stranger = { sha: OTHER_SHA, datetime: '20251113150000' };
    await publishAll(await trustedRun(world, stranger));
    world.proxy.clear();
    const run = await trustedRun(world, {}, { relation: () => 'unknown' });
    const problems = await checked(run);
    expect(problems).toMatchObject([{ code: 'npm-ancestry-unknown' }]);
    expect((await run.publish()).problem).toEqual(problems[0]);
    expect(world.writes()).toEqual([]);
  });

  test('a dist-tag of a version that is there already', async () => {
    const world = await trustingWorld();
    const held = await trustedRun(world, RELEASE, { token: world.registry.token });
    expect((await held.publish()).outcome).toBe('published');
    world.proxy.clear();
    const run = await trustedRun(world, RELEASE);
    const problems = await checked(run);
    expect(problems).toMatchObject([
      {
        code: 'npm-trusted-tags',
        hint: expect.stringContaining('npm dist-tag add @x/a@0.1.0 latest'),
      },
    ]);
    expect(await run.publisher.promote?.(run.plan, run.step)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'npm-trusted-tags' } },
    ]);
    expect(world.writes()).toEqual([]);
  });

  test.each([
    ['another repository', { repository: 'somebody/fork' }, {}],
    [
      'another workflow',
      { workflow_ref: 'ameideio/ameide/.github/workflows/x.yml@refs/heads/main' },
      {},
    ],
    ['no environment', {}, { environment: 'release' }],
    ['a self-hosted runner', { runner_environment: 'self-hosted' as const }, {}],
  ])('a job that the package does not trust: %s', async (_, claims, publisher) => {
    const world = await trustingWorld({ claims, publisher });
    expect(await refusal(world)).toMatchObject([
      {
        code: 'npm-not-trusted',
        kind: 'authentication',
        reason: 'the registry answered 404 (OIDC token exchange error - package not found)',
        hint: expect.stringContaining('the repository '),
      },
    ]);
  });

  test.each([
    [
      'a page',
      { kind: 'status', status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
      'npm-malformed',
    ],
    ['JSON without a token', { kind: 'status', status: 201, body: '{}' }, 'npm-malformed'],
    [
      'a token with a line break',
      { kind: 'status', status: 201, body: '{"token":"a\\nb"}' },
      'npm-malformed',
    ],
    [
      'a redirect',
      { kind: 'status', status: 307, headers: { location: 'http://localhost:1/' } },
      'npm-redirect',
    ],
    ['no answer', { kind: 'reset' }, 'npm-network'],
    ['503', { kind: 'status', status: 503 }, 'npm-unavailable'],
  ] as const)('an exchange that answers with %s', async (_, fault, code) => {
    const world = await trustingWorld();
    world.fault = ({ path }) => (path === EXCHANGE ? fault : undefined);
    expect(await refusal(world)).toMatchObject([{ code, effect: 'none' }]);
  });

  test.each([
    ['garbage', { kind: 'garbage' }, 'identity-malformed'],
    ['no token', { kind: 'empty' }, 'identity-malformed'],
    ['403', { kind: 'status', status: 403 }, 'identity-forbidden'],
  ] as const)('an issuer that answers with %s', async (_, fault, code) => {
    const world = await trustingWorld();
    world.issuer.misbehave(fault);
    expect(await refusal(world)).toMatchObject([{ code, effect: 'none' }]);
    expect(world.proxy.requests.some(({ path }) => path === EXCHANGE)).toBe(false);
  });

  test('an issuer that sends us to another server', async () => {
    const world = await trustingWorld();
    world.issuer.misbehave({ kind: 'redirect', to: `${world.registry.url}/@x%2fa` });
    expect(await refusal(world)).toMatchObject([{ code: 'identity-redirect' }]);
  });

  test.each([
    ['an expired token', { exp: 1 }, 'identity-expired'],
    ['a token for PyPI', { aud: 'pypi' }, 'identity-audience'],
  ])('GitLab, with %s', async (_, claims, code) => {
    const world = await trustingWorld();
    const NPM_ID_TOKEN = world.issuer.token({ aud: 'npm:127.0.0.1', ...claims });
    const env = { GITHUB_ACTIONS: '', GITLAB_CI: 'true', NPM_ID_TOKEN };
    expect(await refusal(world, RELEASE, { env })).toMatchObject([{ code }]);
  });
});

test('a package that lets the job only stage refuses the upload, which names the remedy', async () => {
  const world = await trustingWorld({ publisher: { allows: 'stage' } });
  const run = await trustedRun(world, RELEASE);
  expect((await run.publish()).problem).toMatchObject({
    code: 'npm-forbidden',
    hint: expect.stringContaining('npm publish'),
  });
  expect(await tags(world)).toEqual({ latest: '0.0.1' });
});

test('a newer version that another run published meanwhile is found after the upload', async () => {
  const world = await trustingWorld();
  const older = { base: '0.0.2', channel: releaseChannel('0.0.2'), sha: OTHER_SHA };
  const [slow, fast] = [await trustedRun(world, older), await trustedRun(world, RELEASE)];
  world.fault = async ({ method, path }) => {
    // The slow run has read the dist-tags and is about to upload.
    if (method === 'PUT' && path === '/@x%2fa' && world.writes().length === 1)
      expect(await publishAll(fast)).toMatchObject({ published: { outcome: 'published' } });
    return undefined;
  };
  expect(await publishAll(slow)).toMatchObject({
    published: { outcome: 'published' },
    moves: [{ outcome: 'blocked', problem: { code: 'npm-tag-overtaken', effect: 'committed' } }],
  });
});

test('other verbs ask for a token', async () => {
  const world = await trustingWorld();
  const run = await trustedRun(world, RELEASE);
  const { plan, publisher, step } = run;
  const [pointer] = plan.pointers;
  if (pointer === undefined) throw new TypeError('no pointer');
  const hint = expect.stringContaining('Trusted publishing cannot') as string;
  expect(await publisher.movePointer?.(plan, { pointer, from: '0.0.1' }, step)).toMatchObject({
    outcome: 'blocked',
    problem: { code: 'npm-no-token', hint },
  });
  expect(await publisher.checkRemoval?.(plan, step)).toMatchObject([
    { code: 'npm-no-token', hint },
  ]);
  expect(world.proxy.requests).toEqual([]);
});

test.each([
  ['GitHub without the permission', { GITHUB_ACTIONS: 'true' }, '`permissions: id-token: write`'],
  ['GitLab', { GITLAB_CI: 'true' }, 'NPM_ID_TOKEN'],
  ['elsewhere', {}, 'NPM_TOKEN'],
])('neither token nor identity: %s', async (_, job, said) => {
  const world = await trustingWorld();
  const nothing = {
    GITHUB_ACTIONS: undefined,
    ACTIONS_ID_TOKEN_REQUEST_URL: undefined,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined,
  };
  const run = await trustedRun(world, RELEASE, { env: { ...nothing, ...job } });
  expect(run.publisher.visibleOn).toBe('promote');
  expect(await checked(run)).toMatchObject([
    { code: 'npm-no-token', hint: expect.stringContaining(said) },
  ]);
});
