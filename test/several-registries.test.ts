import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RunningNpmRegistry,
  type RunningNpmStandIn,
  type RunningPythonIndex,
  readPackage,
  startGithubPackages,
  startNpmRegistry,
  startPypiserver,
  startPythonIndex,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { configuration } from '@ameide/publisher-configuration';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  planRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  traceCommit,
} from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './shapes/program.ts';

// One package of one release at several registries: verdaccio and the stand-in for GitHub Packages;
// pypiserver, and an index that takes local versions.

const pyproject = (name: string, more = ''): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${name}"\nversion = "0.0.0"\n${more}`;
const FILES = {
  'version.json': { version: '0.1.0' },
  'js/package.json': {
    name: '@acme/sdk',
    version: '0.0.0',
    license: 'MIT',
    repository: 'github:acme/mono',
  },
  'js/index.js': 'module.exports = 42;\n',
  'core/pyproject.toml': pyproject('acme-core'),
  'core/acme_core/__init__.py': '',
  'sdk/pyproject.toml': pyproject('acme-sdk', 'dependencies = ["acme-core==0.0.0"]\n'),
  'sdk/acme_sdk/__init__.py': '',
  'conf/a.json': '{}\n',
};

needs(
  'git',
  'npm',
  'uv',
  'python',
  'pip',
  'pypiserver',
)('one package at several registries', () => {
  let open: RunningNpmRegistry;
  let github: RunningNpmStandIn;
  let pypiserver: RunningPythonIndex;
  let local: RunningPythonIndex;
  let repository: TestRepository;
  let definition: ReleaseDefinition;
  let report: ReleaseReport;

  beforeAll(async () => {
    [open, github, pypiserver, local] = await Promise.all([
      startNpmRegistry(),
      startGithubPackages('acme'),
      startPypiserver(),
      startPythonIndex({ localVersions: true }),
    ]);
    repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
    repository.commit({ files: FILES });
    const npms = [
      { registry: open.url, token: open.token },
      { registry: github.npmUrl, token: github.token },
    ];
    const indexes = [
      { index: pypiserver, localVersions: false },
      { index: local, localVersions: true },
    ];
    definition = defineRelease({
      versionFile: 'version.json',
      publishers: [
        ...npms.map((at) => npm({ directory: 'js', access: 'public', ...at })),
        ...indexes.flatMap(({ index: { simpleUrl, token, uploadUrl }, localVersions }) =>
          ['sdk', 'core'].map((directory) =>
            pypi({ directory, simpleUrl, token, uploadUrl, localVersions }),
          ),
        ),
        configuration({
          directory: 'conf',
          carriers: npms.map((at) =>
            npm.bundle('@acme/configuration', { access: 'public', ...at }),
          ),
        }),
      ],
    });
    report = await publishRelease(await options());
  }, 120_000);
  afterAll(async () => {
    await Promise.all([open, github, pypiserver, local].map((one) => one.stop()));
    await repository[Symbol.asyncDispose]();
  });

  const options = async () => ({
    repository: await repository.open(),
    definition,
    env: {},
    ref: 'refs/heads/main',
  });

  test('each registry gets every package once, and nothing in a second run', async () => {
    expect(report.problems).toEqual([]);
    expect(report.exitCode).toBe(0);
    expect(report.artifacts.map(({ outcome }) => outcome)).toEqual(Array(8).fill('published'));
    expect(new Set(report.artifacts.map(({ publisher }) => publisher)).size).toBe(8);
    const again = await publishRelease(await options());
    expect(again).toMatchObject({ exitCode: 0, problems: [] });
    expect(again.artifacts.flatMap(({ outcome }) => outcome ?? [])).toEqual([]);
  });

  test('npm registries hold the same bytes', async () => {
    const sums = report.artifacts
      .filter(({ coordinate }) => coordinate.startsWith('npm:@acme/sdk@'))
      .map(({ digest }) => digest);
    expect(sums).toHaveLength(2);
    expect(new Set(sums).size).toBe(1);
    expect(await readPackage(open.url, '@acme/sdk')).toBeDefined();
  });

  test('trace finds the commit at each', async () => {
    const traced = await traceCommit('HEAD', await options());
    expect(traced.problems).toEqual([]);
    const places = new Set(traced.artifacts.map(({ registry, sha }) => `${registry} ${sha}`));
    expect(places.size).toBe(4);
    expect(traced.artifacts.map(({ state }) => state)).toEqual(Array(8).fill('same-source'));
  });

  test('npm installs from each', async () => {
    for (const { registry, token } of [
      { registry: open.url, token: open.token },
      { registry: github.npmUrl, token: github.token },
    ]) {
      const home = await mkdtemp(join(tmpdir(), 'ameide-registries-'));
      const key = `npm_config_${registry.replace(/^https?:/, '').replace(/\/*$/, '/')}:_authToken`;
      const env = {
        npm_config_registry: registry,
        npm_config_cache: join(home, 'cache'),
        npm_config_userconfig: join(home, 'npmrc'),
        [key]: token,
      };
      const argv = ['npm', 'install', '--no-audit', '--no-fund', '--prefix', home] as const;
      await run([...argv, '@acme/sdk@dev'], home, env);
      expect(await run(['node', '-p', 'require("@acme/sdk")'], home)).toBe('42\n');
      await rm(home, { recursive: true, force: true });
    }
  });

  test('pip and uv install a project with the other that it needs from each index', async () => {
    const version = report.artifacts
      .find(({ coordinate }) => coordinate.startsWith('pypi:acme-sdk=='))
      ?.coordinate.split('==')[1];
    const before = [
      ['uv', 'pip', 'install', '--no-config', '--no-cache'],
      ['python3', '-m', 'pip', 'install', '--no-cache-dir'],
    ] as const;
    for (const { simpleUrl } of [pypiserver, local])
      for (const argv of before) {
        const target = await mkdtemp(join(tmpdir(), 'ameide-registries-'));
        const from = ['--quiet', '--index-url', simpleUrl, '--target', target] as const;
        await run([...argv, ...from, `acme-sdk==${version}`], target, {
          PIP_CONFIG_FILE: '/dev/null',
        });
        const installed = (await readdir(target)).filter((name) => name.endsWith('.dist-info'));
        expect(installed).toHaveLength(2);
        await rm(target, { recursive: true, force: true });
      }
  }, 60_000);

  test('another commit is a conflict at the registry that has a version, and only there', async () => {
    const at = { tag: 'v0.2.0', files: { 'version.json': { version: '0.2.0' } } };
    repository.commit({ files: at.files });
    repository.git('tag', at.tag);
    const first = { ...(await options()), ref: `refs/tags/${at.tag}` };
    const [id = ''] = report.artifacts.map(({ publisher }) => publisher);
    expect(await publishRelease({ ...first, only: [id] })).toMatchObject({ exitCode: 0 });
    repository.commit({ files: { 'js/index.js': 'module.exports = 43;\n' } });
    repository.git('tag', '--force', at.tag);
    const planned = await planRelease({ ...first, repository: await repository.open() });
    expect(planned.exitCode).toBe(4);
    expect(planned.problems.map(({ publisher }) => publisher)).toEqual([id]);
  });
});
