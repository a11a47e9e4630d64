import { expect, test } from 'vitest';
import { definitionOf, type Files, reportOn, repositoryOf } from './repository-of.ts';

const NEEDS = '{ "name": "a", "private": true, "dependencies": { "b": "1.0.0" } }\n';
const CONFLICT = '<<<<<<< HEAD\na: 1\n=======\n';

async function doctor(files: Files) {
  const { exitCode, problems } = await reportOn(repositoryOf(files));
  return { exitCode, problems: problems.map(({ code, path }) => `${code} ${path}`) };
}

test.each([
  ['package-lock.json', `{\n${CONFLICT}`],
  ['package-lock.json', '{ "lockfileVersion": 3, "pack'],
  ['package-lock.json', ''],
  ['pnpm-lock.yaml', `lockfileVersion: '9.0'\n${CONFLICT}`],
  ['pnpm-lock.yaml', ''],
  ['yarn.lock', `__metadata:\n  version: 8\n${CONFLICT}`],
  ['yarn.lock', ''],
  ['bun.lock', `{\n${CONFLICT}`],
  ['bun.lock', ''],
])('%s that cannot be read is not one without findings: %j', async (path, text) => {
  expect(await doctor({ 'package.json': NEEDS, [path]: text })).toEqual({
    exitCode: 3,
    problems: [`unreadable-file ${path}`],
  });
});

test('a go.sum with a merge conflict is not read as if it were whole', async () => {
  const go = 'module acme.dev/a\n\ngo 1.24\n\nrequire acme.dev/b v1.0.0\n';
  const sums = ['<<<<<<< HEAD', 'acme.dev/b v1.0.0 h1:x=', 'acme.dev/b v1.0.0/go.mod h1:x=', ''];
  expect(await doctor({ 'go.mod': go, 'go.sum': sums.join('\n') })).toEqual({
    exitCode: 3,
    problems: ['unreadable-file go.sum'],
  });
});

test('what is only old, or needs nothing, is no problem', async () => {
  const old = '{ "lockfileVersion": 1, "dependencies": { "b": { "version": "1.0.0" } } }\n';
  expect(await doctor({ 'package.json': NEEDS, 'package-lock.json': old })).toMatchObject({
    exitCode: 0,
  });
  expect(await doctor({ 'package.json': '{ "name": "a" }\n', 'yarn.lock': '' })).toMatchObject({
    exitCode: 0,
  });
});

test('a root without a name may ask for a version by numbers, too: no fix breaks its install', async () => {
  const root = repositoryOf({
    VERSION: '2.0.0\n',
    'package.json': { private: true, workspaces: ['a'], devDependencies: { '@acme/a': '^1.0.0' } },
    'a/package.json': { name: '@acme/a', version: '1.0.0', license: 'MIT' },
    'release.config.json': definitionOf({ npm: ['a'] }),
  });
  const { problems } = await reportOn(root);
  const found = problems.find(({ code }) => code === 'version-files-differ');
  expect(found?.message).toContain('package.json asks for it as ^1.0.0');
  expect(found?.isFixable).toBeUndefined();
});

test('to npm any version satisfies *, also a prerelease', async () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { b: '*' } },
      'node_modules/b': { version: '1.0.0-beta.1' },
    },
  };
  const manifest = { name: 'a', private: true, dependencies: { b: '*' } };
  expect(await doctor({ 'package.json': manifest, 'package-lock.json': lock })).toEqual({
    exitCode: 0,
    problems: [],
  });
});
