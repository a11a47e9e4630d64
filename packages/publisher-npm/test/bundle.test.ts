import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Bundle, BundleResult } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { literalSource } from './support/source.ts';
import { makeStep, writeFiles } from './support/step.ts';
import { readTarball } from './support/tarball.ts';
import { invalidInput } from './support/thrown.ts';

const RELEASE = makeRelease({
  channel: releaseChannel('0.1.0'),
  repository: 'https://github.com/x/y',
});
const file = (path: string, text = '{}') => ({ path, content: Buffer.from(text) });

async function build(result: BundleResult, options: { license?: string } = {}) {
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
      { files: [file('dev/settings.json', '{"a":1}'), file('index.json')] },
      { license: 'MIT' },
    );
    expect(publisher).toMatchObject({
      id: 'npm:@x/configuration',
      members: [{ ecosystem: 'npm', name: '@x/configuration' }],
    });
    expect(asked).toEqual([{ version: '0.1.0', sha: SHA }]);
    if ('problem' in result) throw new Error(result.problem.message);
    const entries = await readTarball((result.built as unknown as { tarball: string }).tarball);
    expect([...entries.keys()]).toEqual([
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
      exports: { './*': './*', './package.json': './package.json' },
      files: ['**'],
      gitHead: SHA,
    });
  });

  test('lets consumers resolve every file', async () => {
    const { result } = await build({ files: [file('dev/settings.json', '{"a":1}')] });
    if ('problem' in result) throw new Error(result.problem.message);
    const entries = await readTarball((result.built as unknown as { tarball: string }).tarball);
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
    const problem = {
      code: 'configuration-invalid',
      message: 'No.',
      kind: 'input',
      effect: 'none',
      rerun: 'after-fix',
    } as const;
    expect((await build({ problem })).result).toEqual({ problem });
  });

  test('with a file that may hold secrets is refused', async () => {
    expect((await build({ files: [file('dev/.env')] })).result).toMatchObject({
      problem: { code: 'npm-secret-file' },
    });
  });

  test.each(['package.json', '../up.json', '/etc/passwd', 'a//b', String.raw`a\b`])(
    'with the path %s is refused',
    async (path) => {
      expect((await invalidInput(async () => build({ files: [file(path)] }))).field).toBe('path');
    },
  );

  test('without a scope cannot be restricted', async () => {
    const bundle: Bundle = { name: 'configuration', files: async () => ({ files: [] }) };
    const error = await invalidInput(async () =>
      npm.bundle('configuration', { access: 'restricted' }).open(literalSource({}), bundle),
    );
    expect(error.code).toBe('npm-access');
  });
});
