import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { github } from '@ameide/publisher-github';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { describe, expect, test } from 'vitest';
import { readCommit } from '../src/commit/commit.ts';
import { readDefinition } from '../src/definition/data/read-definition.ts';
import { defineRelease, type ReleaseDefinition } from '../src/definition/definition.ts';
import { definitionDigest } from '../src/definition/digest.ts';
import { loadDefinition, loadTrustedDefinition } from '../src/definition/load.ts';
import { createGitWorld, VERSION_FILE } from './support/git-world.ts';

const REGISTRY = 'https://npm.example.com';
const CODE = 'release.config.mjs';
const DATA = 'release.config.json';

/** Reads a definition that is data. */
async function read(
  definition: object,
  env: Readonly<Record<string, string>> = {},
): Promise<ReleaseDefinition> {
  const git = createGitWorld();
  git.write(DATA, JSON.stringify(definition));
  return defineRelease((await readDefinition(join(git.directory, DATA), env)) as ReleaseDefinition);
}

const oneNpm = (options: object): object => ({
  versionFile: 'package.json',
  publishers: [{ npm: { directory: 'sdk', ...options } }],
});

test('data is the same definition as the program with the same options', async () => {
  const program = defineRelease({
    versionFile: 'package.json',
    tagPrefix: 'sdk/v',
    prepare: [['pnpm', 'install']],
    publishers: [
      npm({ directory: 'sdk', registry: REGISTRY, build: ['sh', '-c', 'echo ${X}'] }),
      pypi({ directory: 'py', distributions: ['dist/*.whl'] }),
      goModule({ directory: 'go', mirror: 'https://github.com/acme/go.git', provenance: true }),
      ghcr({
        image: 'ghcr.io/acme/sdk',
        files: 'sdk',
        user: 'me',
        token: 'planted-token-1',
        sign: 'keyless',
        sbom: 'sdk/sbom.json',
      }),
      github({ repository: 'acme/mono', assets: [{ file: 'README.md' }] }),
      configuration({
        directory: 'configuration',
        carriers: [
          npm.bundle('@acme/configuration', { access: 'public' }),
          pypi.bundle('acme-configuration'),
          ghcr.bundle('ghcr.io/acme/configuration'),
        ],
      }),
    ],
  });
  const data = {
    $schema: 'https://example.com/schema.json',
    versionFile: 'package.json',
    tagPrefix: 'sdk/v',
    prepare: [['pnpm', 'install']],
    publishers: [
      { npm: { directory: 'sdk', registry: REGISTRY, build: ['sh', '-c', 'echo ${X}'] } },
      { pypi: { directory: 'py', distributions: ['dist/*.whl'] } },
      { goModule: { directory: 'go', mirror: 'https://github.com/acme/go.git', provenance: true } },
      {
        ghcr: {
          image: '${OCI}/sdk',
          files: 'sdk',
          user: '${ME}',
          token: '${OCI_TOKEN}',
          sign: 'keyless',
          sbom: 'sdk/sbom.json',
        },
      },
      { github: { repository: 'acme/mono', assets: [{ file: 'README.md' }] } },
      {
        configuration: {
          directory: 'configuration',
          carriers: [
            { npm: { name: '@acme/configuration', access: 'public' } },
            { pypi: { name: 'acme-configuration' } },
            { ghcr: { image: '${OCI}/configuration' } },
          ],
        },
      },
    ],
  };
  const env = { OCI: 'ghcr.io/acme', ME: 'me', OCI_TOKEN: 'planted-token-1' };
  expect(definitionDigest(await read(data, env))).toBe(definitionDigest(program));
});

test('the README’s example, and the example repository’s', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = ''] = /^```json\n([^]*?)^```$/m.exec(readme) ?? [];
  const data = JSON.parse(example) as { readonly versionFile: string };
  const { publishers } = await read(data, { OCI_TOKEN: 'planted-token-1' });
  expect(publishers.flat().map(({ label }) => label)).toEqual([
    'npm(packages/sdk)',
    expect.stringContaining('registry.example.com/sdk') as string,
    expect.stringContaining('npm.bundle(@acme/configuration)') as string,
    expect.stringContaining('ghcr.bundle(ghcr.io/acme/configuration)') as string,
  ]);
  const repository = new URL('../../../examples/ameide/', import.meta.url).pathname;
  expect((await loadTrustedDefinition(repository)).publishers.flat()).toHaveLength(8);
});

describe('variables', () => {
  test('an address has the value, else the default; an empty variable is none', async () => {
    const digest = async (registry: string, env = {}): Promise<string> =>
      definitionDigest(await read(oneNpm({ registry }), env));
    const plain = await digest(REGISTRY);
    expect(await digest('${R}', { R: REGISTRY })).toBe(plain);
    expect(await digest(`\${R:-${REGISTRY}}`)).toBe(plain);
    expect(await digest(`\${R:-${REGISTRY}}`, { R: '' })).toBe(plain);
    expect(await digest(`\${R:-${REGISTRY}}`, { R: 'https://other.example.com' })).not.toBe(plain);
  });

  test('the folder of files that another machine built can be one of the environment', async () => {
    const program = pypi({ directory: 'py', distributions: ['/srv/wheels/*.whl'] });
    const data = {
      versionFile: 'package.json',
      publishers: [{ pypi: { directory: 'py', distributions: ['${WORKSPACE}/wheels/*.whl'] } }],
    };
    expect(definitionDigest(await read(data, { WORKSPACE: '/srv' }))).toBe(
      definitionDigest(defineRelease({ versionFile: 'package.json', publishers: [program] })),
    );
  });

  test('a token that is not set is left out: the environment’s own counts', async () => {
    const opened = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
      const git = createGitWorld();
      git.write('sdk/package.json', '{ "name": "sdk", "version": "0.1.0" }');
      git.commit();
      const { publishers } = await read(oneNpm({ token: '${OTHER_TOKEN}' }), env);
      const base = { versionFile: VERSION_FILE };
      const { source } = await readCommit(await git.open(), { base, env: {} });
      return (await publishers.flat()[0]?.open(source))?.takesCommonToken;
    };
    expect(await opened({})).toBe(true);
    expect(await opened({ OTHER_TOKEN: 'npm_planted0000' })).toBe(false);
  });

  test.each([
    ['a variable that is not set', { registry: '${R}' }, {}, 'publishers[0].npm.registry', 'R'],
    [
      'a secret in an address',
      { registry: 'https://x.example.com/${NPM_TOKEN}' },
      { NPM_TOKEN: 'npm_planted0000' },
      'publishers[0].npm.registry',
      'NPM_TOKEN',
    ],
    ['a token in the file', { token: 'npm_planted0000' }, {}, 'publishers[0].npm.token', '${'],
    [
      'a password in the file',
      { sign: { password: 'npm_planted0000' } },
      {},
      'publishers[0].npm.sign.password',
      '${',
    ],
  ])('%s is refused, and no value is shown', async (_name, options, env, field, shown) => {
    const refused = await read(oneNpm(options), env).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'release-definition', field });
    expect(String(refused)).toContain(shown);
    expect(JSON.stringify(refused) + String(refused)).not.toContain('npm_planted0000');
  });
});

test.each([
  ['sigstore.fulcio', { sigstore: { fulcio: '${FULCIO}', rekor: 'https://rekor.example.com' } }],
  ['identity.repository', { identity: { repository: '${HOST}/acme/mono', workflow: 'a.yml' } }],
  ['repository', { repository: '${HOST:-https://github.com}/acme/mono' }],
])('a variable in %s, where none is replaced, is refused and named', async (field, more) => {
  await expect(read({ ...oneNpm({}), ...more })).rejects.toMatchObject({
    code: 'release-definition',
    field,
    message: expect.stringMatching(/\$\{(?:FULCIO|HOST[^}]*)\} is replaced in addresses/) as string,
  });
});

test.each([
  ['no JSON', '{', 'config-failed', 'config'],
  ['a list', '[]', 'config-failed', 'config'],
  ['no publishers', '{ "versionFile": "a" }', 'release-definition', 'publishers'],
  [
    'an unknown publisher',
    '{ "versionFile": "a", "publishers": [{ "npn": {} }] }',
    'release-definition',
    'publishers[0]',
  ],
  [
    'two publishers in one entry',
    '{ "versionFile": "a", "publishers": [{ "npm": {}, "pypi": {} }] }',
    'release-definition',
    'publishers[0]',
  ],
  [
    'the name of something else that a package could have',
    '{ "versionFile": "a", "publishers": [{ "__proto__": {} }] }',
    'release-definition',
    'publishers[0]',
  ],
  [
    'a wrong option',
    '{ "versionFile": "a", "publishers": [{ "npm": { "directory": "sdk", "registri": "x" } }] }',
    'npm-option',
    'publishers[0].npm.registri',
  ],
  [
    'a wrong option of a carrier',
    '{ "versionFile": "a", "publishers": [{ "configuration": { "directory": "c", "carriers": [{ "npm": { "name": "A B" } }] } }] }',
    'npm-name',
    'publishers[0].configuration.carriers[0].npm.name',
  ],
  [
    'a carrier that carries nothing',
    '{ "versionFile": "a", "publishers": [{ "configuration": { "directory": "c", "carriers": [{ "goModule": {} }] } }] }',
    'release-definition',
    'publishers[0].configuration.carriers[0]',
  ],
])('%s is refused, and the place is named', async (_name, text, code, field) => {
  const git = createGitWorld();
  git.write(DATA, text);
  await expect(loadDefinition(git.directory)).rejects.toMatchObject({ code, field });
});

describe('which file', () => {
  test('two definitions are refused', async () => {
    const git = createGitWorld();
    git.write(DATA, JSON.stringify(oneNpm({})));
    git.write(CODE, 'throw new Error("it ran");');
    await expect(loadDefinition(git.directory)).rejects.toMatchObject({
      code: 'config-failed',
      message: expect.stringContaining(`there are ${CODE} and ${DATA}`) as string,
    });
    expect(await loadDefinition(git.directory, join(git.directory, DATA))).toMatchObject({
      versionFile: 'package.json',
    });
  });

  test('--from does not run a program that it finds, only one that the caller names', async () => {
    const git = createGitWorld();
    git.write(CODE, 'throw new Error("it ran");');
    await expect(loadTrustedDefinition(git.directory)).rejects.toMatchObject({
      code: 'definition-is-code',
      hint: expect.stringContaining('release.config.json') as string,
    });
    await expect(
      loadTrustedDefinition(git.directory, join(git.directory, CODE)),
    ).rejects.toMatchObject({ message: expect.stringContaining('it ran') as string });
  });
});
