import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createGitWorld } from '../support/git-world.ts';
import { startThreeRegistries, THREE_CONFIG } from '../support/three-registries.ts';

/** A train with releases on three registries. */
async function startTrain(...versions: readonly string[]) {
  return startTrainOf(THREE_CONFIG, versions);
}

async function startTrainOf(config: string, versions: readonly string[]) {
  const registries = await startThreeRegistries();
  const git = createGitWorld({ origin: 'https://github.com/example/repo.git' });
  git.write('release.config.mjs', config);
  git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  for (const [index, version] of versions.entries()) {
    git.write('packages/sdk/package.json', `{ "name": "@example/sdk", "version": "${version}" }`);
    git.commit(`release ${version}`, `2025-11-1${index}T09:00:00Z`);
    git.git('tag', `v${version}`);
    expect((await registries.run(git, 'publish')).code).toBe(0);
  }
  const run = async (...argv: string[]) => registries.run(git, ...argv);
  /** What `latest` names on npm and of the image. */
  const latest = async (): Promise<readonly string[]> => {
    const { report } = await run('map');
    const artifacts: readonly {
      readonly pointers: readonly { readonly pointer: string; readonly version: string }[];
    }[] = report.artifacts;
    return artifacts.flatMap(({ pointers }) =>
      pointers.filter(({ pointer }) => pointer === 'latest').map(({ version }) => version),
    );
  };
  return { git, latest, registries, run };
}

const codes = ({ problems }: { readonly problems: readonly { readonly code: string }[] }) =>
  problems.map(({ code }) => code);

test('withdraw never sends people to a release that is withdrawn', async () => {
  const { latest, registries, run } = await startTrain('0.1.0', '0.2.0', '0.3.0');
  await using _ = registries;
  expect(await run('withdraw', '0.2.0', '--yes')).toMatchObject({
    code: 0,
    report: { to: '0.3.0' },
  });
  expect(await latest()).toEqual(['0.3.0', '0.3.0']);
  expect(await run('withdraw', '0.3.0', '--yes')).toMatchObject({
    code: 0,
    report: { to: '0.1.0' },
  });
  expect(await latest()).toEqual(['0.1.0', '0.1.0']);

  const named = await run('withdraw', '0.3.0', '--to', '0.2.0', '--yes');
  expect(named.code).toBe(2);
  expect(codes(named.report)).toEqual(['replacement-withdrawn']);
  expect(named.report.problems[0].message).toContain('npm:@example/sdk@0.2.0 is deprecated');
  expect(named.report.problems[0].hint).toContain('--to (0.1.0)');
  // Nothing is left that people could be sent to.
  const last = await run('withdraw', '0.1.0', '--yes');
  expect(last.code).toBe(2);
  expect(new Set(codes(last.report))).toEqual(new Set(['replacement-not-published']));
  expect(await latest()).toEqual(['0.1.0', '0.1.0']);
});

test('withdraw refuses a release that no registry has, and a message that nobody could read', async () => {
  const { registries, run } = await startTrain('0.1.0', '0.2.0');
  await using _ = registries;
  const unknown = await run('withdraw', '0.2.1', '--yes');
  expect(unknown.code).toBe(2);
  expect(codes(unknown.report)).toEqual(['unknown-release']);
  expect(unknown.report.problems[0].hint).toContain('They have 0.2.0, 0.1.0.');
  for (const message of ['', ' ', 'first\nsecond', '\u001b[31mred'])
    for (const command of [['withdraw', '0.2.0'], ['migrate']]) {
      const refused = await run(...command, '--yes', '--message', message);
      expect([command, message, refused.code]).toEqual([command, message, 2]);
    }
});

test('migrate in an older checkout does not take back what was released since', async () => {
  const { git, latest, registries, run } = await startTrain('0.1.0', '0.2.0');
  await using _ = registries;
  git.git('checkout', '--quiet', 'v0.1.0');
  for (const argv of [['migrate'], ['migrate', '--yes'], ['migrate', '--to', '0.1.0', '--yes']]) {
    const refused = await run(...argv);
    expect([argv, refused.code, codes(refused.report)]).toEqual([
      argv,
      2,
      ['later-release-published'],
    ]);
    expect(refused.report.notes.join()).not.toContain('No registry has');
  }
  expect(await latest()).toEqual(['0.2.0', '0.2.0']);
});

test('without an npm package, a retraction keeps a run that is started again from moving latest', async () => {
  const config = THREE_CONFIG.replace(/^ *npm\(.*\n/m, '');
  const { latest, registries, run } = await startTrainOf(config, ['0.1.0', '0.2.0']);
  await using _ = registries;
  const done = await run('withdraw', '0.2.0', '--yes');
  expect(done.report.notes).toContain(
    'Until a person has done the rest, a run of 0.2.0 that is started again moves pointers back to it.',
  );
  expect(await latest()).toEqual(['0.1.0']);
  const home = await mkdtemp(join(tmpdir(), 'ameide-retracted-'));
  onTestFinished(async () => rm(home, { recursive: true, force: true }));
  runGit(home, ['clone', '--quiet', registries.mirror, home]);
  runGit(home, ['checkout', '--quiet', 'v0.2.0']);
  const text = 'module github.com/example/go\n\ngo 1.22\n\nretract [v0.2.0, v0.2.1]\n';
  await writeFile(join(home, 'go.mod'), text);
  runGit(home, ['commit', '--quiet', '--all', '--message', 'retract']);
  runGit(home, ['tag', 'v0.2.1']);
  runGit(home, ['push', '--quiet', registries.mirror, 'v0.2.1']);
  expect(await run('publish')).toMatchObject({ code: 0 });
  expect(await latest()).toEqual(['0.1.0']);
});
