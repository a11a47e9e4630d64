import {
  type ClaimChanges,
  type Fault,
  type FaultSubject,
  type Recorded,
  type RunningIdentityIssuer,
  type RunningTrustingIndex,
  recorded,
  startIdentityIssuer,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp, createPace, type Secret } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type PypiOptions, pypi } from '../src/index.ts';
import { pypiSettings } from '../src/settings.ts';
import { createTokenSource } from '../src/upload/token-source.ts';
import { build, commit, type Opened, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

const AUDIENCE = 'index.example';
const MINT = '/_/oidc/mint-token';
const TRUSTED = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };

interface World extends Recorded<RunningTrustingIndex> {
  readonly issuer: RunningIdentityIssuer;
  fault: ((request: FaultSubject) => Fault | undefined) | undefined;
  readonly options: Partial<PypiOptions>;
}

interface WorldOptions {
  readonly claims?: ClaimChanges;
  readonly publisher?: object;
  /** A pending publisher of the same workflow, whose project is made before ours. */
  readonly before?: string;
  readonly audience?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** An index with a pending publisher for the project, and a job of GitHub Actions without a token. */
async function world({
  audience = AUDIENCE,
  before,
  claims = {},
  env = {},
  publisher = {},
}: WorldOptions = {}): Promise<World> {
  const issuer = await startIdentityIssuer({ claims });
  const project = { project: 'ameide-sdk', isPending: true as const, ...TRUSTED, ...publisher };
  const others = before === undefined ? [] : [{ ...project, project: before }];
  const trust = { issuer, audience, publishers: [...others, project] };
  const index = startPythonIndex({ trust });
  let fault: World['fault'];
  const made = await recorded(index, { fault: (request) => fault?.(request) });
  onTestFinished(async () => {
    await made[Symbol.asyncDispose]();
    await issuer.stop();
  });
  const options: Partial<PypiOptions> = {
    uploadUrl: `${made.proxy.url}/legacy/`,
    simpleUrl: `${made.proxy.url}/simple/`,
    trustedPublishing: true,
    ports: {
      processes: stubBuilder(),
      env: { GITHUB_ACTIONS: 'true', ...issuer.environment, ...env },
      http: createHttp({ attempts: 1, sleep: async () => undefined }),
      sleep: async () => undefined,
    },
  };
  return {
    ...made,
    issuer,
    options,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
    },
  };
}

const requests = ({ proxy }: World, path: string): number =>
  proxy.requests.filter((one) => one.path === path).length;

const checked = async ({ plan, publisher, step }: Opened): Promise<readonly Problem[]> =>
  publisher.check(plan, step());

async function publish(opened: Opened): Promise<object> {
  const [published] = await opened.publisher.publish(
    opened.plan,
    await build(opened),
    opened.step(),
  );
  return published ?? {};
}

function expectNoSecret({ issuer, proxy, registry }: World, seen: unknown): void {
  const secrets = [...issuer.secrets(), ...registry.minted(), registry.token];
  const text = JSON.stringify([seen, proxy.requests]);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

needs('git')('trusted publishing', () => {
  afterAll(removeScratch);

  test('a new project is published with the identity of the job, and a second time nothing is written', async () => {
    const here = await world();
    const opened = await open(commit(PROJECT), here.options);
    expect(await checked(opened)).toEqual([]);
    // The check makes no token: it would make the project.
    expect(requests(here, MINT)).toBe(0);
    expect(opened.messages).toEqual([expect.stringContaining('this GitHub Actions job proves')]);
    const published = await publish(opened);
    expect(published).toMatchObject({ outcome: 'published' });
    expect(requests(here, MINT)).toBe(1);
    expect(here.proxy.mutating()).toHaveLength(2);
    expect(here.issuer.requests).toEqual([1, 2].map(() => ({ audience: AUDIENCE, status: 200 })));
    expectNoSecret(here, [published, opened.messages, opened.plan]);

    here.proxy.clear();
    const again = await open(commit(PROJECT), here.options);
    expect(await publish(again)).toMatchObject({ outcome: 'already-there' });
    expect([here.proxy.mutating().length, requests(here, MINT)]).toEqual([0, 0]);
  });

  test('a lost answer to the mint asks for a new identity token: the first is used up', async () => {
    const here = await world();
    here.fault = ({ count, path }) =>
      path === MINT && count === 1 ? { kind: 'reset', forward: true } : undefined;
    expect(await publish(await open(commit(PROJECT), here.options))).toMatchObject({
      outcome: 'published',
    });
    expect(here.registry.minted()).toHaveLength(2);
    expect(here.issuer.requests).toHaveLength(2);
  });

  test('a token that is for another new project of the release is minted anew, once', async () => {
    const here = await world({ before: 'other' });
    expect(await publish(await open(commit(PROJECT), here.options))).toMatchObject({
      outcome: 'published',
    });
    expect(here.proxy.mutating().map(({ status }) => status)).toEqual([403, 200, 200]);
    expect(here.registry.minted()).toHaveLength(2);
  });

  test('a token that is refused to several uploads at once is minted anew once, for all of them', async () => {
    const here = await world();
    const tokens = createTokenSource(
      pypiSettings({ directory: 'sdk', ...here.options }),
      { ecosystem: 'pypi', name: 'ameide-sdk', version: '0.1.0' },
      createPace(new AbortController().signal),
    );
    const tokensOfThree = async (): Promise<Secret[]> =>
      (await Promise.all([tokens.next(), tokens.next(), tokens.next()])).flatMap(
        ({ value }) => value ?? [],
      );
    const refused = await tokensOfThree();
    expect(refused.map((token) => tokens.renew(token))).toEqual([true, true, true]);
    const renewed = await tokensOfThree();
    expect(new Set([...refused, ...renewed]).size).toBe(2);
    expect(here.registry.minted()).toHaveLength(2);
    expect(renewed.map((token) => tokens.renew(token))).toEqual([false, false, false]);
  });

  test.each([
    ['the option', { token: 'pypi-given' }, {}],
    ['PYPI_TOKEN', {}, { PYPI_TOKEN: 'pypi-given' }],
    ['TWINE_PASSWORD', {}, { TWINE_PASSWORD: 'pypi-given' }],
  ])('a token that is set wins: nothing is exchanged (%s)', async (_, given, env) => {
    const here = await world({ env });
    const opened = await open(commit(PROJECT), { ...here.options, ...given });
    expect(await checked(opened)).toEqual([]);
    expect(await publish(opened)).toMatchObject({ problem: { code: 'pypi-forbidden' } });
    expect(here.issuer.requests).toEqual([]);
    expect([requests(here, MINT), requests(here, '/_/oidc/audience')]).toEqual([0, 0]);
  });

  describe('nothing is uploaded', () => {
    async function problemOf(here: World): Promise<unknown> {
      const opened = await open(commit(PROJECT), here.options);
      const published = await publish(opened);
      expect(here.proxy.mutating()).toEqual([]);
      expectNoSecret(here, [published, opened.messages]);
      return 'problem' in published ? published.problem : undefined;
    }

    test.each([
      ['of another repository', { repository: 'somebody/fork' }, {}],
      [
        'of another workflow',
        { job_workflow_ref: 'ameideio/ameide/.github/workflows/x.yml@refs/heads/main' },
        {},
      ],
      ['without the environment', {}, { environment: 'release' }],
      ['of a pull request of a stranger', { event_name: 'pull_request_target' }, {}],
      ['of a project that does not exist', {}, { isPending: undefined }],
    ])('for a job %s', async (_, claims, publisher) => {
      expect(await problemOf(await world({ claims, publisher }))).toMatchObject({
        code: 'pypi-not-trusted',
        kind: 'authentication',
        reason: expect.stringContaining('valid token, but no corresponding publisher') as string,
        hint: expect.stringContaining('the workflow ') as string,
      });
    });

    test('for another project than the publisher’s', async () => {
      const here = await world({ publisher: { project: 'other' } });
      const opened = await open(commit(PROJECT), here.options);
      const published = await publish(opened);
      expect(published).toMatchObject({
        problem: { code: 'pypi-forbidden', hint: expect.stringContaining('trusted publisher') },
      });
      expectNoSecret(here, [published, opened.messages]);
      const page = await fetch(`${here.registry.simpleUrl}ameide-sdk/`);
      expect(page.status).toBe(404);
    });

    test.each([
      ['a page', { kind: 'status', status: 200, body: '<html>' }, 'pypi-malformed'],
      ['no token', { kind: 'status', status: 200, body: '{"success":true}' }, 'pypi-malformed'],
      [
        'a redirect',
        { kind: 'status', status: 307, headers: { location: 'http://localhost:1/' } },
        'pypi-redirect',
      ],
      ['503', { kind: 'status', status: 503 }, 'pypi-unavailable'],
      ['no answer', { kind: 'reset' }, 'pypi-network'],
    ] as const)('where the mint answers with %s', async (_, fault, code) => {
      const here = await world();
      here.fault = ({ path }) => (path === MINT ? fault : undefined);
      expect(await problemOf(here)).toMatchObject({ code });
    });

    test.each([
      ['npm’s audience', '{"audience":"npm:registry.npmjs.org"}', 'pypi-foreign-audience'],
      ['PyPI’s audience', '{"audience":"pypi"}', 'pypi-foreign-audience'],
      ['Sigstore’s audience', '{"audience":"sigstore"}', 'pypi-foreign-audience'],
      ['a list', '{"audience":["a"]}', 'pypi-foreign-audience'],
      ['a page', '<html>', 'pypi-malformed'],
    ])(
      'where the index names %s as its audience: no identity token is asked for',
      async (_, body, code) => {
        const here = await world();
        here.fault = ({ path }) =>
          path === '/_/oidc/audience' ? { kind: 'status', status: 200, body } : undefined;
        const opened = await open(commit(PROJECT), here.options);
        expect(await checked(opened)).toMatchObject([{ code }]);
        expect(await problemOf(here)).toMatchObject({ code });
        expect(here.issuer.requests).toEqual([]);
      },
    );

    test('where the index has no trusted publishing', async () => {
      const here = await world();
      here.fault = ({ path }) =>
        path === '/_/oidc/audience' ? { kind: 'status', status: 404 } : undefined;
      expect(await checked(await open(commit(PROJECT), here.options))).toMatchObject([
        { code: 'pypi-no-trusted-publishing', kind: 'authentication' },
      ]);
    });

    test.each([
      [{ kind: 'garbage' }, 'identity-malformed'],
      [{ kind: 'status', status: 403 }, 'identity-forbidden'],
    ] as const)('where the issuer answers %j', async (fault, code) => {
      const here = await world();
      here.issuer.misbehave(fault);
      expect(await checked(await open(commit(PROJECT), here.options))).toMatchObject([{ code }]);
      expect(await problemOf(here)).toMatchObject({ code });
      expect(requests(here, MINT)).toBe(0);
    });

    test.each([
      ['has expired', { exp: 1 }, 'identity-expired'],
      ['is npm’s', { aud: 'npm:registry.npmjs.org' }, 'identity-audience'],
    ])('where the token of a GitLab job %s', async (_, claims, code) => {
      const here = await world();
      const INDEX_EXAMPLE_ID_TOKEN = here.issuer.token({ aud: AUDIENCE, ...claims });
      const job = { GITLAB_CI: 'true', INDEX_EXAMPLE_ID_TOKEN };
      const options = { ...here.options, ports: { ...here.options.ports, env: job } };
      const opened = await open(commit(PROJECT), options);
      expect(await checked(opened)).toMatchObject([{ code }]);
      expect(requests(here, MINT)).toBe(0);
    });
  });

  test('a GitLab job has one token, which is taken once', async () => {
    const here = await world();
    const INDEX_EXAMPLE_ID_TOKEN = here.issuer.token({ aud: AUDIENCE });
    const job = { GITLAB_CI: 'true', INDEX_EXAMPLE_ID_TOKEN };
    const options = { ...here.options, ports: { ...here.options.ports, env: job } };
    expect(await publish(await open(commit(PROJECT), options))).toMatchObject({
      outcome: 'published',
    });
    const other = await open(commit(PROJECT, 'another commit'), options);
    // Another version of the same second would be a conflict: only the mint is of interest.
    here.fault = ({ path }) =>
      path.startsWith('/simple/') ? { kind: 'status', status: 404 } : undefined;
    expect(await publish(other)).toMatchObject({
      problem: {
        code: 'pypi-not-trusted',
        reason: expect.stringContaining('already used') as string,
      },
    });
  });

  test.each([
    [{ GITHUB_ACTIONS: 'true' }, '`permissions: id-token: write`'],
    [{ GITLAB_CI: 'true' }, 'PYPI_ID_TOKEN'],
    [{}, 'PYPI_TOKEN'],
  ])('neither token nor identity for pypi.org: %j', async (env, said) => {
    const http = createHttp({ fetch: async () => new Response('{"files":[]}', { status: 404 }) });
    const opened = await open(commit(PROJECT), { ports: { env, http } });
    const problems = await checked(opened);
    const found = problems.find(({ code }) => code === 'pypi-no-token');
    expect(found?.message).toContain('no token and no identity of a CI job');
    expect(found?.hint).toContain(said);
  });

  test('attestations on pypi.org without an identity: the hint asks for no token', async () => {
    const http = createHttp({ fetch: async () => new Response('{"files":[]}', { status: 404 }) });
    const ports = { env: { GITHUB_ACTIONS: 'true' }, http };
    const problems = await checked(await open(commit(PROJECT), { attestations: true, ports }));
    const hint = problems.find(({ code }) => code === 'pypi-no-token')?.hint;
    expect(hint).toMatch(
      /trusted publisher .* a token does not help\..*`permissions: id-token: write`/,
    );
    expect(hint).not.toContain('PYPI_TOKEN');
  });

  test.each([
    [true, true],
    [false, false],
  ])(
    'an index of one’s own, attestations: %s: the hint names trusted publishing: %s',
    async (attestations, isNamed) => {
      const ports = {
        env: {},
        http: createHttp({ fetch: async () => new Response('', { status: 404 }) }),
      };
      const addresses = {
        uploadUrl: 'https://index.example/legacy/',
        simpleUrl: 'https://index.example/simple/',
      };
      const problems = await checked(
        await open(commit(PROJECT), { ...addresses, attestations, ports }),
      );
      const hint = problems.find(({ code }) => code === 'pypi-no-token')?.hint;
      expect(hint).toContain('PYPI_TOKEN');
      expect(hint?.includes('trustedPublishing: true')).toBe(isNamed);
    },
  );
});

describe('the addresses of PyPI, which nothing here asks', () => {
  const INDEXES = [
    ['pypi.org', {}, 'https://upload.pypi.org', 'pypi'],
    [
      'test.pypi.org',
      {
        uploadUrl: 'https://test.pypi.org/legacy/',
        simpleUrl: 'https://test.pypi.org/simple/',
      },
      'https://test.pypi.org',
      'testpypi',
    ],
  ] as const;

  /** Answers every request of the publisher: an index without the project, and an issuer. */
  async function asked(options: object, audience: string): Promise<readonly string[]> {
    const urls: string[] = [];
    const issuer = await startIdentityIssuer();
    onTestFinished(() => issuer.stop());
    const answering: typeof fetch = async (input, init) => {
      const { method, url } = new Request(input, init);
      urls.push(`${method} ${url}`);
      if (url.startsWith(issuer.url)) return fetch(input, init);
      if (url.endsWith('/_/oidc/audience')) return Response.json({ audience });
      return new Response('', { status: url.endsWith('/simple/') ? 200 : 404 });
    };
    const env = { GITHUB_ACTIONS: 'true', ...issuer.environment };
    const ports = { env, http: createHttp({ fetch: answering, attempts: 1 }) };
    const opened = await open(commit(PROJECT), { ...options, ports });
    const codes = (await checked(opened)).map(({ code }) => code);
    return [...codes, ...urls.filter((url) => /oidc|idtoken/.test(url))].map((text) =>
      text.replace(issuer.url, 'https://issuer.example'),
    );
  }

  test.each(INDEXES)(
    '%s is trusted with its own audience alone',
    async (_, options, origin, own) => {
      expect(await asked(options, own)).toEqual([
        `GET ${origin}/_/oidc/audience`,
        `GET https://issuer.example/idtoken?api-version=2.0&audience=${own}`,
      ]);
      const other = own === 'pypi' ? 'testpypi' : 'pypi';
      expect(await asked(options, other)).toEqual([
        'pypi-foreign-audience',
        `GET ${origin}/_/oidc/audience`,
      ]);
    },
  );

  test('trustedPublishing: false switches it off', async () => {
    expect(await asked({ trustedPublishing: false }, 'pypi')).toEqual(['pypi-no-token']);
  });
});

test('an identity is not sent without https', () => {
  const index = {
    uploadUrl: 'http://pypi.corp.example:8080/legacy/',
    simpleUrl: 'http://pypi.corp.example:8080/simple/',
    plainHttp: ['pypi.corp.example:8080'],
  };
  expect(() => pypi({ directory: '.', ...index, trustedPublishing: true })).toThrow(
    'trustedPublishing: expected false',
  );
});
