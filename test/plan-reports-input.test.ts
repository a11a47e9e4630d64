import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import {
  createTestRepository,
  type FileContent,
  type TestRepository,
} from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  planRelease,
  publishRelease,
  type ReleaseDefinition,
} from '@ameide/release';
import { InvalidInputError, type PublisherDefinition } from '@ameide/versioning-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// Decision 23: what `publish` refuses by kind `input`, `plan` has reported, offline.

const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url}`);
  response.writeHead(500).end();
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

interface Situation {
  readonly files?: Readonly<Record<string, FileContent>>;
  /** What is done to the repository after the commit. */
  readonly after?: (repository: TestRepository) => void;
  readonly publishers?: () => readonly PublisherDefinition[];
  readonly definition?: Partial<ReleaseDefinition>;
  readonly options?: { readonly ref?: string; readonly only?: readonly string[] };
}

const sdk = { name: '@acme/sdk', version: '0.1.0' };
const pyproject = (project: string): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\n${project}`;
const npmSdk = () => [npm({ directory: 'sdk', registry: url, token: 't' })];
const python = (text: string): Situation => ({
  files: { 'py/pyproject.toml': text },
  publishers: () => [
    pypi({ directory: 'py', uploadUrl: url, simpleUrl: `${url}/simple/`, token: 't' }),
  ],
});
const go = (files: Situation['files'] = {}): Situation => ({
  files: {
    'go/go.mod': 'module example.org/acme/sdk\n\ngo 1.22\n',
    'go/a.go': 'package a\n',
    ...files,
  },
  publishers: () => [goModule({ directory: 'go', mirror: `${url}/acme/sdk.git`, token: 't' })],
});
const image = (files: Situation['files'] = {}): Situation => ({
  files: { 'image/index.html': 'x', ...files },
  publishers: () => [ghcr({ image: `${url.slice(7)}/acme/sdk`, files: 'image', token: 't' })],
});
const lfs = {
  '.gitattributes': '*.bin filter=lfs\n',
  'sdk/model.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 3\n`,
};
const conf = (files: NonNullable<Situation['files']>): Situation => ({
  files,
  publishers: () => [
    ...configuration({
      directory: 'conf',
      ...('conf/s.json' in files ? { schemas: { 'a.json': 's.json' } } : {}),
      carriers: [
        npm.bundle('@acme/conf', { registry: url, token: 't' }),
        ghcr.bundle(`${url.slice(7)}/acme/conf`, { token: 't' }),
      ],
    }),
  ],
});
const manifest = (fields: object): Situation => ({
  files: { 'sdk/package.json': { ...sdk, ...fields } },
});

/** One situation for each code, at least. */
const SITUATIONS: readonly (readonly [code: string, situation: Situation])[] = [
  ['no-version-file', { definition: { versionFile: 'nowhere.json' } }],
  ['invalid-input', { files: { 'sdk/package.json': { ...sdk, version: '1.0' } } }],
  ['tag-missing', { options: { ref: 'refs/tags/v0.1.0' } }],
  ['tag-differs-from-base', { after: (repository) => void repository.git('tag', 'v0.2.0') }],
  [
    'tag-names-another-commit',
    {
      after: (repository) => {
        repository.git('tag', 'v0.1.0');
        repository.commit();
      },
      options: { ref: 'refs/tags/v0.1.0' },
    },
  ],
  [
    'base-already-released',
    {
      after: (repository) => {
        repository.git('tag', 'v0.1.0');
        repository.commit();
      },
      definition: { afterRelease: 'error' },
    },
  ],
  [
    'base-behind-release',
    {
      after: (repository) => {
        repository.git('tag', 'v0.2.0');
        repository.commit();
      },
    },
  ],
  ['dirty-tree', { after: (repository) => repository.write('forgotten.txt', 'x') }],
  ['unknown-publisher', { options: { only: ['npm:none'] } }],
  ['duplicate-publisher', { publishers: () => [...npmSdk(), ...npmSdk()] }],
  ['npm-manifest', { publishers: () => [npm({ directory: 'none', registry: url, token: 't' })] }],
  ['npm-private', manifest({ private: 'true' })],
  ['npm-name', manifest({ name: 'No Name' })],
  ['npm-access', manifest({ name: 'sdk', publishConfig: { access: 'restricted' } })],
  ['npm-range', manifest({ dependencies: { '@acme/none': 'workspace:^' } })],
  ['npm-registry-mismatch', manifest({ publishConfig: { registry: 'https://other.example/' } })],
  [
    'npm-workspace',
    {
      files: {
        'pnpm-workspace.yaml': 'packages: [\n',
        'sdk/package.json': { ...sdk, dependencies: { a: 'catalog:' } },
      },
    },
  ],
  ['secret-file', { files: { 'sdk/.env': 'TOKEN=1' } }],
  ['file-name', { files: { 'sdk/a\\b.js': '' } }],
  ['lfs-content-missing', { files: lfs }],
  ['pypi-no-pyproject', { ...python(''), files: {} }],
  ['pypi-invalid-pyproject', python('[project\n')],
  ['pypi-no-build-system', python('[project]\nname = "a"\nversion = "0"\n')],
  ['pypi-dynamic-version', python(pyproject('name = "a"\ndynamic = ["version"]\n'))],
  ['pypi-dynamic-urls', python(pyproject('name = "a"\nversion = "0"\ndynamic = ["urls"]\n'))],
  [
    'lfs-content-missing',
    {
      ...python(pyproject('name = "a"\nversion = "0"\n')),
      files: {
        'py/pyproject.toml': pyproject('name = "a"\nversion = "0"\n'),
        '.gitattributes': lfs['.gitattributes'],
        'py/model.bin': lfs['sdk/model.bin'],
      },
    },
  ],
  ['go-no-module', { ...go(), files: {} }],
  ['go-invalid-module', go({ 'go/go.mod': 'module example.org/acme/sdk\nrequire x master\n' })],
  ['go-link', go({ 'go/b.go': { link: '../shared.go' }, 'shared.go': 'package a\n' })],
  ['secret-file', image({ 'image/.npmrc': 'x' })],
  ['configuration-invalid', conf({ 'conf/a.json': '{' })],
  ['configuration-schema', conf({ 'conf/a.json': '1', 'conf/s.json': '{ "type": "object" }' })],
  ['configuration-file', conf({ 'conf/a.json': { link: '../sdk' } })],
  ['configuration-lfs-file', conf({ 'conf/a.json': lfs['sdk/model.bin'] })],
  ['configuration-refused', conf({ 'conf/a.json': '{' })],
  ['path-collision', conf({ 'conf/a.json': '1', 'conf/A.json': '1' })],
  ['npm-bundle-path', conf({ 'conf/package.json': '{}' })],
  ['ghcr-whiteout', conf({ 'conf/.wh.a': '' })],
  ['secret-file', conf({ 'conf/.env': 'TOKEN=1' })],
];

describe('plan reports what publish refuses, and no request is sent', () => {
  test.each(SITUATIONS)('%s', async (code, situation) => {
    await using repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
    repository.commit({
      files: { 'sdk/package.json': sdk, 'sdk/index.js': '', ...situation.files },
    });
    situation.after?.(repository);
    requests.length = 0;
    const definition = defineRelease({
      versionFile: 'sdk/package.json',
      publishers: situation.publishers?.() ?? npmSdk(),
      ...situation.definition,
    });
    const options = {
      definition,
      repository: await repository.open(),
      env: {},
      ...situation.options,
    };
    for (const command of [planRelease, publishRelease]) {
      const found = await codesOf(command(options));
      expect(found).toContain(code);
      expect(requests).toEqual([]);
    }
  });
});

/** The codes of kind `input` that a command reports with exit 2, or throws. */
async function codesOf(report: ReturnType<typeof planRelease>): Promise<readonly string[]> {
  try {
    const { exitCode, problems } = await report;
    expect(exitCode).toBe(2);
    return problems.filter(({ kind }) => kind === 'input').map(({ code }) => code);
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.code];
    throw error;
  }
}
