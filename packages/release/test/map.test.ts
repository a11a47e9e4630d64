import { needs } from '@ameide/local-registries/components';
import { openRepository, type Repository } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { publishRelease } from '../src/engine/release.ts';
import { mapRelease } from '../src/map/make-map.ts';
import type { MapCell, MapRow, MapVersion, ReleaseMap } from '../src/map/release-map.ts';
import type { ReleaseReport } from '../src/report/release-report.ts';
import { traceCommit } from '../src/trace/trace.ts';
import { openMapPage, startBrowser } from './map/page/browser.ts';
import { readGrid } from './map/page/shown-grid.ts';
import { FOUR_FILES, type FourEcosystems, startFourEcosystems } from './support/four-ecosystems.ts';
import { schemaErrors } from './support/schema.ts';

const RELEASES = 10;
const DEV_BUILDS = 40;

needs(
  'git',
  'uv',
  'python',
)('the map after ten releases, three fixes and forty dev builds', () => {
  let world: FourEcosystems;
  let git: TestRepository;
  let repository: Repository;
  let map: ReleaseMap;
  /** What each run of `publish` reported, oldest first. */
  const reports: ReleaseReport[] = [];
  let minutes = 0;

  beforeAll(async () => {
    world = await startFourEcosystems();
    git = createTestRepository({ origin: 'https://github.com/example/repo' });
    for (const [path, text] of Object.entries(FOUR_FILES)) git.write(path, text);
    for (let number = 1; number <= RELEASES; number++) {
      for (let build = 0; build < DEV_BUILDS / RELEASES; build++) {
        git.write('build', `${number} ${build}`);
        await publish(commit(`work ${build} towards 0.${number}.0`));
      }
      await release(`0.${number}.0`);
      // Fixes of one artifact alone: in front, of an older line, and of the newest.
      if (number === 3) await release('0.3.1', [world.ids.npm]);
      if (number === 7) await fixOlderLine('v0.5.0', '0.5.1', [world.ids.oci]);
    }
    await release('0.10.1', [world.ids.pypi]);
    repository = await openRepository(git.directory);
    map = await mapRelease({ repository, definition: world.definition });
  }, 600_000);

  afterAll(async () => {
    await repository?.close();
    await world?.[Symbol.asyncDispose]();
    await git?.[Symbol.asyncDispose]();
  });

  function commit(message: string): string {
    minutes += 1;
    const time = new Date(Date.UTC(2025, 10, 1) + minutes * 60_000).toISOString();
    return git.commit({ message, time: time.replace('.000Z', '+00:00') });
  }

  async function publish(sha: string, only: readonly string[] = []): Promise<void> {
    // Opened for each run, as it shows the tags of the time when it was opened.
    await using opened = await openRepository(git.directory);
    const { definition } = world;
    const report = await publishRelease({
      repository: opened,
      definition,
      revision: sha,
      only,
      env: {},
    });
    expect(report.problems).toEqual([]);
    reports.push(report);
  }

  async function release(version: string, only: readonly string[] = []): Promise<void> {
    git.write('sdk/package.json', FOUR_FILES['sdk/package.json']?.replace('0.1.0', version) ?? '');
    const sha = commit(`version ${version}`);
    git.git('tag', `v${version}`);
    await publish(sha, only);
  }

  async function fixOlderLine(
    tag: string,
    version: string,
    only: readonly string[],
  ): Promise<void> {
    const branch = git.git('branch', '--show-current').trim();
    git.git('checkout', '--quiet', '-b', 'line', tag);
    await release(version, only);
    git.git('checkout', '--quiet', branch);
  }

  /** Without the second name that a release's commit has in the mirror, which reports leave out. */
  function named({ versions }: MapCell): readonly MapVersion[] {
    const isSecond = ({ digest, version }: MapVersion): boolean =>
      version.startsWith('source-') &&
      versions.some((other) => other.digest === digest && other.version !== version);
    return versions.filter((version) => !isSecond(version));
  }

  const rowOf = (tag: string): MapRow | undefined =>
    map.rows.find(({ tags }) => tags.includes(tag));

  function current(tag: string): Readonly<Record<string, string>> {
    const cells = rowOf(tag)?.cells ?? [];
    return Object.fromEntries(
      cells.map(({ current: still, publisher, versions }) => {
        const [ecosystem = ''] = publisher.split(':');
        const own = versions.map(({ version }) => version).find((one) => !/[0-9a-f]{40}/.test(one));
        return [ecosystem, still === undefined ? `${own}` : `still ${still}`];
      }),
    );
  }

  test('is what its schema says, and says that it is whole', () => {
    expect(schemaErrors('map-1', map)).toEqual([]);
    expect(map).toMatchObject({
      status: 'converged',
      exitCode: 0,
      repository: 'https://github.com/example/repo',
      problems: [],
      notes: [],
    });
  });

  test('has every version that was published, at its commit, with its digest, and no other', () => {
    const published = reports.flatMap(({ artifacts, release: { sha } }) =>
      artifacts.map(({ coordinate, digest }) => ({ sha, coordinate, digest })),
    );
    const shown = map.rows.flatMap(({ cells, sha }) =>
      cells.flatMap(named).map(({ coordinate, digest }) => ({ sha, coordinate, digest })),
    );
    const sorted = (list: typeof shown): typeof shown =>
      list.toSorted((a, b) => (a.coordinate < b.coordinate ? -1 : 1));
    expect(published.length).toBeGreaterThan(53 * 4);
    expect(sorted(shown)).toEqual(sorted(published));
  });

  test('has one row for each commit, the newest first', () => {
    const built = [...new Set(reports.map(({ release: { sha } }) => sha))];
    expect(map.rows.map(({ sha }) => sha)).toEqual(built.toReversed());
    expect(map.rows.map(({ channel }) => channel).filter((one) => one === 'release')).toHaveLength(
      RELEASES + 3,
    );
    expect(map.rows[0]).toMatchObject({
      subject: 'version 0.10.1',
      tags: ['v0.10.1'],
      url: `https://github.com/example/repo/commit/${map.rows[0]?.sha}`,
    });
  });

  test('says of each release which version of every artifact was current', () => {
    expect(current('v0.3.0')).toEqual({ npm: '0.3.0', pypi: '0.3.0', go: 'v0.3.0', oci: '0.3.0' });
    expect(current('v0.3.1')).toEqual({
      npm: '0.3.1',
      pypi: 'still 0.3.0',
      go: 'still v0.3.0',
      oci: 'still 0.3.0',
    });
    expect(current('v0.5.1')).toEqual({
      npm: 'still 0.5.0',
      pypi: 'still 0.5.0',
      go: 'still v0.5.0',
      oci: '0.5.1',
    });
    expect(current('v0.10.1')).toEqual({
      npm: 'still 0.10.0',
      pypi: '0.10.1',
      go: 'still v0.10.0',
      oci: 'still 0.10.0',
    });
  });

  test('says of each commit what trace says', async () => {
    for (const { cells, sha = '' } of map.rows.filter((_row, index) => index % 6 === 0)) {
      const { artifacts } = await traceCommit(sha, { repository, definition: world.definition });
      const traced = artifacts
        .filter(({ state }) => state !== 'absent')
        .map(({ coordinate, digest, pointers }) => ({ coordinate, digest, pointers }));
      const mapped = cells
        .flatMap(named)
        .map(({ coordinate, digest, pointers }) => ({ coordinate, digest, pointers }));
      expect(new Set(mapped)).toEqual(new Set(traced));
    }
  });

  test('limits how many releases and how many dev builds it shows, and says so', async () => {
    const { definition } = world;
    const short = await mapRelease({ repository, definition, limit: 2 });
    expect(short.rows.map(({ tags }) => tags[0])).toEqual([
      'v0.10.1',
      'v0.10.0',
      undefined,
      undefined,
    ]);
    expect(short.rows[0]?.cells.map(({ current: still }) => still)).toEqual([
      '0.10.0',
      undefined,
      'v0.10.0',
      '0.10.0',
    ]);
    expect(short.notes).toEqual([expect.stringMatching(/^\d+ older versions are not shown/)]);
    expect(schemaErrors('map-1', short)).toEqual([]);
  });

  needs('chromium')('its page, in Chromium', () => {
    test('shows of each commit what trace says', async () => {
      const browser = await startBrowser();
      onTestFinished(async () => browser.close());
      await using opened = await openMapPage(browser, map);
      const grid = await readGrid(opened.page);
      expect(grid.map(({ sha }) => sha)).toEqual(map.rows.map(({ sha }) => sha));
      for (const { cells, sha } of grid.filter((_row, index) => index % 6 === 0)) {
        const { artifacts } = await traceCommit(sha, { repository, definition: world.definition });
        const traced = artifacts.filter(({ state }) => state !== 'absent');
        const shown = cells.flatMap(({ focused }) => focused.split('\n'));
        const isSecond = (line: string): boolean =>
          line.includes('@source-') &&
          !traced.some(({ coordinate }) => line.startsWith(coordinate));
        expect(shown.filter((line) => line !== '' && !isSecond(line)).toSorted()).toEqual(
          traced.map(({ coordinate, digest }) => `${coordinate}  ${digest}`).toSorted(),
        );
        expect(cells.flatMap(({ pointers }) => pointers).toSorted()).toEqual(
          traced.flatMap(({ pointers }) => pointers).toSorted(),
        );
      }
      expect(opened.complaints).toEqual([]);
      expect(opened.requests).toEqual([opened.url]);
    });
  });
});
