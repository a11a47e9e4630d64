import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import {
  ociRepository,
  rawImages,
  startGitHost,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../test/shapes/program.ts';
import type { InventoryReport } from '../src/inventory/inventory-report.ts';
import type { WithdrawalReport } from '../src/withdraw/withdrawal-report.ts';
import { runCli } from './support/cli.ts';
import { FOUR_FILES } from './support/four-ecosystems.ts';
import { createGitWorld, type GitWorld } from './support/git-world.ts';
import { THREE_CONFIG } from './support/three-registries.ts';

const from = (name: string): string => JSON.stringify(import.meta.resolve(name));
const CONFIG = `
import { ghcr } from ${from('@ameide/publisher-ghcr')};
import { goModule } from ${from('@ameide/publisher-go')};
import { npm } from ${from('@ameide/publisher-npm')};
import { pypi } from ${from('@ameide/publisher-pypi')};
const { NPM, NPM_KEY, PYPI, PYPI_KEY, OCI, OCI_NAME, OCI_KEY, GO, GO_KEY } = process.env;
export default {
  versionFile: 'sdk/package.json',
  repository: 'https://github.com/example/repo',
  publishers: [
    npm({ directory: 'sdk', registry: NPM, token: NPM_KEY }),
    pypi({ directory: 'python', uploadUrl: PYPI + '/legacy/', simpleUrl: PYPI + '/simple/', token: PYPI_KEY }),
    goModule({ directory: 'go', mirror: GO, token: GO_KEY }),
    ghcr({ image: OCI + '/example/sdk', files: 'sdk', user: OCI_NAME, token: OCI_KEY }),
  ],
};
`;

/** Four registries, a repository that publishes to them, and what installs from them. */
async function startWorld() {
  const [npm, python, oci, git] = await Promise.all([
    startNpmRegistry(),
    startPythonIndex(),
    startOciRegistry(),
    startGitHost({ repositories: ['example/go'] }),
  ]);
  onTestFinished(async () => {
    await Promise.all([npm, python, oci, git].map(async (one) => one.stop()));
  });
  const env = {
    NPM: npm.url,
    NPM_KEY: npm.token,
    PYPI: python.url,
    PYPI_KEY: python.token,
    OCI: oci.host,
    OCI_NAME: oci.user,
    OCI_KEY: oci.password,
    GO: `${git.url}/example/go.git`,
    GO_KEY: git.token,
  };
  Object.assign(process.env, env);
  onTestFinished(() => {
    for (const name of Object.keys(env)) delete process.env[name];
  });
  const home = await mkdtemp(join(tmpdir(), 'ameide-withdraw-'));
  onTestFinished(async () => rm(home, { recursive: true, force: true }));
  const world = createGitWorld({ origin: 'https://github.com/example/repo.git' });
  for (const [path, text] of Object.entries(FOUR_FILES)) world.write(path, text);
  world.write('release.config.mjs', CONFIG);
  return { git: world, go: git.path('example/go'), home, npm, oci, python };
}

type World = Awaited<ReturnType<typeof startWorld>>;

async function release(git: GitWorld, version: string, time: string, ends = 0): Promise<void> {
  git.write('sdk/package.json', `{ "name": "@example/sdk", "version": "${version}" }\n`);
  git.commit(`release ${version}`, time);
  git.git('tag', `v${version}`);
  const { code, stdout, stderr } = await runCli(['-C', git.directory, 'publish']);
  expect({ code, said: code === ends ? '' : stdout + stderr }).toEqual({ code: ends, said: '' });
}

/** What another tool had published before, to every registry. */
async function publishEarlier({ go, home, npm, oci, python }: World): Promise<void> {
  for (const version of ['2.0.0', '2.3.1', '2.4.0-beta.1']) {
    const folder = join(home, `npm-${version}`);
    await mkdir(folder);
    await writeFile(
      join(folder, 'package.json'),
      `{ "name": "@example/sdk", "version": "${version}" }`,
    );
    await writeFile(
      join(folder, '.npmrc'),
      `//${new URL(npm.url).host}/:_authToken=${npm.token}\n`,
    );
    const tag = version.includes('-') ? 'beta' : 'latest';
    await run(['npm', 'publish', '--registry', npm.url, '--tag', tag], folder);
  }
  for (const version of ['2.3.1', '2.4.0b1']) {
    const folder = join(home, `python-${version}`);
    await mkdir(folder);
    for (const name of ['pyproject.toml', 'backend.py'])
      await writeFile(
        join(folder, name),
        (FOUR_FILES[`python/${name}`] ?? '')
          .replace('version = "0.0.0"', `version = "${version}"\nurls = {}`)
          .replace("project['urls']", "project.get('urls', {})"),
      );
    await run(['uv', 'build', '--no-config', '--offline', '--quiet', folder], home);
    await run(
      [
        'uv',
        'publish',
        '--no-config',
        '--publish-url',
        python.uploadUrl,
        join(folder, 'dist', '*'),
      ],
      home,
      { UV_PUBLISH_TOKEN: python.token },
    );
  }
  const module = join(home, 'go');
  await mkdir(module);
  runGit(module, ['init', '--quiet']);
  await writeFile(join(module, 'go.mod'), 'module github.com/example/go\n\ngo 1.21\n');
  await writeFile(join(module, 'answer.go'), 'package answer\n');
  runGit(module, ['add', '--all']);
  runGit(module, ['commit', '--quiet', '--message', 'old']);
  // v2.3.1 of a path without /v2 is no version for go.
  for (const tag of ['v1.2.0', 'v1.5.0', 'v2.3.1']) runGit(module, ['tag', tag]);
  runGit(module, ['push', '--quiet', go, '--tags']);
  const images = rawImages(ociRepository(oci, 'example/sdk'));
  for (const tag of ['2.3.1', '2.3', 'latest']) await images.image({ tag, revision: '2' });
}

const COMMAND = {
  npm: 'npm install @example/sdk',
  pypi: 'pip install example-sdk',
  go: 'go get github.com/example/go',
} as const;

/** What the real clients install now. */
async function installed({ go, home, npm, oci, python }: World) {
  const folder = await mkdtemp(join(home, 'client-'));
  await writeFile(join(folder, 'package.json'), '{}');
  await run(
    ['npm', 'install', '--registry', npm.url, '--no-audit', '--no-fund', '@example/sdk'],
    folder,
    { npm_config_cache: join(folder, 'cache') },
  );
  const listed = JSON.parse(await run(['npm', 'ls', '--json'], folder)) as {
    readonly dependencies: Readonly<Record<string, { readonly version: string }>>;
  };
  const target = join(folder, 'site');
  const pip = ['python3', '-m', 'pip', '--disable-pip-version-check'] as const;
  const flags = ['--no-cache-dir', '--quiet', '--target', target, '--index-url'] as const;
  await run([...pip, 'install', ...flags, python.simpleUrl, 'example-sdk'], folder, {
    PIP_CONFIG_FILE: '/dev/null',
  });
  const wheels = await run([...pip, 'list', '--path', target, '--format', 'freeze'], folder);
  const modules = await run(
    ['go', 'list', '-m', '-f', '{{.Version}}', 'github.com/example/go@latest'],
    folder,
    {
      GOPROXY: 'direct',
      GOSUMDB: 'off',
      GOFLAGS: '-modcacherw',
      GOTOOLCHAIN: 'local',
      GOMODCACHE: join(folder, 'modules'),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.${go}.insteadOf`,
      GIT_CONFIG_VALUE_0: 'https://github.com/example/go',
    },
  );
  const image = `${oci.host}/example/sdk`;
  const digest = async (tag: string): Promise<string> =>
    run(['crane', 'digest', '--insecure', `${image}:${tag}`], folder).catch(() => 'absent');
  const latest = await digest('latest');
  const tags: string[] = [];
  for (const tag of ['0.1.0', '0.1.1', '0.2.0', '0.2.1', '2.3.1'])
    if ((await digest(tag)) === latest) tags.push(tag);
  return {
    npm: listed.dependencies['@example/sdk']?.version,
    pypi: wheels.trim().split('==')[1],
    go: modules.trim(),
    oci: tags.join(),
  };
}

function forecasts({ artifacts }: WithdrawalReport, when: 'now' | 'afterCommand' | 'afterAll') {
  const of = (command: string): string | undefined =>
    artifacts.find(({ client }) => client.command === command)?.client[when];
  return { npm: of(COMMAND.npm), pypi: of(COMMAND.pypi), go: of(COMMAND.go) };
}

async function report(git: GitWorld, ...argv: string[]) {
  const { code, stdout } = await runCli(['-C', git.directory, ...argv, '--json']);
  return { code, report: JSON.parse(stdout) as WithdrawalReport };
}

needs(
  'npm',
  'uv',
  'pip',
  'go',
  'crane',
)('a first release below published versions', () => {
  test('migrate says what each client gets, does what can be taken back, and the clients agree', async () => {
    const world = await startWorld();
    const { git, go, home, python } = world;
    await publishEarlier(world);
    await release(git, '0.1.0', '2025-11-14T09:00:00Z', 2);
    const refused = await runCli(['-C', git.directory, 'plan', '--json']);
    const { problems } = JSON.parse(refused.stdout) as WithdrawalReport;
    expect(problems.map(({ code, publisher }) => `${code} ${publisher}`)).toEqual([
      'below-published-version npm:@example/sdk',
      'below-published-version pypi:example-sdk',
      'below-published-version go:github.com/example/go',
    ]);
    git.git('tag', '--delete', 'v0.1.0');
    // A definition is a program, which one process loads once.
    git.git('rm', '--quiet', '--cached', 'release.config.mjs');
    rmSync(join(git.directory, 'release.config.mjs'));
    git.write(
      'release.config.js',
      CONFIG.replace('versionFile', "earlierVersions: 'reset', versionFile"),
    );
    git.write('package.json', '{ "type": "module" }');
    git.git('reset', '--quiet', '--soft', 'HEAD^');
    // Nobody can say whether an image without a version is a higher one, so `latest` stays, and that is told.
    await release(git, '0.1.0', '2025-11-14T09:00:00Z', 3);

    const planned = await report(git, 'migrate');
    expect(planned.code).toBe(0);
    const before = await installed(world);
    expect(before).toEqual({ npm: '2.3.1', pypi: '2.3.1', go: 'v1.5.0', oci: '2.3.1' });
    expect(forecasts(planned.report, 'now')).toEqual({
      npm: before.npm,
      pypi: before.pypi,
      go: before.go,
    });
    expect(await installed(world)).toEqual(before);

    const done = await report(git, 'migrate', '--yes', '--message', "don't: use 0.1.0");
    expect(done.report.problems).toEqual([]);
    expect(done.code).toBe(0);
    const after = await installed(world);
    expect(after).toEqual({ npm: '0.1.0', pypi: '2.3.1', go: 'v1.5.0', oci: '0.1.0' });
    const { npm, pypi, go: module } = after;
    expect(forecasts(planned.report, 'afterCommand')).toEqual({ npm, pypi, go: module });

    const shown = await runCli(['-C', git.directory, 'migrate']);
    expect(stripVTControlCharacters(shown.stdout)).toMatch(
      /\n {4}git tag v1\.5\.1 && git push origin v1\.5\.1\n/,
    );

    // What only a person can do.
    const byHand = done.report.artifacts
      .flatMap(({ actions }) => actions)
      .filter(({ by }) => by === 'person');
    expect(byHand.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      'yank pypi:example-sdk==2.4.0b1',
      'yank pypi:example-sdk==2.3.1',
      'retract go:github.com/example/go@v1.5.0',
    ]);
    await python.yank('example-sdk', '2.3.1', 'use 0.1.0');
    await python.yank('example-sdk', '2.4.0b1', '');
    const clone = join(home, 'retracting');
    runGit(home, ['clone', '--quiet', '--no-checkout', go, clone]);
    runGit(clone, ['checkout', '--quiet', 'v1.5.0']);
    for (const line of byHand.at(-1)?.how.split('\n').slice(1) ?? [])
      await run(['sh', '-c', line], clone, {
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@example.com',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@example.com',
      });
    const end = await installed(world);
    expect(end).toEqual({ npm: '0.1.0', pypi: '0.1.0', go: 'v0.1.0', oci: '0.1.0' });
    expect(forecasts(planned.report, 'afterAll')).toEqual({
      npm: end.npm,
      pypi: end.pypi,
      go: end.go,
    });
    const again = await report(git, 'migrate');
    expect(again.report.artifacts.flatMap(({ actions }) => actions)).toEqual([]);
    git.write('app/package.json', '{ "name": "app", "dependencies": { "@example/sdk": "2.3.1" } }');
    git.write('app/go.mod', 'module app\n\ngo 1.24\n\nrequire github.com/example/go v1.5.0\n');
    git.write('app/requirements.txt', 'example-sdk==2.3.1\n');
    git.write('good/requirements.txt', 'example-sdk==0.1.0\n');
    git.write('good/pyproject.toml', '[project]\nname = "good"\nversion = "1.0.0"\n');
    const inventory = await runCli(['-C', git.directory, 'inventory', '--json']);
    const { artifacts, services } = JSON.parse(inventory.stdout) as InventoryReport;
    expect(artifacts.slice(0, 3)).toMatchObject([
      { ecosystem: 'npm', newest: '0.1.0', newestSha: git.git('rev-parse', 'v0.1.0').trim() },
      { ecosystem: 'pypi', newest: '0.1.0' },
      { ecosystem: 'go', newest: 'v0.1.0' },
    ]);
    expect(
      services.flatMap(({ uses }) => uses).map(({ marks, version }) => [version, ...marks]),
    ).toEqual([
      ['v1.5.0', 'withdrawn', 'unknown'],
      ['2.3.1', 'withdrawn', 'unknown'],
      ['2.3.1', 'withdrawn', 'unknown'],
      ['0.1.0'],
    ]);
    const map = await runCli(['-C', git.directory, 'map']);
    expect(stripVTControlCharacters(map.stdout)).toMatch(/ 1 release, \d+ other builds/);
    expect(map.stdout).not.toMatch(/[2-9]\.\d\.\d \(current\)/);
    // The next release is above what the pointers name now.
    await release(git, '0.2.0', '2025-11-15T09:00:00Z');
    expect(await installed(world)).toEqual({
      npm: '0.2.0',
      pypi: '0.2.0',
      go: 'v0.2.0',
      oci: '0.2.0',
    });
  }, 120_000);
});

needs(
  'npm',
  'uv',
  'pip',
  'go',
  'crane',
)('a bad release', () => {
  test('withdraw sends everybody to the release before it', async () => {
    const world = await startWorld();
    const { git, python } = world;
    await release(git, '0.1.0', '2025-11-14T09:00:00Z');
    await release(git, '0.1.1', '2025-11-15T09:00:00Z');
    await release(git, '0.2.0', '2025-11-16T09:00:00Z');

    const refused = await runCli(['-C', git.directory, 'withdraw', '0.2.0', '--to', '0.3.0']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('no tag v0.3.0') });
    const itself = await runCli(['-C', git.directory, 'withdraw', '0.2.0', '--to', '0.2.0']);
    expect(itself.code).toBe(2);

    const done = await report(git, 'withdraw', '0.2.0', '--message', 'loses data', '--yes');
    expect(done).toMatchObject({ code: 0, report: { to: '0.1.1', problems: [] } });
    expect(done.report.notes.join()).toContain(':0.2 still names 0.2.0');
    const shown = await runCli(['-C', git.directory, 'withdraw', '0.2.0']);
    expect(shown.stdout).toContain('2 left for a person.');
    expect(shown.stdout).toContain('retract v0.2.0 // withdrawn');
    expect(shown.stdout).toMatch(/go get \S+ +v0\.2\.0 +v0\.2\.0 +the next release +v0\.2\.0\n/);
    await python.yank('example-sdk', '0.2.0', 'loses data');
    expect(await installed(world)).toEqual({
      npm: '0.1.1',
      pypi: '0.1.1',
      go: 'v0.2.0',
      oci: '0.1.1',
    });
    const view = ['npm', 'view', '--registry', world.npm.url, '@example/sdk@0.2.0', 'deprecated'];
    expect((await run(['npm', ...view.slice(1)], world.home)).trim()).toBe('loses data');

    // Its workflow is started again: it is whole, and nobody is sent back to it.
    const again = await runCli(['-C', git.directory, 'publish', '--json']);
    expect(again.code).toBe(0);
    const { pointers } = JSON.parse(again.stdout) as {
      readonly pointers: readonly { readonly pointer: string; readonly outcome: string }[];
    };
    expect(pointers.map(({ outcome, pointer }) => `${pointer} ${outcome}`).toSorted()).toEqual([
      '0.2 already',
      'latest superseded',
      'latest superseded',
      'main superseded',
    ]);

    // A module's own release retracts the bad one.
    const { 'go/go.mod': module = '' } = FOUR_FILES;
    git.write('go/go.mod', `${module}\nretract v0.2.0 // withdrawn\n`);
    await release(git, '0.2.1', '2025-11-17T09:00:00Z');
    const after = await report(git, 'withdraw', '0.2.0');
    expect(after.report.artifacts.flatMap(({ actions }) => actions)).toEqual([]);
    expect(await installed(world)).toMatchObject({ npm: '0.2.1', pypi: '0.2.1', go: 'v0.2.1' });
  });
});

needs('uv', 'crane')('a bad release without an npm package', () => {
  test('a run of it that is started again moves no pointer once it is yanked', async () => {
    const { git, home, oci, python } = await startWorld();
    const withoutNpm = CONFIG.replace(/^ *npm\(.*\n/m, '').replace(/^ *goModule\(.*\n/m, '');
    git.write('release.config.mjs', withoutNpm);
    await release(git, '0.1.0', '2025-11-14T09:00:00Z');
    await release(git, '0.2.0', '2025-11-15T09:00:00Z');
    const digest = async (tag: string): Promise<string> =>
      run(['crane', 'digest', '--insecure', `${oci.host}/example/sdk:${tag}`], home);
    const done = await report(git, 'withdraw', '0.2.0', '--yes');
    expect(done.code).toBe(0);
    expect(done.report.notes.join()).toContain('Until a person has done the rest, a run of 0.2.0');
    await python.yank('example-sdk', '0.2.0', 'loses data');
    expect((await runCli(['-C', git.directory, 'publish'])).code).toBe(0);
    expect(await digest('latest')).toBe(await digest('0.1.0'));
  });
});

test('nothing is changed where a registry does not answer, or lacks the release', async () => {
  const [npm, oci, go] = await Promise.all([
    startNpmRegistry(),
    startOciRegistry(),
    startGitHost({ repositories: ['example/go'] }),
  ]);
  onTestFinished(async () => {
    await Promise.all([npm, oci, go].map(async (one) => one.stop()));
  });
  const env = {
    NPM: npm.url,
    NPM_KEY: npm.token,
    GO: `${go.url}/example/go.git`,
    GO_KEY: go.token,
    OCI: oci.host,
    OCI_NAME: oci.user,
    OCI_KEY: oci.password,
  };
  Object.assign(process.env, env);
  onTestFinished(() => {
    for (const name of Object.keys(env)) delete process.env[name];
  });
  const git = createGitWorld({ origin: 'https://github.com/example/repo.git' });
  git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  git.write(
    'release.config.mjs',
    THREE_CONFIG.replace('versionFile', "earlierVersions: 'reset', versionFile"),
  );
  const images = rawImages(ociRepository(oci, 'example/sdk'));
  for (const tag of ['2.3.1', 'latest']) await images.image({ tag, revision: '2' });
  const tags = async () => ociRepository(oci, 'example/sdk').tags();
  const before = await tags();
  git.commit('the release', '2025-11-14T09:00:00Z');

  const planned = await report(git, 'migrate');
  expect(planned).toMatchObject({ code: 0, report: { to: '0.1.0', isPlan: true } });
  expect(planned.report.notes.join()).toContain('0.1.0 is not published yet');
  const untagged = await runCli(['-C', git.directory, 'migrate', '--yes']);
  expect(untagged).toMatchObject({ code: 2, stderr: expect.stringContaining('no tag v0.1.0') });
  git.git('tag', 'v0.1.0');
  const early = await report(git, 'migrate', '--yes');
  expect(early.code).toBe(2);
  expect(early.report.problems.map(({ code }) => code)).toEqual(['replacement-not-published']);
  expect(await tags()).toEqual(before);

  const only = ['--only', `oci:${oci.host}/example/sdk`] as const;
  expect((await runCli(['-C', git.directory, 'publish', ...only])).code).toBe(3);
  const published = await tags();
  await npm.stop();
  const silent = await report(git, 'migrate', '--yes');
  expect(silent.code).toBe(3);
  expect(silent.report.artifacts.flatMap(({ actions }) => actions)).toEqual([
    expect.not.objectContaining({ outcome: expect.anything() }),
  ]);
  expect(await tags()).toEqual(published);
  const fork = await runCli([
    '-C',
    git.directory,
    'migrate',
    '--yes',
    '--origin',
    'https://github.com/fork/repo',
  ]);
  expect(fork.code).toBe(2);
});
