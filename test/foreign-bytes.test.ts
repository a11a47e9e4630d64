import {
  ociRepository,
  recorded,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { ghcr } from '@ameide/publisher-ghcr';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  promoteRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseOptions,
  type ReleaseReport,
} from '@ameide/release';
import type { PublisherDefinition } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';

// Somebody else, who may write to the registry, publishes other bytes with our commit's id on them:
// here by our own publisher, from another folder of the commit.

const FILES = {
  'version.json': { version: '0.1.0' },
  'js/package.json': { name: '@acme/sdk', version: '0.0.0', license: 'MIT' },
  'js/index.js': 'module.exports = 42;\n',
  'evil/package.json': { name: '@acme/sdk', version: '0.0.0', license: 'MIT' },
  'evil/index.js': 'steal();\n',
  'conf/a.json': '{}\n',
  'evilconf/a.json': '{"evil":true}\n',
};

type Options = Partial<Omit<ReleaseOptions, 'definition'>>;

interface World extends AsyncDisposable {
  /** What publishes ours, and what publishes theirs, under one name. */
  readonly ours: PublisherDefinition;
  readonly theirs: PublisherDefinition;
  readonly mutations: () => number;
}

const WORLDS: Readonly<Record<string, () => Promise<World>>> = {
  async 'npm: a package'() {
    const world = await recorded(startNpmRegistry());
    const at = { registry: world.proxy.url, token: world.registry.token };
    return worldOf(world, (folder) => npm({ directory: folder === 'ours' ? 'js' : 'evil', ...at }));
  },
  async 'npm: a bundle'() {
    const world = await recorded(startNpmRegistry());
    const carrier = npm.bundle('@acme/conf', {
      registry: world.proxy.url,
      token: world.registry.token,
    });
    return worldOf(world, (folder) => bundle(folder, carrier));
  },
  async 'PyPI: a bundle'() {
    const world = await recorded(startPythonIndex());
    const carrier = pypi.bundle('acme-conf', {
      uploadUrl: `${world.proxy.url}/legacy/`,
      simpleUrl: `${world.proxy.url}/simple/`,
      token: world.registry.token,
    });
    return worldOf(world, (folder) => bundle(folder, carrier));
  },
  async 'OCI: an image of files'() {
    const world = await recorded(startOciRegistry());
    const { password: token, user } = world.registry;
    const image = `${new URL(world.proxy.url).host}/acme/sdk`;
    return worldOf(world, (folder) =>
      ghcr({ image, files: folder === 'ours' ? 'js' : 'evil', user, token }),
    );
  },
  async 'OCI: a bundle'() {
    const world = await recorded(startOciRegistry());
    const { password: token, user } = world.registry;
    const carrier = ghcr.bundle(`${new URL(world.proxy.url).host}/acme/conf`, { user, token });
    return worldOf(world, (folder) => bundle(folder, carrier));
  },
};

function bundle(
  folder: 'ours' | 'theirs',
  carrier: Parameters<typeof configuration>[0]['carriers'][number],
): PublisherDefinition {
  const [one] = configuration({
    directory: folder === 'ours' ? 'conf' : 'evilconf',
    name: 'conf',
    carriers: [carrier],
  });
  if (one === undefined) throw new Error('one carrier, one publisher');
  return one;
}

function worldOf(
  world: AsyncDisposable & { readonly proxy: { mutating(): readonly unknown[] } },
  make: (folder: 'ours' | 'theirs') => PublisherDefinition,
): World {
  return {
    ours: make('ours'),
    theirs: make('theirs'),
    mutations: () => world.proxy.mutating().length,
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
}

async function publish(
  repository: TestRepository,
  publisher: PublisherDefinition,
  options: Options & { readonly definition?: Partial<ReleaseDefinition> } = {},
): Promise<ReleaseReport> {
  const { definition, ...more } = options;
  return publishRelease({
    repository: await repository.open(),
    definition: { versionFile: 'version.json', publishers: [publisher], ...definition },
    env: {},
    ref: 'refs/heads/main',
    ...more,
  });
}

function commit(): TestRepository {
  const repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  repository.commit({ files: FILES });
  return repository;
}

const CONFLICT = { exitCode: 4, problems: [{ code: 'other-bytes-there', kind: 'conflict' }] };

needs('git')('somebody else’s bytes with our commit on them', () => {
  describe.each(Object.entries(WORLDS))('%s', (_, start) => {
    test('are a conflict: nothing is written, no pointer moves, at any run', async () => {
      await using world = await start();
      await using repository = commit();
      expect(await publish(repository, world.theirs, { holdPointers: true })).toMatchObject({
        exitCode: 0,
      });
      const before = world.mutations();
      for (let run = 1; run <= 2; run++) {
        const report = await publish(repository, world.ours);
        expect(report).toMatchObject(CONFLICT);
        expect(report.problems[0]?.hint).toContain('move-pointer');
        expect(report.pointers.map(({ outcome }) => outcome)).not.toContain('moved');
      }
      expect(world.mutations()).toBe(before);
    });

    test('are a conflict also if they have the pointers already', async () => {
      await using world = await start();
      await using repository = commit();
      await publish(repository, world.theirs);
      expect(await publish(repository, world.ours)).toMatchObject(CONFLICT);
    });

    test('are not promoted', async () => {
      await using world = await start();
      await using repository = commit();
      await publish(repository, world.theirs, { holdPointers: true });
      const before = world.mutations();
      const report = await promoteRelease({
        repository: await repository.open(),
        definition: { versionFile: 'version.json', publishers: [world.ours] },
        env: {},
        ref: 'refs/heads/main',
      });
      expect(report).toMatchObject(CONFLICT);
      expect(world.mutations()).toBe(before);
    });

    test('our own are not: a second run writes nothing, from any clone', async () => {
      await using world = await start();
      await using repository = commit();
      expect(await publish(repository, world.ours)).toMatchObject({ exitCode: 0, problems: [] });
      const before = world.mutations();
      await using clone = commit();
      for (const one of [repository, clone])
        expect(await publish(one, world.ours)).toMatchObject({
          exitCode: 0,
          problems: [],
          artifacts: [{ state: 'identical' }],
        });
      expect(world.mutations()).toBe(before);
    });

    test('where prepare may change what is packed, the published artifact is accepted', async () => {
      await using world = await start();
      await using repository = commit();
      await publish(repository, world.theirs);
      const prepare = [['git', '--version']] as const;
      const report = await publish(repository, world.ours, { definition: { prepare } });
      const isPacked = !['conf'].some((name) => JSON.stringify(report.artifacts).includes(name));
      expect(report.exitCode, 'a bundle is of the commit’s own files').toBe(isPacked ? 0 : 4);
    });
  });
});

needs('git')('an image and the channels of its commit', () => {
  async function world() {
    const running = await recorded(startOciRegistry());
    const { password: token, user } = running.registry;
    const image = `${new URL(running.proxy.url).host}/acme/sdk`;
    const conf = ghcr.bundle(`${new URL(running.proxy.url).host}/acme/conf`, { user, token });
    const of = (files: string): PublisherDefinition[] => [
      ghcr({ image, files, user, token }),
      bundle(files === 'js' ? 'ours' : 'theirs', conf),
    ];
    return { ...running, of };
  }
  const run = async (
    repository: TestRepository,
    publishers: PublisherDefinition[],
    ref: string,
  ): Promise<ReleaseReport> =>
    publish(repository, publishers[0] as PublisherDefinition, { ref, definition: { publishers } });

  test('a dev build, then the release of its commit, then both again: one image', async () => {
    await using running = await world();
    await using repository = commit();
    repository.git('tag', 'v0.1.0');
    const [dev, release] = ['refs/heads/main', 'refs/tags/v0.1.0'];
    for (const ref of [dev, release, release, dev] as string[])
      expect(await run(repository, running.of('js'), ref)).toMatchObject({
        exitCode: 0,
        problems: [],
      });
    for (const name of ['acme/sdk', 'acme/conf']) {
      const tags = await ociRepository(running.registry, name).tags();
      expect(new Set(Object.values(tags)).size, name).toBe(1);
    }
  });

  test('a foreign dev build is not released', async () => {
    await using running = await world();
    await using repository = commit();
    repository.git('tag', 'v0.1.0');
    await run(repository, running.of('evil'), 'refs/heads/main');
    const before = running.proxy.mutating().length;
    const report = await run(repository, running.of('js'), 'refs/tags/v0.1.0');
    expect(report.exitCode).toBe(4);
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(
      new Set(['other-bytes-there']),
    );
    expect(running.proxy.mutating().length).toBe(before);
  });
});
