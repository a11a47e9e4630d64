import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { literalSource } from '@ameide/publisher-kit/testing';
import {
  type Bundle,
  type BundleFile,
  failed,
  ok,
  problem,
  type Result,
} from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import type { NpmBuilt } from '../src/plan.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { valueOf } from './support/result.ts';
import { makeStep, writeFiles } from './support/step.ts';
import { readTarball } from './support/tarball.ts';
import { invalidInput } from './support/thrown.ts';

const RELEASE = makeRelease({
  channel: releaseChannel('0.1.0'),
  repository: 'https://github.com/x/y',
});
const file = (path: string, text = '{}') => ({ path, content: Buffer.from(text) });

async function build(result: Result<readonly BundleFile[]>, options: { license?: string } = {}) {
  const asked: object[] = [];
  const bundle: Bundle = {
    name: 'configuration',
    description: 'Settings.',
    async files(plan) {
      asked.push(plan);
      return result;
    },
  };
  const publisher = await npm
    .bundle('@x/configuration', { token: 't', ...options })
    .open(literalSource({}), bundle);
  const plan = publisher.plan(RELEASE);
  return { asked, publisher, plan, result: await publisher.build(plan, makeStep()) };
}

describe('a bundle', () => {
  test('is packed under a generated package.json', async () => {
    const { asked, publisher, result } = await build(
      ok([file('dev/settings.json', '{"a":1}'), file('index.json')]),
      { license: 'MIT' },
    );
    expect(publisher).toMatchObject({
      id: 'npm:@x/configuration',
      members: [{ ecosystem: 'npm', name: '@x/configuration' }],
    });
    expect(asked).toEqual([{ version: '0.1.0', sha: SHA }]);
    const entries = await readTarball((valueOf(result) as NpmBuilt).tarball);
    expect([...entries.keys()]).toEqual([
      'package/_load.d.ts',
      'package/_load.js',
      'package/dev/settings.json',
      'package/index.json',
      'package/package.json',
    ]);
    expect(JSON.parse(entries.get('package/package.json')?.text ?? '')).toEqual({
      name: '@x/configuration',
      version: '0.1.0',
      description: 'Settings.',
      license: 'MIT',
      repository: { type: 'git', url: 'git+https://github.com/x/y.git' },
      type: 'module',
      exports: {
        '.': { types: './_load.d.ts', default: './_load.js' },
        './*': './*',
        './package.json': './package.json',
      },
      main: './_load.js',
      types: './_load.d.ts',
      sideEffects: false,
      files: ['**'],
      gitHead: SHA,
    });
  });

  test('lets consumers resolve every file', async () => {
    const { result } = await build(ok([file('dev/settings.json', '{"a":1}')]));
    const entries = await readTarball((valueOf(result) as NpmBuilt).tarball);
    const { workspace } = makeStep();
    const files = [...entries].map(
      ([path, { text }]) =>
        [path.replace(/^package\//, 'node_modules/@x/configuration/'), text] as const,
    );
    writeFiles(workspace, Object.fromEntries(files));
    const { resolve } = createRequire(join(workspace, 'consumer.js'));
    expect(readFileSync(resolve('@x/configuration/dev/settings.json'), 'utf8')).toBe('{"a":1}');
    expect(
      JSON.parse(readFileSync(resolve('@x/configuration/package.json'), 'utf8')),
    ).toMatchObject({ version: '0.1.0' });
  });

  test('that its maker refuses is that problem', async () => {
    const refused = failed(
      problem({ code: 'configuration-invalid', kind: 'incomplete', message: 'No.' }),
    );
    expect((await build(refused)).result).toEqual(refused);
  });

  test('of a folder: validate reports what its maker refuses and a package.json, and a build allows what it allows', async () => {
    const refused = problem({ code: 'x', kind: 'input', message: 'No.' });
    const bundle: Bundle = {
      name: 'configuration',
      directory: 'conf',
      allow: ['conf/.env'],
      paths: ['package.json', '.env'],
      validate: async (publisher) => [{ ...refused, message: publisher }],
      files: async () => ok([file('.env')]),
    };
    const carrier = npm.bundle('@x/configuration', { token: 't' });
    const publisher = await carrier.open(literalSource({}), bundle);
    const plan = publisher.plan(RELEASE);
    expect(await publisher.validate?.(plan, makeStep())).toMatchObject([
      { code: 'x', message: 'npm:@x/configuration' },
      { code: 'npm-bundle-path', kind: 'input', path: 'conf/package.json' },
    ]);
    expect(await publisher.build(plan, makeStep())).toHaveProperty('value');
  });

  test('with a file that may hold secrets is refused', async () => {
    expect((await build(ok([file('dev/.env')]))).result).toMatchObject({
      problems: [{ code: 'built-secret-file', kind: 'incomplete', path: 'dev/.env' }],
    });
  });

  test.each([
    ['package.json', 'npm-bundle-path'],
    ['_load.js', 'npm-bundle-path'],
    ['_load.d.ts', 'npm-bundle-path'],
    ['../up.json', 'file-name'],
    ['/etc/passwd', 'file-name'],
    ['a//b', 'file-name'],
    [String.raw`a\b`, 'file-name'],
  ])('with the path %s is refused', async (path, code) => {
    expect((await build(ok([file(path)]))).result).toMatchObject({
      problems: [{ code, kind: 'incomplete' }],
    });
  });

  test('without a scope cannot be restricted', async () => {
    const bundle: Bundle = { name: 'configuration', files: async () => ok([]) };
    const error = await invalidInput(async () =>
      npm.bundle('configuration', { access: 'restricted' }).open(literalSource({}), bundle),
    );
    expect(error.code).toBe('npm-access');
  });
});
