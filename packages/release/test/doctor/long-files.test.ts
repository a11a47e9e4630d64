import { expect, test } from 'vitest';
import { smallRepository } from './small-repository.ts';

const EMPTY = '\n'.repeat(200_000);

test('files with very many empty lines do not hold doctor up', async () => {
  const repository = smallRepository({
    VERSION: '2.0.0\n',
    'release.config.json': JSON.stringify({
      versionFile: 'VERSION',
      repository: 'https://github.com/acme/sdk',
      publishers: [{ goModule: { directory: '.' } }, { npm: { directory: 'js' } }],
    }),
    '.npmrc': `_auth =${' '.repeat(100_000)}\n${EMPTY}`,
    '.yarnrc.yml': EMPTY,
    '.pypirc': `${EMPTY}[pypi]\n`,
    'go.mod': 'module example.com/acme/sdk/v2\n',
    'a.go': `package sdk\n\nimport (${EMPTY})\n`,
    'package.json': '{ "name": "root", "private": true, "workspaces": ["js"] }\n',
    'js/package.json': '{ "name": "@acme/sdk", "version": "2.0.0" }\n',
    'package-lock.json': `{ "lockfileVersion": 3,${EMPTY} "packages": { "": {}, "js": {} } }\n`,
    'pnpm-workspace.yaml': `packages: [js]\n${EMPTY}`,
    '.github/workflows/ci.yml': `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm ci\n${EMPTY}`,
  });
  const { exitCode } = await repository.report();
  expect(exitCode).toBeGreaterThanOrEqual(0);
}, 30_000);
