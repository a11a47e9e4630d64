import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { packZip } from '@ameide/publisher-kit';
import { hash1 } from '@ameide/publisher-kit/go';
import { createTestRepository, testStep } from '@ameide/publisher-kit/testing';
import { failed, ok, problem, type RequiredArtifact, type Step } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { checkModule, packModule } from '../src/assets/go-module.ts';
import type { GithubPlan } from '../src/index.ts';

// What packing a module does with each answer about it. Whole releases are tested with the real go.

const MODULE = { ecosystem: 'go', name: 'example.org/sdk', version: 'v1.0.0' } as const;
const ASSET = { kind: 'goModule', path: MODULE.name, name: 'sdk.zip', part: 'sdk.zip' } as const;
const PLAN: GithubPlan = {
  publisher: 'github:acme/mono',
  registry: 'https://github.com',
  sha: 'a'.repeat(40),
  repository: 'acme/mono',
  coordinates: [],
  pointers: [],
  tag: 'v1.0.0',
  tagPrefix: 'v',
  version: '1.0.0',
  isPrerelease: false,
  assets: [ASSET],
  requires: [MODULE],
};

async function codes(resolve: Step['resolve']): Promise<readonly string[]> {
  using step = testStep({ files: {} });
  const file = join(step.workspace, 'sdk.zip');
  const { problems = [] } = await packModule(PLAN, ASSET, file, { ...step, resolve });
  return problems.map(({ code }) => code);
}

const described =
  (more: Partial<RequiredArtifact>): Step['resolve'] =>
  async (coordinate) =>
    ok({ coordinate, checksums: {}, requires: [], ...more });

test('a module that was not built keeps the release from being built', async () => {
  const unbuilt = problem({ code: 'requires-unbuilt', kind: 'incomplete', message: 'no' });
  expect(await codes(async () => failed(unbuilt))).toEqual(['requires-unbuilt']);
});

test('a module without files cannot be packed', async () => {
  expect(await codes(described({}))).toEqual(['github-module-unpackable']);
});

needs('git')('a module whose files differ from its mirror', () => {
  test('is not packed', async () => {
    await using repository = createTestRepository();
    repository.commit({ files: { 'go.mod': 'module example.org/sdk\n' } });
    const files = {
      gitDirectory: join(repository.directory, '.git'),
      tree: repository.git('rev-parse', 'HEAD^{tree}').trim(),
    };
    const sum = hash1([
      { path: 'example.org/sdk@v1.0.0/go.mod', content: Buffer.from('module example.org/sdk\n') },
    ]);
    expect(await codes(described({ files, checksums: { zip: sum } }))).toEqual([]);
    expect(await codes(described({ files, checksums: { zip: 'h1:other' } }))).toEqual([
      'github-module-unpackable',
    ]);
  });
});

test.each([
  ['of the module', ['example.org/sdk@v1.0.0/go.mod', 'example.org/sdk@v1.0.0/a.go'], undefined],
  ['without a go.mod', ['example.org/sdk@v1.0.0/a.go'], 'built-folder'],
  ['of another version', ['example.org/sdk@v1.0.1/go.mod'], 'built-folder'],
  ['with a file beside it', ['example.org/sdk@v1.0.0/go.mod', 'a.go'], 'built-folder'],
  ['that is none', undefined, 'built-folder'],
] as const)('a saved zip %s', async (_, paths, code) => {
  using step = testStep({ files: {} });
  const file = join(step.workspace, 'sdk.zip');
  const content = Buffer.from('x');
  const entries = paths?.map((path) => ({ path, content }));
  await writeFile(file, entries === undefined ? content : await packZip(entries, { mtime: 2e9 }));
  expect((await checkModule(PLAN, ASSET, file, step.signal))?.code).toBe(code);
});
