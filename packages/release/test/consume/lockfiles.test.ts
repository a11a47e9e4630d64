import { expect, test } from 'vitest';
import { lockHint } from '../../src/consume/lockfiles/lock-hint.ts';
import { lockJobs } from '../../src/consume/lockfiles/lock-job.ts';
import { lockTool, toolEnvironment } from '../../src/consume/lockfiles/lock-tools.ts';
import { memoryFiles } from './files.ts';

test('finds the lockfile that follows a manifest', async () => {
  const files = memoryFiles({
    'package.json': '{}',
    'pnpm-workspace.yaml': 'packages: [services/web]\n',
    'pnpm-lock.yaml': '',
    'services/web/package.json': '{ "name": "web" }',
    'services/own/package.json': '{ "name": "own" }',
    'services/own/package-lock.json': '{}',
    'services/none/package.json': '{ "name": "none" }',
    'services/old/package.json': '{ "name": "old" }',
    'services/old/yarn.lock': '# yarn lockfile v1\n',
    'services/new/package.json': '{ "name": "new" }',
    'services/new/yarn.lock': '__metadata:\n  version: 8\n',
    'uv.lock': '',
    'services/api/pyproject.toml': '',
    'services/poetry/pyproject.toml': '',
    'services/poetry/poetry.lock': '',
    'services/worker/go.mod': 'module w\n',
    'services/web/Dockerfile': 'FROM x\n',
  });
  const changed = (await files.list('')).map(({ path }) => path);
  const jobs = await lockJobs(files, changed);
  expect(jobs.map(({ kind, outputs: [output] }) => `${kind} ${output}`).toSorted()).toEqual([
    'go services/worker/go.mod',
    'npm services/own/package-lock.json',
    'pnpm pnpm-lock.yaml',
    'poetry services/poetry/poetry.lock',
    'uv uv.lock',
    'yarn services/new/yarn.lock',
    'yarn-classic services/old/yarn.lock',
  ]);
  expect(jobs.find(({ kind }) => kind === 'pnpm')?.manifests).toEqual([
    'package.json',
    'pnpm-workspace.yaml',
    'services/web/package.json',
  ]);
});

test('a go.mod that was not tidy gets only the release', () => {
  const request = { modules: ['example.org/sdk@v0.2.0'], wasTidy: false };
  expect(lockTool('go', request)?.commands).toEqual([['go', 'get', 'example.org/sdk@v0.2.0']]);
  expect(lockTool('go', { ...request, wasTidy: true })?.commands).toEqual([['go', 'mod', 'tidy']]);
  expect(lockTool('pdm', request)).toBeUndefined();
});

test('tools get the settings of registries, and only the tokens that their configuration names', () => {
  const env = {
    npm_config_registry: 'https://npm.example/',
    npm_config_local_prefix: '/home/me/tree',
    npm_config_user_agent: 'npx',
    NPM_TOKEN: 'named',
    GITHUB_TOKEN: 'not named',
    UV_INDEX_ACME_PASSWORD: 'for uv',
    UV_PUBLISH_TOKEN: 'for publishing',
    GOPRIVATE: 'example.org',
    AWS_SECRET_ACCESS_KEY: 'no',
  };
  const npmrc = ['//npm.example/:_authToken=${NPM_TOKEN}\n'];
  expect(toolEnvironment('pnpm', env, npmrc)).toEqual({
    npm_config_registry: 'https://npm.example/',
    NPM_TOKEN: 'named',
  });
  expect(toolEnvironment('uv', env, [])).toEqual({ UV_INDEX_ACME_PASSWORD: 'for uv' });
  expect(toolEnvironment('go', env, [])).toEqual({ GOPRIVATE: 'example.org' });
});

test.each([
  ['pnpm', 'ERR_PNPM_NO_MATURE_MATCHING_VERSION  Version 0.2.0', /minimumReleaseAgeExclude/],
  ['uv', 'there are no versions of x … exclude-newer', /exclude-newer-package/],
  ['go', 'verifying module: 404 Not Found: sum.golang.org', /GOPRIVATE/],
  ['npm', 'npm error code ETARGET\nnpm error notarget', /another registry/],
  ['yarn', 'YN0035: Response Code: 403 (Forbidden)', /credentials/],
] as const)('says why %s may fail: %s', (kind, output, expected) => {
  expect(lockHint(kind, output)).toMatch(expected);
});
