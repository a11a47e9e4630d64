import { chmodSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  recorded,
  startGitHost,
  startGithub,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { github } from '@ameide/publisher-github';
import { goModule } from '@ameide/publisher-go';
import { createTestRepository, runGit } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  buildRelease,
  publishRelease,
  type ReleaseOptions,
  type ReleaseReport,
} from '@ameide/release';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { expect, onTestFinished, test, vi } from 'vitest';

// Somebody writes to built files after they are checked and before they are sent: a build that is still
// running, for example. The test does that itself, when the event says that the upload begins.

const FILES = {
  'version.json': { version: '0.1.0' },
  'js/package.json': { name: '@acme/sdk', version: '0.0.0', license: 'MIT' },
  'js/index.js': 'module.exports = 42;\n',
  'conf/a.json': '{}\n',
  'go/go.mod': 'module github.com/acme/go\n\ngo 1.21\n',
  'go/a.go': 'package a\n',
};

interface World extends AsyncDisposable {
  readonly publisher: PublisherDefinition;
  /** The files that are sent, below the folder of temporary files. */
  readonly sent: string;
  /** How many requests have stored something under a name. */
  readonly stored: () => number;
  /** Gives the server the objects of the repository. */
  readonly knows?: (repository: string) => void;
  /** Default: a dev build of `main`. */
  readonly ref?: string;
}

const npmWorld = async (): Promise<World> => {
  const world = await recorded(startNpmRegistry(), {});
  const { token } = world.registry;
  return {
    publisher: npm({ directory: 'js', registry: world.proxy.url, token }),
    sent: '**/*.tgz',
    stored: () => world.proxy.mutating().length,
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
};

const ociWorld = async (): Promise<World> => {
  const world = await recorded(startOciRegistry(), {});
  const { password: token, user } = world.registry;
  const image = `${new URL(world.proxy.url).host}/acme/sdk`;
  return {
    publisher: ghcr({ image, files: 'js', platform: 'linux/amd64', user, token }),
    sent: '**/blobs/sha256/*',
    stored: () => world.proxy.mutating().filter(({ path }) => path.includes('/manifests/')).length,
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
};

const pypiWorld = async (): Promise<World> => {
  const world = await recorded(startPythonIndex(), {});
  const { token } = world.registry;
  const [uploadUrl, simpleUrl] = [`${world.proxy.url}/legacy/`, `${world.proxy.url}/simple/`];
  const carrier = pypi.bundle('acme-conf', { uploadUrl, simpleUrl, token });
  return {
    publisher: configuration({ directory: 'conf', carriers: [carrier] }) as never,
    sent: '**/*.{whl,tar.gz}',
    stored: () => world.proxy.mutating().length,
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
};

const gitWorld = async (): Promise<World> => {
  const host = await startGitHost({ repositories: ['acme/go'] });
  const { token, user } = host;
  return {
    publisher: goModule({ directory: 'go', mirror: `${host.url}/acme/go.git`, token, user }),
    sent: '**/objects/{[0-9a-f][0-9a-f]/*,pack/*.pack}',
    stored: () => (runGit(host.path('acme/go'), ['for-each-ref']) === '' ? 0 : 1),
    [Symbol.asyncDispose]: async () => host.stop(),
  };
};

const githubWorld = async (): Promise<World> => {
  const world = await recorded(startGithub({ repositories: ['acme/mono'] }), {});
  const { token } = world.registry;
  const assets = [{ folder: 'js', name: 'js-{version}.tar.gz' }];
  const baseUrl = `${world.proxy.url}/api/v3`;
  return {
    publisher: github({ repository: 'acme/mono', baseUrl, token, assets, notes: 'none' }),
    sent: '**/*js-*.tar.gz',
    // A tag and a draft are made first.
    stored: () => world.proxy.mutating().filter(({ path }) => path.includes('/assets?')).length,
    knows: (repository) => {
      const info = join(world.registry.path('acme/mono'), 'objects/info');
      mkdirSync(info, { recursive: true });
      writeFileSync(join(info, 'alternates'), `${join(repository, '.git/objects')}\n`);
    },
    ref: 'refs/tags/v0.1.0',
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
};

const CASES = [
  ['npm: a tarball', npmWorld, 'npm-tarball-changed'],
  ['OCI: the blobs of an image', ociWorld, 'ghcr-image-changed'],
  ['PyPI: a wheel and an sdist', pypiWorld, 'pypi-file-changed'],
  ['git: the objects of a commit', gitWorld, undefined],
  ['GitHub: the files of a release', githubWorld, 'github-file-changed'],
] as const;

/** Changes one byte in the middle of each file. */
function change(folder: string, pattern: string): number {
  const paths = globSync(join(folder, pattern)).filter((path) => statSync(path).isFile());
  for (const path of paths) {
    const bytes = readFileSync(path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    chmodSync(path, 0o644);
    writeFileSync(path, bytes);
  }
  return paths.length;
}

async function folderFor(name: string): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), `late-${name}-`));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

needs('git')('what is changed between its check and its upload is not sent', () => {
  test.each(CASES)('%s, in one publish', async (_title, start, code) => {
    await using world = await start();
    const { changed, report } = await run(world, async () => ({}));
    expect(changed).toBeGreaterThan(0);
    expectRefused(report, code, world);
  });

  test.each(CASES)('%s, from a folder', async (_title, start, code) => {
    await using world = await start();
    const from = await folderFor('built');
    const { changed, report } = await run(world, async (options) => {
      expect(await buildRelease({ ...options, out: from })).toMatchObject({ exitCode: 0 });
      return { from };
    });
    expect(changed).toBeGreaterThan(0);
    expectRefused(report, code, world);
  });

  test.each(CASES)('%s: the folder itself may change once it is read', async (_title, start) => {
    await using world = await start();
    const from = await folderFor('built');
    const { changed, report } = await run(
      world,
      async (options) => {
        expect(await buildRelease({ ...options, out: from })).toMatchObject({ exitCode: 0 });
        return { from };
      },
      [from, '*/**'],
    );
    expect(changed).toBeGreaterThan(0);
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
  });
});

function expectRefused(report: ReleaseReport, code: string | undefined, world: World): void {
  expect(report.exitCode).not.toBe(0);
  if (code !== undefined) expect(report.problems.map((found) => found.code)).toEqual([code]);
  for (const { outcome } of report.artifacts)
    expect(['published', 'already-there']).not.toContain(outcome);
  expect(world.stored()).toBe(0);
}

/** Publishes, and changes files when the upload begins. */
async function run(
  world: World,
  prepare: (options: ReleaseOptions) => Promise<Partial<ReleaseOptions>>,
  files?: readonly [folder: string, pattern: string],
): Promise<{ readonly report: ReleaseReport; readonly changed: number }> {
  const temporary = await folderFor('temporary');
  vi.stubEnv('TMPDIR', temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  repository.commit({ files: FILES });
  const { ref = 'refs/heads/main' } = world;
  if (ref.startsWith('refs/tags/')) repository.git('tag', ref.slice('refs/tags/'.length));
  world.knows?.(repository.directory);
  const options: ReleaseOptions = {
    repository: await repository.open(),
    definition: {
      versionFile: 'version.json',
      publishers: [world.publisher],
      visibleWithinMs: 0,
    },
    env: {},
    ref,
  };
  const more = await prepare(options);
  let changed = 0;
  const report = await publishRelease({
    ...options,
    ...more,
    onEvent(event) {
      if (event.type !== 'phase-started' || event.phase !== 'publish') return;
      changed = change(...(files ?? ([temporary, world.sent] as const)));
    },
  });
  return { report, changed };
}
