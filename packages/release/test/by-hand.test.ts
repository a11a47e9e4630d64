import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../test/shapes/program.ts';
import { createGitWorld } from './support/git-world.ts';
import { startThreeRegistries, THREE_CONFIG } from './support/three-registries.ts';

/** What `latest` names after each release is a person's decision. */
const CONFIG = THREE_CONFIG.replace(
  'npm({ ',
  "npm({ distTags: { release: 'stable', byHand: 'latest' }, ",
).replace('ghcr({ ', "ghcr({ movingTags: { release: 'X.Y', byHand: 'latest' }, ");

test('no release moves latest where only a person may, and a person makes and moves it', async () => {
  await using registries = await startThreeRegistries();
  const git = createGitWorld({ origin: 'https://github.com/example/repo.git' });
  git.write('release.config.mjs', CONFIG);
  git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  const publish = async (version: string, time: string): Promise<string> => {
    git.write('packages/sdk/package.json', `{ "name": "@example/sdk", "version": "${version}" }`);
    git.commit(`release ${version}`, time);
    git.git('tag', `v${version}`);
    const { code, report } = await registries.run(git, 'publish');
    expect(code).toBe(0);
    return report.pointers.map(({ pointer }: { pointer: string }) => pointer).toSorted();
  };
  expect(await publish('0.1.0', '2025-11-14T09:00:00Z')).toEqual(['0.1', 'main', 'stable']);

  const image = `oci:${registries.oci}/example/sdk:latest`;
  const shown = await registries.run(git, 'move-pointer', image, '--to', '0.1.0');
  expect(shown.code).toBe(2);
  expect(shown.report.problems[0].hint).toContain('--to 0.1.0 --from nothing');
  const made = ['move-pointer', image, '--to', '0.1.0', '--from', 'nothing'] as const;
  expect(await registries.run(git, ...made)).toMatchObject({
    code: 0,
    report: { outcome: 'moved', now: '0.1.0' },
  });

  await publish('0.2.0', '2025-11-15T09:00:00Z');
  // It is there by now, so it is not made again.
  expect(await registries.run(git, ...made)).toMatchObject({ code: 0, report: { now: '0.1.0' } });
  const late = ['move-pointer', image, '--to', '0.2.0', '--from', 'nothing'] as const;
  expect((await registries.run(git, ...late)).code).toBe(4);
  for (const [pointer, from] of [
    [image, '0.1.0'],
    // npm itself sets it on the first version of a package.
    ['npm:@example/sdk@latest', '0.1.0'],
  ] as const)
    expect(
      await registries.run(git, 'move-pointer', pointer, '--to', '0.2.0', '--from', from),
    ).toMatchObject({ code: 0, report: { outcome: 'moved', now: '0.2.0' } });
});

needs('npm', 'crane')('a first release below published versions', () => {
  test('is refused where people follow a latest that only a person moves', async () => {
    await using registries = await startThreeRegistries();
    const { NPM = '', NPM_KEY = '', OCI_KEY = '', OCI_NAME = '' } = process.env;
    const home = await mkdtemp(join(tmpdir(), 'ameide-by-hand-'));
    onTestFinished(async () => rm(home, { recursive: true, force: true }));
    await writeFile(join(home, 'package.json'), '{ "name": "@example/sdk", "version": "2.3.1" }');
    await writeFile(join(home, '.npmrc'), `//${new URL(NPM).host}/:_authToken=${NPM_KEY}\n`);
    await run(['npm', 'publish', '--registry', NPM], home);
    const image = `${registries.oci}/example/sdk`;
    const env = { DOCKER_CONFIG: home };
    const login = ['auth', 'login', registries.oci, '-u', OCI_NAME, '-p', OCI_KEY, '--insecure'];
    await run(['crane', ...login], home, env);
    const append = ['append', '--insecure', '--oci-empty-base', '-t', `${image}:latest`];
    await run(['tar', '-cf', 'layer.tar', 'package.json'], home);
    await run(['crane', ...append, '-f', 'layer.tar'], home, env);

    const git = createGitWorld({ origin: 'https://github.com/example/repo.git' });
    git.write('release.config.mjs', CONFIG);
    git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
    git.write('go/sdk.go', 'package sdk\n');
    git.write('packages/sdk/package.json', '{ "name": "@example/sdk", "version": "0.1.0" }');
    git.commit('release 0.1.0', '2025-11-14T09:00:00Z');
    git.git('tag', 'v0.1.0');
    const refused = await registries.run(git, 'publish');
    expect(refused.code).toBe(2);
    expect(
      refused.report.problems.map(({ code, publisher }: Record<string, string>) => [
        code,
        publisher,
      ]),
    ).toEqual([['below-published-version', 'npm:@example/sdk']]);
  });
});
