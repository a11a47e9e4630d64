import { createHttp, Secret } from '@ameide/publisher-kit';
import { findIdentity, howToGetIdentity, readClaims } from '@ameide/publisher-kit/identity';
import { expect, test } from 'vitest';
import { NOW, tokenWith } from './tokens.ts';

const http = createHttp({ fetch: () => Promise.reject(new Error('a request was sent')) });
const signal = new AbortController().signal;
const URL_AND_TOKEN = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
};

test.each([
  ['outside a CI', {}],
  ['outside a CI, with the variables of a token', { PYPI_ID_TOKEN: 'x' }],
  ['GitHub without the permission', { GITHUB_ACTIONS: 'true' }],
  [
    'GitHub with an address alone',
    { GITHUB_ACTIONS: 'true', ...URL_AND_TOKEN, ACTIONS_ID_TOKEN_REQUEST_TOKEN: ' ' },
  ],
  ['the variables of GitHub elsewhere', URL_AND_TOKEN],
  ['GitLab without id_tokens', { GITLAB_CI: 'true', CI_JOB_TOKEN: 'x', PYPI_ID_TOKEN: '' }],
  ['CircleCI without a token', { CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: 'x' }],
])('no identity: %s', (_, env) => {
  expect(findIdentity(env, http)).toBeUndefined();
});

test.each([
  ['GITLAB_CI', 'gitlab', 'NPM_ID_TOKEN', 'npm:registry.npmjs.org'],
  ['GITLAB_CI', 'gitlab', 'PYPI_ID_TOKEN', 'pypi'],
  ['GITLAB_CI', 'gitlab', 'TESTPYPI_ID_TOKEN', 'testpypi'],
  ['GITLAB_CI', 'gitlab', 'SIGSTORE_ID_TOKEN', 'sigstore'],
  ['CIRCLECI', 'circleci', 'NPM_ID_TOKEN', 'npm:registry.npmjs.org'],
])('%s (%s): %s has the token for %s', async (ci, provider, variable, aud) => {
  const token = tokenWith({ aud });
  const identity = findIdentity({ [ci]: 'true', [variable]: `${token}\n` }, http, () => NOW);
  expect(identity?.provider).toBe(provider);
  expect((await identity?.token(aud, signal))?.value?.reveal()).toBe(token);
  const other = await identity?.token('another.example', signal);
  expect(other?.problems).toMatchObject([
    {
      code: 'identity-missing',
      message: expect.stringContaining('ANOTHER_EXAMPLE_ID_TOKEN') as string,
    },
  ]);
});

test.each([
  ['a token for another audience', { aud: 'sigstore' }, 'identity-audience'],
  ['an expired token', { exp: NOW / 1000 - 1 }, 'identity-expired'],
])('a variable with %s', async (_, claims, code) => {
  const env = { GITLAB_CI: 'true', PYPI_ID_TOKEN: tokenWith(claims) };
  const found = await findIdentity(env, http, () => NOW)?.token('pypi', signal);
  expect(found?.problems).toMatchObject([{ code, kind: 'authentication' }]);
});

test.each([
  [{ GITHUB_ACTIONS: 'true' }, '`permissions: id-token: write`'],
  [{ GITLAB_CI: 'true' }, '`id_tokens: NPM_ID_TOKEN: aud: npm:registry.npmjs.org`'],
  [{ CIRCLECI: 'true' }, 'circleci run oidc get --claims \'{"aud": "npm:registry.npmjs.org"}\''],
  [{}, 'GitHub Actions'],
])('what to do about a missing identity: %j', (env, said) => {
  expect(howToGetIdentity(env, 'npm:registry.npmjs.org')).toContain(said);
});

test.each([
  [
    {
      repository: 'ameideio/ameide',
      workflow_ref: 'ameideio/ameide/.github/workflows/publish.yml@refs/tags/v1.0.0',
      environment: 'npm',
      ref: 'refs/tags/v1.0.0',
    },
    {
      repository: 'ameideio/ameide',
      workflow: 'publish.yml',
      environment: 'npm',
      ref: 'refs/tags/v1.0.0',
    },
  ],
  [
    {
      project_path: 'group/sub/project',
      ci_config_ref_uri: 'gitlab.com/group/sub/project//ci/release.yml@refs/heads/main',
      ref: 'main',
      ref_path: 'refs/heads/main',
    },
    {
      ref: 'refs/heads/main',
      repository: 'group/sub/project',
      workflow: 'ci/release.yml',
      jobWorkflow: 'gitlab.com/group/sub/project//ci/release.yml@refs/heads/main',
    },
  ],
  [{}, {}],
])('the claims of a job: %j', (claims, expected) => {
  expect(readClaims(new Secret(tokenWith(claims)))).toEqual({
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:ameideio/ameide:ref:refs/heads/main',
    audiences: ['pypi'],
    expires: NOW / 1000 + 300,
    ...expected,
  });
});
