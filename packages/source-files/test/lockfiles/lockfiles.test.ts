import { fileURLToPath } from 'node:url';
import { readLockfiles } from '@ameide/source-files/lockfiles';
import { describe, expect, it } from 'vitest';
import { folderFiles, textFiles } from './source-files.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures', import.meta.url));

/** Each package as `name@version`; `!` for what the project itself asks for, a folder in brackets. */
async function packagesIn(fixture: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const { lockfiles, problems } = await readLockfiles(folderFiles(`${FIXTURES}/${fixture}`));
  expect(problems).toEqual([]);
  return Object.fromEntries(
    lockfiles.flatMap((one) =>
      one.projects.map((project) => [
        lockfiles.length === 1 ? project : `${one.path} ${project}`,
        one
          .packagesOf(project)
          .map(({ directory, isDirect, name, source, version }) => {
            const from = source === 'registry' ? '' : ` (${directory ?? source})`;
            return `${name}@${version}${from}${isDirect ? '!' : ''}`;
          })
          .toSorted(),
      ]),
    ),
  );
}

const SDK = ['is-number@6.0.0', 'is-odd@3.0.1!', 'is-windows@1.0.2!'];
const API = [
  'is-buffer@1.1.6',
  'is-buffer@2.0.5!',
  'is-number@3.0.0',
  'is-number@7.0.0!',
  'is-odd@0.1.2!',
  'js-tokens@4.0.0',
  'kind-of@3.2.2',
  'loose-envify@1.4.0',
  'object-assign@4.1.1',
  'react@17.0.2!',
  'use-sync-external-store@1.2.0!',
];
const WEB = [
  '@acme/sdk@0.3.0 (packages/sdk)!',
  'is-buffer@1.1.6',
  'is-even@1.0.0!',
  'is-number@3.0.0',
  'is-number@6.0.0',
  'is-odd@0.1.2!',
  'is-odd@3.0.1',
  'js-tokens@4.0.0',
  'kind-of@3.2.2',
  'loose-envify@1.4.0',
  'react@18.2.0!',
  'use-sync-external-store@1.2.0!',
];
/** npm and Bun share one use-sync-external-store, which finds the api's React above it. */
const HOISTED_WEB = [...WEB, 'object-assign@4.1.1', 'react@17.0.2'].toSorted();
/** An address that is none of the registry's own API. */
const addressed = (list: readonly string[], name: string): readonly string[] =>
  list.map((one) => (one === 'is-number@7.0.0!' ? name : one)).toSorted();

// One workspace, locked by each package manager: an alias, two versions of one package, peers, an address.
describe.each([
  ['pnpm-9', API, WEB],
  ['pnpm-6', API, WEB],
  ['pnpm-5', API, WEB],
  ['npm-3', API, HOISTED_WEB],
  ['npm-2', API, HOISTED_WEB],
  ['yarn-1', API, WEB],
  ['yarn-4', addressed(API, 'is-number@7.0.0 (other)!'), WEB],
  [
    'bun',
    addressed(API, 'is-number@https://registry.npmjs.org/is-number/-/is-number-7.0.0.tgz (other)!'),
    HOISTED_WEB,
  ],
])('%s', (fixture, api, web) => {
  it('has what each project gets', async () => {
    expect(await packagesIn(fixture)).toEqual({
      '': ['repeat-string@1.6.1!'],
      'packages/sdk': SDK,
      'services/api': api,
      'services/web': web,
    });
  });
});

it('npm-1: has the packages of a nested tree', async () => {
  const found = await packagesIn('npm-1');
  expect(found['']).toEqual(
    expect.arrayContaining(['is-even@1.0.0!', 'is-odd@3.0.1!', 'is-odd@0.1.2', 'is-number@3.0.0']),
  );
  expect(found['']).toHaveLength(14);
});

describe('Python', () => {
  const flat = ['iniconfig@2.0.0!', 'python-dateutil@2.9.0.post0!', 'six@1.17.0'];

  it('reads all lockfiles', async () => {
    expect(await packagesIn('python')).toEqual({
      'pip/requirements-dev.txt pip': [
        'acme-sdk@0.3.0 (sdk)!',
        'python-dateutil@2.9.0.post0!',
        'six@1.17.0',
        'typing-extensions@4.12.2!',
      ],
      'pip/requirements.txt pip': ['python-dateutil@2.9.0.post0!', 'six@1.17.0'],
      'pipenv/Pipfile.lock pipenv': flat,
      'poetry/poetry.lock poetry': ['acme-sdk@0.3.0 (sdk)!', ...flat],
      'pylock/pylock.toml pylock': flat,
      'uv/uv.lock uv': ['iniconfig@2.0.0!'],
      'uv/uv.lock uv/packages/sdk': ['idna@3.20!', 'pluggy@1.5.0!', 'six@1.17.0!'],
      'uv/uv.lock uv/services/api': [
        'python-dateutil@2.9.0.post0!',
        'six@1.17.0',
        'toml@0.10.2 (other)!',
      ],
      'uv/uv.lock uv/services/web': [
        'acme-sdk@0.3.0 (uv/packages/sdk)!',
        'idna@3.20',
        'six@1.17.0',
        'typing-extensions@4.12.2!',
        'typing-extensions@4.7.1!',
      ],
    });
  });

  it('reads a pdm.lock', async () => {
    const { lockfiles, problems } = await readLockfiles(
      textFiles({
        'api/pdm.lock':
          '[metadata]\nlock_version = "4.5.0"\n\n[[package]]\nname = "acme-sdk"\nversion = "0.1.0.dev20251113"\n\n[[package]]\nname = "other"\nversion = "1.0"\ngit = "https://git.example/other.git"\nrevision = "71e210b"\n\n[[package]]\nname = "local"\nversion = "2.0"\npath = "../lib"\neditable = true\n',
        'api/pyproject.toml': '[project]\nname = "api"\ndependencies = ["Acme_SDK"]\n',
      }),
    );
    expect(problems).toEqual([]);
    expect(lockfiles[0]?.packagesOf('api')).toMatchObject([
      {
        name: 'acme-sdk',
        version: '0.1.0.dev20251113',
        source: 'registry',
        line: 4,
        isDirect: true,
      },
      { name: 'other', version: '1.0', source: 'other', isDirect: false },
      { name: 'local', version: '2.0', source: 'workspace', directory: 'lib' },
    ]);
  });

  it('reads what pip reads: names, pins, addresses and comments', async () => {
    const text = [
      'Acme.SDK==0.1.0.dev20251113153211 ; python_version >= "3.9"  # a comment',
      'extra[http, socks] === 1.0 \\',
      '  --hash=sha256:00',
      'any==1.*',
      'range>=1,<2',
      'direct @ https://files.example/direct-1.0-py3-none-any.whl',
      'git+https://git.example/g.git@71e210b#egg=from_git',
      '--index-url https://pypi.example/simple',
      '-e ../lib',
      'indirect==1',
      '    # via acme-sdk',
      'own==1',
      '    # via -r requirements.in',
    ].join('\r\n');
    const { lockfiles } = await readLockfiles(
      textFiles({
        'api/requirements/prod.txt': text,
        'api/lib/setup.py': '',
      }),
    );
    expect(lockfiles[0]?.packagesOf('api')).toEqual(
      [
        { name: 'acme-sdk', version: '0.1.0.dev20251113153211', line: 1 },
        { name: 'extra', version: '1.0', line: 2 },
        {
          name: 'direct',
          version: 'https://files.example/direct-1.0-py3-none-any.whl',
          source: 'other',
          line: 6,
        },
        {
          name: 'from-git',
          version: 'git+https://git.example/g.git@71e210b#egg=from_git',
          source: 'other',
          line: 7,
        },
        { name: 'own', version: '1', line: 12 },
        { name: 'indirect', version: '1', line: 10, isDirect: false },
      ].map((one) => ({
        ecosystem: 'pypi',
        source: 'registry',
        isDirect: true,
        path: 'api/requirements/prod.txt',
        ...one,
      })),
    );
  });
});

it('reads go.work and go.mod', async () => {
  const log = 'example.com/log@v1.3.0-0.20251113153211-71e210beab37';
  expect(await packagesIn('go')).toEqual({
    'go.work sdk': [`${log}!`],
    'go.work services/api': [`${log}!`],
    'go.work services/web': ['example.com/acme/sdk@v0.3.0 (sdk)!', 'example.com/fork@v1.0.1!', log],
    'old/go.mod old': ['example.com/acme/sdk@v0.1.0 (sdk)!', 'example.com/log@v1.1.0'],
  });
});

it('says where a package stands', async () => {
  const { lockfiles } = await readLockfiles(folderFiles(`${FIXTURES}/pnpm-9`));
  const found = lockfiles[0]?.packagesOf('services/web') ?? [];
  const text = await folderFiles(`${FIXTURES}/pnpm-9`).readText('pnpm-lock.yaml');
  const lines = text?.split('\n') ?? [];
  for (const { line, name, path, source, version } of found) {
    expect(path).toBe('pnpm-lock.yaml');
    expect(lines[line - 1]).toBe(
      source === 'workspace' ? '  packages/sdk:' : `  ${name}@${version}:`,
    );
  }
});

it('reads only what it is asked for, and nothing of node_modules', async () => {
  const files = textFiles({
    'a/requirements.txt': 'a==1',
    'b/requirements.txt': 'b==1',
    'a/node_modules/c/package-lock.json': '{',
  });
  const { lockfiles, problems } = await readLockfiles(files, (path) => path.startsWith('a/'));
  expect(lockfiles.map(({ path }) => path)).toEqual(['a/requirements.txt']);
  expect(problems).toEqual([]);
});

it('knows the package of an archive by its file name', async () => {
  const lines = [
    'https://files.example/acme_sdk-0.1.0-py3-none-any.whl#sha256=00',
    './vendor/acme-other-0.1.0.tar.gz',
    'variable==${VERSION}',
  ];
  const { lockfiles } = await readLockfiles(textFiles({ 'requirements.txt': lines.join('\n') }));
  const found = lockfiles[0]?.packagesOf('').map(({ name, source }) => `${name} ${source}`);
  expect(found).toEqual(['acme-sdk other', 'acme-other other']);
});
