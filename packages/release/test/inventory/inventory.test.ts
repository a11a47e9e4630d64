import { needs } from '@ameide/local-registries/components';
import { openRepository } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mapTable } from '../../src/cli/map-table.ts';
import { publishRelease } from '../../src/engine/release.ts';
import { takeInventory } from '../../src/inventory/inventory.ts';
import type { InventoryReport, InventoryService } from '../../src/inventory/inventory-report.ts';
import { mapRelease } from '../../src/map/make-map.ts';
import { renderMapPage } from '../../src/map/page/render-map-page.ts';
import {
  FOUR_FILES,
  type FourEcosystems,
  startFourEcosystems,
} from '../support/four-ecosystems.ts';
import { schemaErrors } from '../support/schema.ts';
import { type Locks, lockWith } from './lock-with-real-tools.ts';

// Two releases and two dev builds are published to registries of all ecosystems. Then consumers lock them with
// the real package managers, and the inventory has to find the commit of each.

interface Build {
  readonly sha: string;
  readonly npm: string;
  readonly pypi: string;
  readonly go: string;
}

interface World extends AsyncDisposable {
  readonly repository: TestRepository;
  readonly four: FourEcosystems;
  readonly image: string;
  readonly locks: Locks;
  readonly builds: Readonly<Record<'first' | 'firstDev' | 'second' | 'secondDev', Build>>;
}

async function createWorld(): Promise<World> {
  const four = await startFourEcosystems();
  const repository = createTestRepository({ origin: 'https://github.com/example/monorepo' });
  for (const [path, text] of Object.entries(FOUR_FILES)) repository.write(path, text);
  const publish = async (time: string, ref: string, version: string): Promise<Build> => {
    repository.write(
      'sdk/package.json',
      `{ "name": "@example/sdk", "version": "${version}", "license": "MIT" }\n`,
    );
    repository.write('sdk/changed.txt', time);
    const sha = repository.commit({ message: `the commit of ${time}`, time });
    if (ref.startsWith('refs/tags/')) repository.git('tag', ref.slice('refs/tags/'.length));
    await using opened = await openRepository(repository.directory);
    const report = await publishRelease({
      repository: opened,
      definition: four.definition,
      env: {},
      ref,
      revision: sha,
    });
    expect(report.problems).toEqual([]);
    const versionOf = (ecosystem: string): string => {
      const found = report.artifacts.find((one) => one.ecosystem === ecosystem);
      return found?.resolved ?? found?.coordinate.replace(/^.*(?:@|==)/, '') ?? '';
    };
    return { sha, npm: versionOf('npm'), pypi: versionOf('pypi'), go: versionOf('go') };
  };
  const builds = {
    first: await publish('2025-11-13T15:32:11+00:00', 'refs/tags/v0.1.0', '0.1.0'),
    firstDev: await publish('2025-11-14T09:05:00+00:00', 'refs/heads/main', '0.1.0'),
    second: await publish('2025-11-15T10:00:00+00:00', 'refs/tags/v0.2.0', '0.2.0'),
    secondDev: await publish('2025-11-16T11:00:00+00:00', 'refs/heads/main', '0.2.0'),
  };
  const locks = await lockWith(repository.directory, four.addresses);
  const image = four.ids.oci.replace('oci:', '');
  return {
    repository,
    four,
    image,
    locks,
    builds,
    async [Symbol.asyncDispose]() {
      await Promise.all([four, locks, repository].map(async (one) => one[Symbol.asyncDispose]()));
    },
  };
}

needs(
  'pnpm',
  'yarn',
  'uv',
  'poetry',
  'go',
  'git',
)('after real releases', () => {
  let world: World;
  let report: InventoryReport;

  beforeAll(async () => {
    world = await createWorld();
    const { builds, image, locks, repository } = world;
    const { first, firstDev, second, secondDev } = builds;
    await locks.npm('services/npm', { '@example/sdk': '^0.2.0' });
    await locks.npm('services/npm-dev', { '@example/sdk': firstDev.npm });
    await locks.npm('services/linked', { '@example/sdk': 'file:../../sdk' });
    await locks.pnpm('services/pnpm', { '@example/sdk': '^0.1.0' });
    await locks.yarn('services/yarn', { '@example/sdk': second.npm });
    await locks.uv('services/uv', `example-sdk==${firstDev.pypi}`);
    await locks.poetry('services/poetry', 'example-sdk', second.pypi);
    await locks.requirements('services/pip', 'example-sdk<0.2');
    await locks.go('services/go', 'github.com/example/go', 'v0.1.0');
    await locks.go('services/go-dev', 'github.com/example/go', `source-${secondDev.sha}`);
    await locks.npm('services/mixed', { '@example/sdk': first.npm });
    repository.write(
      'services/mixed/Dockerfile',
      `FROM ${image}:0.2.0 AS sdk\nCOPY --from=${image}:dev / /\n`,
    );
    repository.write(
      'services/nobody/package.json',
      '{ "name": "nobody", "dependencies": { "@example/sdk": "9.9.9" } }\n',
    );
    repository.write(
      'services/range/package.json',
      '{ "name": "range", "dependencies": { "@example/sdk": "^0.1.0" } }\n',
    );
    repository.write('services/none/package.json', '{ "name": "none" }\n');
    repository.write(
      'deploy/all.yaml',
      ['dev', '0.1', 'latest', first.sha, secondDev.sha]
        .map(
          (tag, index) =>
            `apiVersion: v1\nkind: Pod\nmetadata: { name: pod-${index} }\nspec: { containers: [{ name: a, image: '${image}:${tag}' }] }\n`,
        )
        .join('---\n'),
    );
    report = await inventory();
  }, 240_000);

  afterAll(async () => world[Symbol.asyncDispose]());

  async function inventory(
    more: Partial<Parameters<typeof takeInventory>[0]> = {},
  ): Promise<InventoryReport> {
    await using opened = await openRepository(world.repository.directory);
    return await takeInventory({ repository: opened, definition: world.four.definition, ...more });
  }

  function service(path: string, name?: string): InventoryService {
    const found = report.services.filter(
      (one) => one.path === path && (name ?? one.name) === one.name,
    );
    expect(found, path).toHaveLength(1);
    return found[0] as InventoryService;
  }

  test('every service has the commit of what its package manager has locked', () => {
    const { first, firstDev, second, secondDev } = world.builds;
    const shown = Object.fromEntries(
      report.services
        .filter(({ kind }) => kind === 'project')
        .map(({ path, uses }) => [
          path,
          uses.map(({ age, ecosystem, marks, sha, state, version }) => [
            ecosystem,
            version,
            state,
            sha,
            age,
            marks.join(' '),
          ]),
        ]),
    );
    expect(shown).toEqual({
      'services/npm': [['npm', '0.2.0', 'known', second.sha, 1, '']],
      'services/npm-dev': [['npm', firstDev.npm, 'known', firstDev.sha, 2, 'behind dev']],
      'services/linked': [['npm', '0.2.0', 'workspace', secondDev.sha, 0, '']],
      'services/pnpm': [['npm', '0.1.0', 'known', first.sha, 3, 'behind']],
      'services/yarn': [['npm', '0.2.0', 'known', second.sha, 1, '']],
      'services/uv': [['pypi', firstDev.pypi, 'known', firstDev.sha, 2, 'behind dev']],
      'services/poetry': [['pypi', '0.2.0', 'known', second.sha, 1, '']],
      // The range lets pip's compiler take a dev build; the inventory shows it.
      'services/pip': [['pypi', firstDev.pypi, 'known', firstDev.sha, 2, 'behind dev']],
      'services/go': [['go', 'v0.1.0', 'known', first.sha, 3, 'behind']],
      'services/go-dev': [['go', secondDev.go, 'known', secondDev.sha, 0, 'dev']],
      'services/mixed': [
        ['npm', '0.1.0', 'known', first.sha, 3, 'behind'],
        ['oci', '0.2.0', 'known', second.sha, 1, ''],
        ['oci', 'dev', 'known', secondDev.sha, 0, 'dev'],
      ],
      'services/nobody': [['npm', '9.9.9', 'not-published', undefined, undefined, 'unknown']],
      'services/range': [['npm', '^0.1.0', 'not-locked', undefined, undefined, 'unknown']],
    });
  });

  test('the workloads have the commits of their tags, digests and pointers', () => {
    const { first, second, secondDev } = world.builds;
    const shown = report.services
      .filter(({ kind }) => kind === 'workload')
      .map(({ name, uses }) => [
        name,
        ...uses.map(({ marks, sha, version }) => [version, sha, marks.join(' ')]),
      ]);
    expect(shown).toEqual([
      ['Pod pod-0', ['dev', secondDev.sha, 'dev']],
      ['Pod pod-1', ['0.1', first.sha, 'behind']],
      ['Pod pod-2', ['latest', second.sha, '']],
      ['Pod pod-3', [first.sha, first.sha, 'behind']],
      ['Pod pod-4', [secondDev.sha, secondDev.sha, 'dev']],
    ]);
  });

  test('mixed, behind and unknown are of the service; the exit code says that something is not known', () => {
    const { first, second, secondDev } = world.builds;
    expect(service('services/mixed')).toMatchObject({
      shas: [first.sha, second.sha, secondDev.sha],
      marks: ['mixed', 'behind', 'dev'],
    });
    expect(report).toMatchObject({ status: 'invalid-input', exitCode: 2, head: secondDev.sha });
    expect(report.problems.map(({ code, line, path }) => [code, path, line])).toEqual([
      ['inventory-not-published', 'services/nobody/package.json', 1],
      ['inventory-not-locked', 'services/range/package.json', 1],
    ]);
    expect(report.notes).toContain('1 project uses nothing of this release.');
    expect(report.artifacts).toContainEqual({
      ecosystem: 'npm',
      name: '@example/sdk',
      newest: '0.2.0',
      newestSha: second.sha,
    });
  });

  test('map shows the services, too, on its page and in its table', async () => {
    await using opened = await openRepository(world.repository.directory);
    const { definition } = world.four;
    const map = await mapRelease({ repository: opened, definition, services: true });
    expect(map.services).toEqual(report.services);
    expect(map).toMatchObject({ exitCode: 2, problems: report.problems });
    expect(schemaErrors('map-1', map)).toEqual([]);
    const page = renderMapPage(map);
    expect(page).toContain('<summary>Services: 18 services, 13 with marks</summary>');
    const [, rows = ''] = page.split('id="services"');
    expect(rows.match(/<tr>/g)).toHaveLength(
      1 + report.services.flatMap(({ uses }) => uses).length,
    );
    expect(rows).toContain(
      '<span class="mono">services/mixed</span> <span class="badge partial">mixed</span>',
    );
    expect(mapTable(map)).toContain('services/uv');
    const without = await mapRelease({ repository: opened, definition });
    expect(without.services).toBeUndefined();
    expect(renderMapPage(without)).not.toContain('id="services"');
  });

  test('one service alone: exit 0, or 2 for a mark that CI must not pass with', async () => {
    expect(await inventory({ services: ['services/yarn'] })).toMatchObject({
      exitCode: 0,
      services: [{ name: 'yarn' }],
    });
    expect(await inventory({ services: ['pnpm'], failOn: ['behind'] })).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'inventory-behind', path: 'services/pnpm/pnpm-lock.yaml' }],
    });
    expect(await inventory({ services: ['mixed'], failOn: ['mixed'] })).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'inventory-mixed' }],
    });
    await expect(inventory({ services: ['yarm'] })).rejects.toMatchObject({
      code: 'unknown-service',
      hint: expect.stringContaining('yarn'),
    });
  });
});
