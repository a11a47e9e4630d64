import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configurationOf, toolEnvironment } from '../../src/consume/lockfiles/configuration.ts';
import { lockHint } from '../../src/consume/lockfiles/lock-hint.ts';
import { lockJobs } from '../../src/consume/lockfiles/lock-job.ts';
import { lockTool } from '../../src/consume/lockfiles/lock-tools.ts';
import { folder } from '../support/folder.ts';
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
    'pyproject.toml':
      '[tool.uv.workspace]\nmembers = ["services/a*"]\nexclude = ["services/apart"]\n',
    'services/api/pyproject.toml': '',
    'services/apart/pyproject.toml': '',
    'services/other/pyproject.toml': '',
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
  // A lockfile above decides for nobody but the members of its workspace.
  expect(jobs.find(({ kind }) => kind === 'uv')?.manifests).toEqual([
    'pyproject.toml',
    'services/api/pyproject.toml',
  ]);
});

test('finds every lockfile of a folder that some tool reads', async () => {
  const files = memoryFiles({
    'package.json': '{}',
    'package-lock.json': '{}',
    'npm-shrinkwrap.json': '{}',
    'pnpm-lock.yaml': '',
    'bun.lock': '',
    'bun.lockb': '',
    'yarn.lock': '__metadata:\n',
    'pyproject.toml': '',
    'poetry.lock': '',
    'uv.lock': '',
  });
  const jobs = await lockJobs(files, ['package.json', 'pyproject.toml']);
  expect(jobs.map(({ kind, outputs: [output] }) => `${kind} ${output}`)).toEqual([
    'pnpm pnpm-lock.yaml',
    'yarn yarn.lock',
    'bun bun.lock',
    'npm npm-shrinkwrap.json',
    'uv uv.lock',
    'poetry poetry.lock',
  ]);
});

test('finds the lockfile of another folder that takes the package from this one', async () => {
  const files = memoryFiles({
    'libs/a/pyproject.toml': '[project]\nname = "a"\n',
    'services/uv/pyproject.toml': '[project]\nname = "uv"\ndependencies = ["a"]\n',
    'services/uv/uv.lock':
      'version = 1\n\n[[package]]\nname = "uv"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [{ name = "a" }]\n\n[[package]]\nname = "a"\nversion = "1"\nsource = { directory = "../../libs/a" }\n',
    'libs/b/package.json': '{ "name": "b" }',
    'services/npm/package.json': '{ "dependencies": { "b": "file:../../libs/b" } }',
    'services/npm/package-lock.json':
      '{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "b": "file:../../libs/b" } }, "../../libs/b": {}, "node_modules/b": { "resolved": "../../libs/b", "link": true } } }',
    'services/pnpm/package.json': '{ "dependencies": { "b": "file:../../libs/b" } }',
    'services/pnpm/pnpm-lock.yaml':
      "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      b:\n        specifier: file:../../libs/b\n        version: file:../../libs/b\npackages:\n  b@file:../../libs/b:\n    resolution: {directory: ../../libs/b, type: directory}\nsnapshots:\n  b@file:../../libs/b: {}\n",
  });
  const jobs = await lockJobs(files, ['libs/a/pyproject.toml', 'libs/b/package.json']);
  expect(jobs.map(({ outputs }) => outputs)).toEqual([
    ['services/uv/uv.lock'],
    ['services/npm/package-lock.json'],
    ['services/pnpm/pnpm-lock.yaml'],
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
  ['npm', ['npm_config_registry']],
  ['pnpm', ['npm_config_registry', 'pnpm_config_registry', 'COREPACK_NPM_TOKEN']],
  ['yarn', ['YARN_NPM_AUTH_TOKEN', 'COREPACK_NPM_TOKEN']],
  ['yarn-classic', ['npm_config_registry', 'YARN_NPM_AUTH_TOKEN', 'COREPACK_NPM_TOKEN']],
  ['bun', ['npm_config_registry', 'BUN_CONFIG_REGISTRY']],
  ['uv', ['UV_INDEX_A_PASSWORD']],
  ['poetry', ['POETRY_HTTP_BASIC_A_PASSWORD']],
  ['go', ['GOPRIVATE']],
] as const)('%s gets the settings of its own family', (kind, expected) => {
  const names = [
    'npm_config_registry',
    'pnpm_config_registry',
    'YARN_NPM_AUTH_TOKEN',
    'BUN_CONFIG_REGISTRY',
    'COREPACK_NPM_TOKEN',
    'UV_INDEX_A_PASSWORD',
    'POETRY_HTTP_BASIC_A_PASSWORD',
    'GOPRIVATE',
  ];
  const env = Object.fromEntries(names.map((name) => [name, 'x']));
  expect(Object.keys(toolEnvironment(kind, env, []))).toEqual(expected);
});

test('what a comment names is not given', () => {
  const env = { A: '1', B: '2', C: '3', D: '4' };
  const npmrc = '# ${A}\n ; ${A}\n//x/:_authToken=${B} # ${A}\nemail="#1 ${C}"\nx=$D\n';
  expect(toolEnvironment('npm', env, [npmrc])).toEqual({ B: '2', C: '3' });
  expect(toolEnvironment('bun', env, ['token = "$D" # $A\n'])).toEqual({ D: '4' });
});

test('the file that NPM_CONFIG_USERCONFIG names counts, for the tools of npm', async () => {
  const home = await folder();
  await writeFile(join(home, 'user.npmrc'), '//npm.example/:_authToken=${NODE_AUTH_TOKEN}\n');
  await writeFile(join(home, '.npmrc'), 'email=${HOME_MAIL}\n');
  const env = { HOME: home, NPM_CONFIG_USERCONFIG: join(home, 'user.npmrc') };
  const place = { env, copy: home, folder: '' };
  const given = { ...env, NODE_AUTH_TOKEN: 'token', HOME_MAIL: 'me' };
  const named = async (kind: 'npm' | 'yarn'): Promise<readonly string[]> =>
    Object.keys(toolEnvironment(kind, given, await configurationOf(kind, place)));
  expect(await named('npm')).toEqual(['NPM_CONFIG_USERCONFIG', 'NODE_AUTH_TOKEN', 'HOME_MAIL']);
  expect(await named('yarn')).toEqual([]);
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
