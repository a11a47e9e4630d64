import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitHost } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { goModule } from '@ameide/publisher-go';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../../test/shapes/program.ts';
import type { ReleaseDefinition } from '../../src/definition/definition.ts';
import { migrateRelease, withdrawRelease } from '../../src/withdraw/withdraw-release.ts';
import { createGitWorld } from '../support/git-world.ts';

const MODULE = 'github.com/example/go';
const RELEASED = ['0.1.0', '0.2.0', '0.2.1'] as const;

/** A mirror's tags in the order of their commits, each with the `retract` lines of its go.mod, or without go.mod. */
interface Case {
  readonly title: string;
  readonly tags: readonly (readonly [tag: string, retract: string | null])[];
  /** The release to withdraw. Absent: migrate to 0.1.0. */
  readonly withdraw?: string;
  readonly now: string;
  readonly after: string;
}

const CASES: readonly Case[] = [
  {
    title: 'the highest version has retracted itself',
    tags: [
      ['v1.2.0', ''],
      ['v1.10.0', 'retract v1.10.0'],
      ['v0.1.0', ''],
    ],
    now: 'v1.2.0',
    after: 'v0.1.0',
  },
  {
    title: 'a prerelease is above, which nobody gets',
    tags: [
      ['v0.1.0', ''],
      ['v1.0.0-rc.1', ''],
    ],
    now: 'v0.1.0',
    after: 'v0.1.0',
  },
  {
    title: 'a prerelease is above the releases to retract',
    tags: [
      ['v1.5.0', ''],
      ['v1.6.0-rc.1', ''],
      ['v0.1.0', ''],
    ],
    now: 'v1.5.0',
    after: 'v0.1.0',
  },
  {
    title: 'old tags have no go.mod',
    tags: [
      ['v1.5.0', null],
      ['v2.3.1', null],
      ['v0.1.0', ''],
    ],
    now: 'v2.3.1+incompatible',
    after: 'v0.1.0',
  },
  {
    title: 'a release above the old tags has a go.mod',
    tags: [
      ['v2.3.1', null],
      ['v0.1.0', ''],
    ],
    now: 'v0.1.0',
    after: 'v0.1.0',
  },
  {
    title: 'a release after a reset is withdrawn',
    tags: [
      ['v1.5.0', ''],
      ['v1.5.1', 'retract [v1.0.0, v1.5.1]'],
      ['v0.1.0', ''],
      ['v0.2.0', ''],
      ['v0.2.1', ''],
    ],
    withdraw: '0.2.1',
    now: 'v0.2.1',
    after: 'v0.2.0',
  },
];

needs('go')('what has to be retracted of a Go module', () => {
  test.each(CASES)('$title', async ({ after, now, tags, withdraw }) => {
    const world = await startMirror(tags);
    const asked = async () =>
      withdraw === undefined
        ? migrateRelease({ ...world, to: '0.1.0' })
        : withdrawRelease({ ...world, version: withdraw });
    const planned = await asked();
    expect(planned.problems).toEqual([]);
    const [artifact] = planned.artifacts;
    expect(artifact?.client).toMatchObject({ now, afterAll: after });
    expect(await installed(world)).toBe(now);
    const steps = artifact?.actions.filter(({ kind }) => kind === 'retract') ?? [];
    expect(steps).toHaveLength(now === after ? 0 : 1);
    for (const { how } of steps) await carryOut(how, world);
    expect(await installed(world)).toBe(after);
    // Once it is done, it is not asked for again.
    const [again] = (await asked()).artifacts;
    expect(again?.actions.filter(({ kind }) => kind === 'retract')).toEqual([]);
    expect(again?.client).toMatchObject({ now: after, afterAll: after });
  });
});

test('where every version is retracted, the forecast names none, and people cannot be sent there', async () => {
  const world = await startMirror([
    ['v0.1.0', ''],
    ['v1.5.0', 'retract [v0.0.0, v1.9.9]'],
  ]);
  const { artifacts, problems } = await migrateRelease({ ...world, to: '0.1.0' });
  expect(problems.map(({ code }) => code)).toEqual(['replacement-withdrawn']);
  expect(artifacts[0]?.client).toEqual({ command: `go get ${MODULE}` });
});

interface World {
  readonly repository: Awaited<ReturnType<ReturnType<typeof createGitWorld>['open']>>;
  readonly definition: ReleaseDefinition;
  readonly bare: string;
  readonly home: string;
}

async function startMirror(tags: Case['tags']): Promise<World> {
  const host = await startGitHost({ repositories: ['example/go'] });
  onTestFinished(async () => host.stop());
  const home = mkdtempSync(join(tmpdir(), 'ameide-retraction-'));
  onTestFinished(async () => rm(home, { recursive: true, force: true }));
  const clone = join(home, 'old');
  runGit(home, ['init', '--quiet', clone]);
  for (const [tag, retract] of tags) {
    rmSync(join(clone, 'go.mod'), { force: true });
    const text = `module ${MODULE}\n\ngo 1.21\n\n${retract}\n`;
    if (retract !== null) await writeFile(join(clone, 'go.mod'), text);
    await writeFile(join(clone, 'answer.go'), `package answer\n\n// ${tag}\n`);
    runGit(clone, ['add', '--all']);
    runGit(clone, ['commit', '--quiet', '--message', tag]);
    runGit(clone, ['tag', tag]);
  }
  const bare = host.path('example/go');
  runGit(clone, ['push', '--quiet', bare, '--tags']);
  const git = createGitWorld({ origin: 'https://github.com/example/repo.git' });
  git.write('package.json', '{ "version": "0.1.0" }');
  git.write('go/go.mod', `module ${MODULE}\n\ngo 1.21\n`);
  git.write('go/answer.go', 'package answer\n');
  git.commit('release');
  for (const version of RELEASED) git.git('tag', `v${version}`);
  const mirror = `${host.url}/example/go.git`;
  const definition: ReleaseDefinition = {
    versionFile: 'package.json',
    earlierVersions: 'reset',
    repository: 'https://github.com/example/repo',
    publishers: [goModule({ directory: 'go', mirror, token: host.token })],
  };
  return { repository: await git.open(), definition, bare, home };
}

const PERSON = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

/** Does what a person is told to do. */
async function carryOut(how: string, { bare, home }: World): Promise<void> {
  const [where = '', ...lines] = how.split('\n');
  const clone = join(home, 'retracting');
  runGit(home, ['clone', '--quiet', '--no-checkout', bare, clone]);
  runGit(clone, ['checkout', '--quiet', /at (\S+):$/.exec(where)?.[1] ?? '']);
  for (const line of lines) await run(['sh', '-c', line], clone, PERSON);
}

/** What the real client gets now. */
async function installed({ bare, home }: World): Promise<string> {
  const folder = await mkdtemp(join(home, 'client-'));
  const env = {
    GOPROXY: 'direct',
    GOSUMDB: 'off',
    GOFLAGS: '-modcacherw',
    GOTOOLCHAIN: 'local',
    GOMODCACHE: join(folder, 'modules'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${bare}.insteadOf`,
    GIT_CONFIG_VALUE_0: `https://${MODULE}`,
  };
  const printed = await run(
    ['go', 'list', '-m', '-f', '{{.Version}}', `${MODULE}@latest`],
    folder,
    env,
  );
  return printed.trim();
}
