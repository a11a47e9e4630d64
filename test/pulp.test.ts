import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPulp, startPulp } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { pypi } from '@ameide/publisher-pypi';
import {
  defineRelease,
  publishRelease,
  type ReleaseDefinition,
  type ReleaseReport,
  traceCommit,
} from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from './shapes/program.ts';

// A Python index that others wrote, with both forms of the Simple API. Optional: it is large.

const FILES = {
  'version.json': { version: '0.1.0' },
  'pyproject.toml':
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "acme-pulp"\nversion = "0.0.0"\n',
  'acme_pulp/__init__.py': 'ANSWER = 42\n',
};

needs(
  'pulp',
  'uv',
  'pip',
)('Pulp, as Python index', () => {
  let pulp: RunningPulp;
  let repository: TestRepository;
  let sha = '';

  beforeAll(async () => {
    pulp = await startPulp();
    repository = createTestRepository({ origin: 'https://github.com/acme/mono.git' });
    sha = repository.commit({ files: FILES });
  });
  afterAll(async () => {
    await pulp.stop();
    await repository[Symbol.asyncDispose]();
  });

  const definition = (localVersions = false): ReleaseDefinition => {
    const { uploadUrl, simpleUrl, user, token } = pulp;
    const index = { uploadUrl, simpleUrl, user, token, localVersions };
    return defineRelease({
      versionFile: 'version.json',
      publishers: [pypi({ directory: '.', ...index })],
    });
  };
  const publish = async (ref?: string, localVersions?: boolean): Promise<ReleaseReport> =>
    publishRelease({
      repository: await repository.open(),
      definition: definition(localVersions),
      env: {},
      ...(ref === undefined ? {} : { ref }),
    });
  const outcomes = ({ artifacts, problems }: ReleaseReport): unknown[] => [
    ...artifacts.map(({ coordinate, state, outcome }) => [coordinate, state, outcome]),
    ...problems.map(({ code }) => code),
  ];

  test('a dev build and its release are published once, and found again', async () => {
    const dev = 'pypi:acme-pulp==0.1.0.dev20251113153211';
    expect(outcomes(await publish())).toEqual([[dev, 'identical', 'published']]);
    expect(outcomes(await publish())).toEqual([[dev, 'same-source', undefined]]);
    repository.git('tag', 'v0.1.0');
    const release = 'pypi:acme-pulp==0.1.0';
    expect(outcomes(await publish('refs/tags/v0.1.0'))).toEqual([
      [release, 'identical', 'published'],
    ]);
    expect(outcomes(await publish('refs/tags/v0.1.0'))).toEqual([
      [release, 'same-source', undefined],
    ]);
  });

  test('the commit is traced to both, and both to the commit', async () => {
    const options = { repository: await repository.open(), definition: definition() };
    const { artifacts, exitCode } = await traceCommit(sha, options);
    expect(exitCode).toBe(0);
    expect(artifacts.map((one) => [one.state, one.sha])).toEqual([
      ['same-source', sha],
      ['same-source', sha],
    ]);
  });

  test('a local version is published', async () => {
    expect(outcomes(await publish('refs/heads/main', true))).toEqual([
      [`pypi:acme-pulp==0.1.0.dev20251113153211+git.${sha.slice(0, 7)}`, 'identical', 'published'],
    ]);
  });

  test('pip and uv install them', async () => {
    const home = await mkdtemp(join(tmpdir(), 'ameide-pulp-'));
    const pip = ['python3', '-m', 'pip', 'install', '--quiet', '--no-cache-dir'] as const;
    const uv = ['uv', 'pip', 'install', '--quiet', '--no-config', '--no-cache'] as const;
    const installs = [
      [...pip, '--target', join(home, 'pip'), '--index-url', pulp.simpleUrl, 'acme-pulp'],
      [...uv, '--target', join(home, 'uv'), '--index-url', pulp.simpleUrl, 'acme-pulp==0.1.0'],
    ] as const;
    for (const argv of installs) await run(argv, home, { PIP_CONFIG_FILE: '/dev/null' });
    const script = ['python3', '-c', 'import acme_pulp; print(acme_pulp.ANSWER)'] as const;
    for (const client of ['pip', 'uv'])
      expect(await run(script, home, { PYTHONPATH: join(home, client) })).toBe('42\n');
    await rm(home, { recursive: true, force: true });
  });

  test('another commit with the same version is a conflict, and nothing is uploaded', async () => {
    repository.commit({ files: { 'acme_pulp/__init__.py': 'ANSWER = 43\n' } });
    repository.git('tag', '--force', 'v0.1.0');
    expect(outcomes(await publish('refs/tags/v0.1.0'))).toEqual([
      ['pypi:acme-pulp==0.1.0', 'conflict', undefined],
      'pypi-version-conflict',
    ]);
  });
});
