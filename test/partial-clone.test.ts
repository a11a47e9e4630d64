import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { goModule } from '@ameide/publisher-go';
import { openRepository } from '@ameide/publisher-kit';
import { createTestRepository, runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, planRelease, publishRelease } from '@ameide/release';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Registries, startRegistries } from './shapes/our-files.ts';

const FILES = {
  'version.json': { version: '0.1.0' },
  'sdk/package.json': { name: '@acme/sdk', version: '0.1.0', files: ['index.js'] },
  'sdk/index.js': 'export const x = 1;\n',
  'py/pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "acme"\nversion = "0.1.0"\n',
  'go/go.mod': 'module example.org/acme/sdk\n',
  'go/a.go': 'package a\n',
  'go/data/a.json': '1',
  'go/data/b.json': '2',
  'image/a': 'a',
  'conf/a.json': '{}',
  'large/data.txt': 'large\n',
};

let registries: Registries;
beforeAll(async () => {
  registries = await startRegistries();
});
afterAll(() => registries.stop());

/** A clone of a repository with `FILES`, with the content of some alone (gitignore(5)). */
async function partialClone(...patterns: readonly string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'ameide-partial-'));
  const repository = createTestRepository();
  onTestFinished(async () => {
    await repository[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });
  repository.commit({ files: FILES });
  repository.git('config', 'uploadpack.allowFilter', 'true');
  const clone = join(home, 'clone');
  const url = `file://${repository.directory}`;
  runGit(home, ['clone', '--quiet', '--filter=blob:none', '--sparse', url, clone]);
  runGit(clone, ['sparse-checkout', 'set', '--no-cone', '/version.json', ...patterns]);
  return clone;
}

async function run(
  command: typeof planRelease,
  clone: string,
  publishers: readonly PublisherDefinition[],
  prepare: readonly (readonly [string, ...string[]])[] = [],
): ReturnType<typeof planRelease> {
  const versionFile = 'version.json';
  const repository = 'https://github.com/acme/mono';
  const definition = defineRelease({ versionFile, repository, publishers, prepare });
  await using opened = await openRepository(clone);
  // The clone is one of a folder, which nobody could tell from a fork.
  return await command({ repository: opened, definition, env: {}, origin: repository });
}

const sdk = (options: Partial<Parameters<typeof npm>[0]> = {}): PublisherDefinition =>
  npm({ directory: 'sdk', registry: registries.npm.url, token: registries.npm.token, ...options });

const python = (): PublisherDefinition => {
  const { simpleUrl, token, uploadUrl } = registries.python;
  return pypi({ directory: 'py', uploadUrl, simpleUrl, token });
};

needs('git')('a partial clone', () => {
  test('publishes what only its own files are needed for', async () => {
    const clone = await partialClone('/sdk', '/go', '/image', '/conf');
    const { git, npm: packages, oci } = registries;
    const mirror = await git.createRepository('partial/sdk');
    const { token, url: registry } = packages;
    const publishers = [
      sdk(),
      goModule({ directory: 'go', mirror, token: git.token, user: git.user }),
      ghcr({ image: `${oci.host}/acme/image`, files: 'image', token: 't' }),
      ...configuration({
        directory: 'conf',
        carriers: [npm.bundle('@acme/conf', { registry, token })],
      }),
    ];
    for (const command of [planRelease, publishRelease])
      expect(await run(command, clone, publishers)).toMatchObject({ exitCode: 0, problems: [] });
    const version = await fetch(`${registry}/@acme%2fsdk`);
    const { versions } = (await version.json()) as {
      readonly versions: Record<string, { readonly dist: { readonly tarball: string } }>;
    };
    const [published] = Object.values(versions);
    const tarball = await fetch(published?.dist.tarball ?? '');
    const archive = join(clone, '../sdk.tgz');
    writeFileSync(archive, await tarball.bytes());
    const listed = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
    expect(listed.toSorted()).toEqual(['package/index.js', 'package/package.json']);
  });

  test('is refused by plan and publish for a program, which may read every file', async () => {
    const clone = await partialClone('/sdk', '/py');
    const other = 'conf/a.json and 6 more';
    const refused: readonly (readonly [string, Parameters<typeof run>[2], string[][]])[] = [
      ['npm:@acme/sdk runs a program', [sdk({ build: ['true'] })], []],
      ['pypi:acme runs a program', [python()], []],
      ['`prepare` runs a program', [sdk()], [['true']]],
    ];
    for (const [who, publishers, prepare] of refused)
      for (const command of [planRelease, publishRelease])
        expect(await run(command, clone, publishers, prepare as [string][])).toMatchObject({
          exitCode: 2,
          problems: [
            {
              code: 'partial-clone',
              path: 'conf/a.json',
              message: expect.stringContaining(`${who}, which may read ${other}`) as string,
            },
          ],
        });
  });

  test('is refused by plan and publish for a file that would be published', async () => {
    const clone = await partialClone('/go/*', '!/go/data/b.json');
    const { git, oci } = registries;
    const mirror = await git.createRepository('partial/other');
    const publishers = [
      ghcr({ image: `${oci.host}/acme/other`, files: 'image', token: 't' }),
      goModule({
        directory: 'go',
        mirror,
        token: git.token,
        user: git.user,
        fromCheckout: ['data'],
      }),
    ];
    for (const command of [planRelease, publishRelease])
      expect(await run(command, clone, publishers)).toMatchObject({
        exitCode: 2,
        problems: [
          { code: 'partial-clone', path: 'image/a' },
          { code: 'partial-clone', path: 'go/data/b.json' },
        ],
      });
  });
});
