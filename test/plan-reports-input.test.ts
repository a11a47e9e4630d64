import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConfigurationOptions, configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { type GithubOptions, github } from '@ameide/publisher-github';
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
import { codesThatMayBeInput } from './problem-codes.ts';

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
  /** False: the repository has no commit. */
  readonly commit?: false;
  readonly env?: Readonly<Record<string, string>>;
  /** What is added to the index before the commit. */
  readonly before?: (repository: TestRepository) => void;
  /** What is done to the repository after the commit. */
  readonly after?: (repository: TestRepository) => void;
  readonly publishers?: () => readonly PublisherDefinition[];
  readonly definition?: Partial<ReleaseDefinition>;
  readonly options?: { readonly ref?: string; readonly only?: readonly string[] };
}

const sdk = { name: '@acme/sdk', version: '0.1.0' };
const pyproject = (project: string): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\n${project}`;
const proven = (more: { readonly access?: 'public' }) =>
  npm({ directory: 'sdk', registry: url, token: 't', provenance: true, ...more });
const attested = () => ({
  files: { 'py/pyproject.toml': pyproject('name = "sdk"\nversion = "0.0.0"\n') },
  publishers: () => [
    pypi({
      directory: 'py',
      uploadUrl: url,
      simpleUrl: `${url}/simple/`,
      token: 't',
      attestations: true,
    }),
  ],
});
const OWN = 'https://sigstore.corp.example';
const identity = {
  repository: 'https://github.com/acme/mono',
  workflow: '.github/workflows/publish.yml',
};
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
const release = (files: Situation['files'], more: Partial<GithubOptions>): Situation => ({
  ...(files === undefined ? {} : { files }),
  publishers: () => [
    github({ repository: 'acme/mono', baseUrl: `${url}/api/v3`, token: 't', ...more }),
  ],
  after: (repository) => void repository.git('tag', 'v0.1.0'),
  options: { ref: 'refs/tags/v0.1.0' },
});
const lfs = {
  '.gitattributes': '*.bin filter=lfs\n',
  'sdk/model.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 3\n`,
};
const conf = (
  files: NonNullable<Situation['files']>,
  more: Partial<ConfigurationOptions> = {},
): Situation => ({
  files,
  publishers: () => [
    ...configuration({
      directory: 'conf',
      ...('conf/s.json' in files ? { schemas: { 'a.json': 's.json' } } : {}),
      carriers: [
        npm.bundle('@acme/conf', { registry: url, token: 't' }),
        ghcr.bundle(`${url.slice(7)}/acme/conf`, { token: 't' }),
      ],
      ...more,
    }),
  ],
});
/** A dev build after the release of its base, in a workspace of changesets. */
const pending = (files: NonNullable<Situation['files']>): Situation => ({
  files: { 'package.json': { name: 'root' }, 'pnpm-workspace.yaml': 'packages: ["*"]\n', ...files },
  after: (repository) => {
    repository.git('tag', 'v0.1.0');
    repository.commit();
  },
  definition: { afterRelease: 'changesets' },
});
const settings = { '.changeset/config.json': '{}' };
const manifest = (fields: object): Situation => ({
  files: { 'sdk/package.json': { ...sdk, ...fields } },
});

const goMod = (line: string) => ({ 'go/go.mod': `module example.org/acme/sdk\n\n${line}\n` });

/** A submodule whose commit this clone does not have. */
function addSubmodule(
  repository: TestRepository,
  path: string,
  url = 'https://example.org/s.git',
): void {
  repository.write('.gitmodules', `[submodule "s"]\n\tpath = ${path}\n\turl = ${url}\n`);
  repository.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},${path}`);
  repository.git('add', '.gitmodules');
}

function makeShallow(repository: TestRepository): void {
  const sha = repository.commit();
  repository.write('.git/shallow', `${sha}\n`);
}

/** A commit whose root tree has an entry `..`, which no git makes by itself. */
function commitUnsafeTree(repository: TestRepository): void {
  const id = (name: string): Buffer => Buffer.from(repository.git('rev-parse', name), 'hex');
  const entries = [
    ['100644 ..', id('HEAD:sdk/index.js')],
    ['40000 sdk', id('HEAD:sdk')],
  ] as const;
  const tree = Buffer.concat(entries.flatMap(([entry, of]) => [Buffer.from(`${entry}\0`), of]));
  repository.write('.git/tree', tree);
  const written = repository.git('hash-object', '-w', '-t', 'tree', '--literally', '.git/tree');
  repository.git('update-ref', 'HEAD', repository.git('commit-tree', '-m', 'a commit', written));
}

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
  ['changesets-workspace', pending({ 'pnpm-workspace.yaml': 'packages: [none]\n' })],
  ['changesets-settings', pending({})],
  ['changeset-invalid', pending({ ...settings, '.changeset/a.md': 'no changeset' })],
  [
    'changesets-plan',
    pending({
      ...settings,
      '.changeset/a.md': '---\n---\n',
      '.changeset/pre.json': { mode: 'pre', tag: 'next' },
      'other/package.json': { name: 'other', version: '1.0.0-a.b' },
    }),
  ],
  ['shallow-clone', { after: (repository) => makeShallow(repository) }],
  ['no-commit', { commit: false }],
  ['unsafe-path', { after: commitUnsafeTree }],
  ['release-definition', { definition: { brances: ['main'] } as never }],
  ['dirty-tree', { after: (repository) => repository.write('forgotten.txt', 'x') }],
  ['unknown-publisher', { options: { only: ['npm:none'] } }],
  ['duplicate-publisher', { publishers: () => [...npmSdk(), ...npmSdk()] }],
  [
    'token-shared',
    {
      publishers: () =>
        ['http://127.0.0.1:1', 'http://127.0.0.1:2'].map((registry) =>
          npm({ directory: 'sdk', registry }),
        ),
    },
  ],
  ['npm-provenance-identity', { publishers: () => [proven({ access: 'public' })] }],
  [
    'npm-provenance-repository',
    {
      ...manifest({ repository: 'https://github.com/acme/other' }),
      publishers: () => [proven({ access: 'public' })],
      definition: { identity },
    },
  ],
  ['npm-provenance-access', { publishers: () => [proven({})] }],
  ['pypi-attestations-identity', attested()],
  [
    'pypi-attestations-log',
    {
      ...attested(),
      definition: {
        identity,
        sigstore: { fulcio: OWN, rekor: OWN, rekorVersion: 2, timestamps: OWN },
      },
    },
  ],
  [
    'go-provenance-identity',
    {
      ...go(),
      publishers: () => [
        goModule({ directory: 'go', mirror: `${url}/acme/sdk.git`, token: 't', provenance: true }),
      ],
    },
  ],
  ['npm-manifest', { publishers: () => [npm({ directory: 'none', registry: url, token: 't' })] }],
  ['npm-private', manifest({ private: 'true' })],
  ['npm-name', manifest({ name: 'No Name' })],
  ['npm-unsupported', manifest({ publishConfig: { tag: 'beta' } })],
  [
    'npm-option',
    { publishers: () => [npm({ directory: 'sdk', registry: url, tokn: 't' } as never)] },
  ],
  [
    'npm-dist-tag',
    { publishers: () => [npm({ directory: 'sdk', registry: url, distTags: { dev: '1.0' } })] },
  ],
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
  ['path-collision', { files: { 'sdk/a.js': '', 'sdk/A.js': '' } }],
  ['lfs-content-missing', { files: lfs }],
  ['pypi-no-pyproject', { ...python(''), files: {} }],
  ['pypi-invalid-pyproject', python('[project\n')],
  [
    'pypi-no-build-system',
    python('[build-system]\nrequires = "x"\n[project]\nname = "a"\nversion = "0"\n'),
  ],
  ['pypi-dynamic-version', python(pyproject('name = "a"\ndynamic = ["version"]\n'))],
  ['pypi-dynamic-urls', python(pyproject('name = "a"\nversion = "0"\ndynamic = ["urls"]\n'))],
  [
    'pypi-private-project',
    {
      ...python(
        pyproject('name = "a"\nversion = "0"\nclassifiers = ["Private :: Do Not Upload"]\n'),
      ),
      publishers: () => [pypi({ directory: 'py', token: 't' })],
    },
  ],
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
  ['pypi-not-accepted', python(pyproject('name = "a"\nversion = "0"\nrequires-python = "3.9"\n'))],
  [
    'pypi-direct-reference',
    python(pyproject('name = "a"\nversion = "0"\ndependencies = ["b @ file:///b"]\n')),
  ],
  [
    'pypi-member-requirement',
    python(pyproject('name = "a"\nversion = "0"\ndependencies = ["a[x]===9"]\n')),
  ],
  [
    'secret-file',
    {
      ...python(''),
      files: {
        'py/pyproject.toml': pyproject('name = "a"\nversion = "0"\n'),
        'py/.pypirc': 'x',
      },
    },
  ],
  ['go-no-module', { ...go(), files: {} }],
  ['go-invalid-module', go({ 'go/go.mod': 'module example.org/acme/sdk\nrequire x master\n' })],
  [
    'go-placeholder-version',
    go({
      ...goMod('require example.org/acme/core v0.0.0'),
      'core/go.mod': 'module example.org/acme/core\n',
    }),
  ],
  [
    'go-member-cycle',
    {
      files: {
        'a/go.mod': 'module example.org/a\n\nrequire example.org/b v0.0.0\n',
        'b/go.mod': 'module example.org/b\n\nrequire example.org/a v0.0.0\n',
      },
      publishers: () =>
        ['a', 'b'].map((directory) =>
          goModule({ directory, mirror: `${url}/acme/${directory}.git`, token: 't' }),
        ),
    },
  ],
  [
    'go-mirror-shared',
    {
      files: { 'a/go.mod': 'module example.org/a\n', 'a/v2/go.mod': 'module example.org/a/v2\n' },
      publishers: () =>
        // Hosts such as GitHub take both for one repository.
        (
          [
            ['a', 'acme/a.git'],
            ['a/v2', 'Acme/A'],
          ] as const
        ).map(([directory, mirror]) =>
          goModule({ directory, mirror: `${url}/${mirror}`, token: 't' }),
        ),
    },
  ],
  [
    'go-path-mismatch',
    {
      ...go({ 'go/go.mod': 'module github.com/acme/other\n' }),
      publishers: () => [goModule({ directory: 'go', token: 't' })],
    },
  ],
  ['go-file-name', go({ 'go/aux.txt': '' })],
  ['go-file-collision', go({ 'go/b.txt': '', 'go/B.txt': '' })],
  ['go-too-large', go({ 'go/LICENSE': new Uint8Array(17 * 2 ** 20) })],
  ['go-package-missing', go({ 'go/b.go': 'package a\n\nimport _ "example.org/acme/sdk/gen"\n' })],
  [
    'go-embed-missing',
    go({
      'go/b.go': 'package a\n\nimport _ "embed"\n\n//go:embed data.bin\nvar data []byte\n',
    }),
  ],
  [
    'go-lfs-file',
    {
      ...go({
        'go/go.mod': 'module github.com/acme/mono/go\n',
        '.gitattributes': lfs['.gitattributes'],
        'go/model.bin': lfs['sdk/model.bin'],
      }),
      publishers: () => [goModule({ directory: 'go', token: 't' })],
    },
  ],
  [
    'module-path-major',
    {
      ...go(),
      files: { ...go().files, 'sdk/package.json': { ...sdk, version: '2.0.0' } },
      after: (repository) => void repository.git('tag', 'v2.0.0'),
    },
  ],
  [
    'submodule-missing',
    { ...go(), before: (repository) => addSubmodule(repository, 'go/vendored') },
  ],
  [
    'partial-clone',
    {
      after: (repository) => {
        const objects = `${repository.directory}/.git/objects`;
        const id = repository.git('rev-parse', 'HEAD:sdk/index.js');
        rmSync(`${objects}/${id.slice(0, 2)}/${id.slice(2)}`);
        // What `git clone --filter` leaves beside its pack.
        writeFileSync(`${objects}/pack/pack-0.promisor`, '');
      },
    },
  ],
  [
    'submodule-refused',
    {
      before: (repository) => addSubmodule(repository, 'third_party/s', 'ext::sh -c true'),
      definition: { submodules: true },
    },
  ],
  ['go-link', go({ 'go/b.go': { link: '../shared.go' }, 'shared.go': 'package a\n' })],
  ['secret-file', image({ 'image/.npmrc': 'x' })],
  ['ghcr-link', image({ 'image/out': { link: '../../elsewhere' } })],
  ['ghcr-whiteout', image({ 'image/.wh.a': '' })],
  // The header of a program for Linux on s390x.
  [
    'ghcr-foreign-program',
    image({ 'image/a.so': Buffer.from(`7f454c460202${'0'.repeat(26)}16`, 'hex') }),
  ],
  [
    'ghcr-dockerignore',
    {
      files: { 'image/Dockerfile': 'FROM scratch\n', 'image/.dockerignore': 'a[\n' },
      publishers: () => [
        ghcr({ image: `${url.slice(7)}/acme/sdk`, dockerfile: { directory: 'image' }, token: 't' }),
      ],
    },
  ],
  ['github-option', release({}, { assets: [{ file: '../LICENSE' }] })],
  ['github-no-file', release({}, { assets: [{ file: 'LICENSE' }] })],
  ['github-unusable-file', release({ empty: '' }, { assets: [{ file: 'empty' }] })],
  ['github-lfs-pointer', release(lfs, { assets: [{ file: 'sdk/model.bin' }] })],
  ['github-no-notes', release({}, { notes: 'changelog' })],
  ['secret-file', release({ '.env': 'TOKEN=1' }, { assets: [{ file: '.env', name: 'env' }] })],
  ['configuration-invalid', conf({ 'conf/a.json': '{' })],
  ['configuration-ambiguous', conf({ 'conf/a.yaml': 'on: push\n' }, { ambiguous: 'refuse' })],
  ['configuration-overlay', conf({ 'conf/a.yaml': '- 1\n' }, { overlays: { 'none/': 'a.yaml' } })],
  ['configuration-schema', conf({ 'conf/a.json': '1', 'conf/s.json': '{ "type": "object" }' })],
  ['configuration-file', conf({ 'conf/a.json': { link: '../sdk' } })],
  ['configuration-lfs-file', conf({ 'conf/a.json': lfs['sdk/model.bin'] })],
  ['configuration-refused', conf({ 'conf/a.json': '{' })],
  ['path-collision', conf({ 'conf/a.json': '1', 'conf/A.json': '1' })],
  ['npm-bundle-path', conf({ 'conf/package.json': '{}' })],
  ['ghcr-whiteout', conf({ 'conf/.wh.a': '' })],
  ['secret-file', conf({ 'conf/.env': 'TOKEN=1' })],
];

/** Codes without a situation here, and why. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'before there is a definition, for both commands alike': [
    'usage',
    'no-config',
    'config-failed',
    'nested-repository',
    'not-a-repository',
    'unsafe-repository',
    'git-missing',
  ],
  'of a kind that is given as a value, and is never input': [
    'disk-full',
    'git-failed',
    'no-temporary-folder',
    'publisher-failed',
    'run-failed',
    'too-many-files',
    'ghcr-answer-too-large',
    'ghcr-build',
    'ghcr-digest-mismatch',
    'ghcr-file-name',
    'ghcr-forbidden',
    'ghcr-images-differ',
    'ghcr-rejected',
    'ghcr-special-file',
    'ghcr-upload-ended',
    'github-asset-conflict',
    'github-latest-unknown',
    'github-not-found',
    'github-release-incomplete',
    'go-checkout-link',
    'go-mirror-altered',
    'go-not-in-checkout',
    'go-not-ours',
    'go-tag-exists',
    'npm-build',
    'npm-missing-file',
    'npm-network',
    'no-checkout',
    'npm-unreachable',
    'npm-package-too-large',
    'pypi-build',
    'pypi-build-output',
  ],
  'of the kind policy: plan reports it, and goes on': [
    'branch-not-published',
    'other-origin',
    'unknown-origin',
    'plan-differs',
    'pull-request',
  ],
  'of a definition that defineRelease has not checked': ['nothing-to-publish'],
  'of other commands and options than plan and publish have': [
    'ambiguous-ref',
    'built-folder',
    'built-folder-changed',
    'built-folder-incomplete',
    'built-folder-mixed',
    'built-for-another',
    'definition-is-code',
    'deprecation-message-missing',
    'go-invalid-version',
    'no-github-output',
    'not-deprecable',
    'not-removed',
    'nothing-to-ask',
    'out-folder',
    'output-file',
    'plan-unreadable',
    'pointer-from-missing',
    'pointer-not-managed',
    'pointer-target',
    'prune-rule-missing',
    'replacement-not-published',
    'registry-not-chosen',
    'unknown-coordinate',
    'unknown-release',
    'unreadable-file',
  ],
  'no code': ['github-hosted', 'go-github', 'go-mod-case', 'go-module', 'npm-packlist'],
};

test('every code of the sources that may be of kind input has a situation, or a reason', () => {
  const situations = SITUATIONS.map(([code]) => code);
  const elsewhere = Object.values(ELSEWHERE).flat();
  const known = new Set([...situations, ...elsewhere]);
  const found = codesThatMayBeInput();
  expect([...found].filter((code) => !known.has(code))).toEqual([]);
  expect([...known].filter((code) => !found.has(code))).toEqual([]);
  expect(elsewhere.filter((code) => situations.includes(code))).toEqual([]);
});

describe('plan reports what publish refuses, and no request is sent', () => {
  test.each(SITUATIONS)('%s', async (code, situation) => {
    await using repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
    const files = { 'sdk/package.json': sdk, 'sdk/index.js': '', ...situation.files };
    for (const [path, content] of Object.entries(files)) repository.write(path, content);
    repository.git('add', '--all', '--force');
    situation.before?.(repository);
    if (situation.commit !== false) repository.commit({ add: false });
    situation.after?.(repository);
    requests.length = 0;
    for (const command of [planRelease, publishRelease]) {
      const found = await codesOf(async () =>
        command({
          definition: defineRelease({
            versionFile: 'sdk/package.json',
            publishers: situation.publishers?.() ?? npmSdk(),
            ...situation.definition,
          }),
          repository: await repository.open(),
          env: situation.env ?? {},
          ...situation.options,
        }),
      );
      expect(found).toContain(code);
      expect(requests).toEqual([]);
    }
  });
});

/** The codes of kind `input` that a command reports with exit 2, or throws. */
async function codesOf(run: () => ReturnType<typeof planRelease>): Promise<readonly string[]> {
  try {
    const { exitCode, problems } = await run();
    expect(exitCode).toBe(2);
    return problems.filter(({ kind }) => kind === 'input').map(({ code }) => code);
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.code];
    throw error;
  }
}
