import { startGitHost, startNpmRegistry, startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import { failed, ok, type Publisher } from '@ameide/versioning-core';
import { expect, onTestFinished, test } from 'vitest';
import { findRelease } from '../../src/consume/find-release.ts';
import type { ConsumeTarget } from '../../src/consume/target-commit.ts';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';
import { deprecateVersion } from '../../src/engine/deprecate.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { FOUR_FILES } from '../support/four-ecosystems.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from '../support/git-world.ts';
import { problem, publish } from '../support/run.ts';

type Publishers = ReleaseDefinition['publishers'];

const ORIGIN = 'https://github.com/example/repo.git';

/** A repository with these releases, and what finds one of them. */
async function released(
  publishers: Publishers,
  versions: readonly string[],
  git: GitWorld = createGitWorld({ origin: ORIGIN }),
  versionFile = VERSION_FILE,
) {
  const definition = { versionFile, repository: 'https://github.com/example/repo', publishers };
  for (const [minute, version] of versions.entries()) {
    git.write(versionFile, `{ "name": "@example/sdk", "version": "${version}" }\n`);
    git.commit(`Release ${version}`, `2025-11-13T16:${10 + minute}:00+01:00`);
    git.git('tag', `v${version}`);
    const report = await publish(publishers, { git, definition, ref: `refs/tags/v${version}` });
    expect(report.problems).toEqual([]);
  }
  const find = async (target: ConsumeTarget = {}) => {
    await using repository = await git.open();
    const { notes, problems, version } = await findRelease(target, {
      repository,
      definition,
      only: [],
    });
    return { version, notes, problems: problems.map(({ code, message }) => `${code} ${message}`) };
  };
  return { definition, find };
}

needs(
  'git',
  'python',
  'uv',
)('marks at registries', () => {
  test('retracted, yanked, deprecated', { timeout: 120_000 }, async () => {
    const [js, python, host] = await Promise.all([
      startNpmRegistry(),
      startPythonIndex(),
      startGitHost({ repositories: ['example/go'] }),
    ]);
    onTestFinished(async () => {
      await Promise.all([js.stop(), python.stop(), host.stop()]);
    });
    const { simpleUrl, uploadUrl } = python;
    const publishers = [
      npm({ directory: 'sdk', registry: js.url, token: js.token }),
      pypi({ directory: 'python', uploadUrl, simpleUrl, token: python.token }),
      goModule({ directory: 'go', mirror: `${host.url}/example/go.git`, token: host.token }),
    ];
    const git = createGitWorld({ origin: ORIGIN });
    for (const [path, text] of Object.entries(FOUR_FILES)) git.write(path, text);
    git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.21\n\nretract v0.4.0\n');
    const versions = ['0.1.0', '0.2.0', '0.3.0', '0.4.0'];
    const { definition, find } = await released(publishers, versions, git, 'sdk/package.json');
    const retracted = '0.4.0 is withdrawn: go:github.com/example/go@v0.4.0 is retracted.';
    expect(await find()).toEqual({
      version: '0.3.0',
      notes: [`${retracted} It was passed over.`],
      problems: [],
    });

    await python.yank('example-sdk', '0.3.0', 'bad');
    await using repository = await git.open();
    const coordinate = { ecosystem: 'npm', name: '@example/sdk', version: '0.2.0' } as const;
    await deprecateVersion({ repository, definition, coordinate, message: 'use 0.1.0' });
    const { notes, ...found } = await find();
    expect(found).toEqual({ version: '0.1.0', problems: [] });
    const yanked = '0.3.0 is withdrawn: pypi:example-sdk==0.3.0 is yanked.';
    expect(notes).toEqual([
      `${retracted} It was passed over.`,
      `${yanked} It was passed over.`,
      '0.2.0 is withdrawn: npm:@example/sdk@0.2.0 is deprecated ("use 0.1.0"). It was passed over.',
    ]);

    const named = await find({ version: '0.3.0' });
    expect(named.problems).toEqual([`consume-withdrawn ${yanked}`]);
    expect((await find({ sha: 'v0.3.0' })).problems).toEqual(named.problems);
    const allowed = { version: '0.3.0', allowWithdrawn: true };
    expect(await find(allowed)).toEqual({ version: '0.3.0', notes: [yanked], problems: [] });

    await python.yank('example-sdk', '0.1.0', 'bad, too');
    expect((await find()).problems).toEqual([`consume-withdrawn ${retracted}`]);
  });
});

/** A registry without marks on versions themselves. */
function listing(versions: Publisher['versions']) {
  return fake(createFakeWorld(), 'sdk', {
    override: (real) => ({
      members: [{ ecosystem: 'pypi', name: 'sdk' }],
      plan(release) {
        const plan = real.plan(release);
        const coordinates = plan.coordinates.map((one) => ({ ...one, ecosystem: 'pypi' as const }));
        return { ...plan, coordinates };
      },
      ...(versions === undefined ? {} : { versions }),
    }),
  });
}

test('a registry that does not say stops everything', async () => {
  const silent = await released([listing(async () => failed(problem('incomplete')))], ['0.1.0']);
  expect((await silent.find()).problems).toEqual([
    'test-incomplete a problem of the kind incomplete',
  ]);
  const lagging = await released(
    [listing(async () => ok({ versions: [], pointers: [] }))],
    ['0.1.0'],
  );
  expect((await lagging.find()).problems).toEqual([
    'consume-not-listed The registry has pypi:sdk==0.1.0, and its list of versions does not: whether it is withdrawn is not known.',
  ]);
});

test('a publisher that cannot list is noted', async () => {
  const { find } = await released([listing(undefined)], ['0.1.0']);
  expect(await find()).toEqual({
    version: '0.1.0',
    problems: [],
    notes: [
      'npm:sdk cannot list versions, so it is not known whether the release is withdrawn there.',
    ],
  });
});
