import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningPythonIndex, startPypiserver } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { pypi } from '@ameide/publisher-pypi';
import { defineRelease, publishRelease, type ReleaseReport } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Decision 29: a uv workspace of two projects, published to a real index, installed by real clients.

const run = promisify(execFile);
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:PIP|UV|PYPI|TWINE)_/.test(name)),
);
const pyproject = (name: string, more: string): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${name}"\nversion = "0.0.0"\n${more}`;
const FILES = {
  'package.json': { version: '0.1.0' },
  'pyproject.toml': '[tool.uv.workspace]\nmembers = ["core", "sdk"]\n',
  'core/pyproject.toml': pyproject('acme-core', ''),
  'core/acme_core/__init__.py': '',
  'sdk/pyproject.toml': pyproject(
    'acme-sdk',
    'dependencies = ["Acme.Core"]\n[tool.uv.sources]\nacme_core = { workspace = true }\n',
  ),
  'sdk/acme_sdk/__init__.py': '',
};

needs(
  'git',
  'uv',
  'python',
  'pip',
  'pypiserver',
)('two Python projects of one release', () => {
  let index: RunningPythonIndex;
  let repository: TestRepository;
  beforeAll(async () => {
    index = await startPypiserver();
    repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
    repository.commit({ files: FILES });
  });
  afterAll(async () => {
    await index.stop();
    await repository[Symbol.asyncDispose]();
  });

  async function publish(ref: string, only: readonly string[] = []): Promise<ReleaseReport> {
    const { simpleUrl, token, uploadUrl } = index;
    const project = (directory: string) => pypi({ directory, simpleUrl, token, uploadUrl });
    const definition = defineRelease({
      versionFile: 'package.json',
      publishers: [project('sdk'), project('core')],
    });
    return publishRelease({ repository: await repository.open(), definition, env: {}, ref, only });
  }

  /** What a client installs for `acme-sdk` in this version, without `--pre`. */
  async function installed(client: 'pip' | 'uv', version: string): Promise<readonly string[]> {
    const target = mkdtempSync(join(tmpdir(), 'ameide-members-'));
    const program = client === 'uv' ? 'uv' : 'python3';
    const before =
      client === 'uv'
        ? ['pip', 'install', '--no-config', '--no-cache']
        : ['-m', 'pip', 'install', '--no-cache-dir'];
    const argv = [
      '--quiet',
      '--index-url',
      index.simpleUrl,
      '--target',
      target,
      `acme-sdk==${version}`,
    ];
    try {
      await run(program, [...before, ...argv], { env: { ...env, PIP_CONFIG_FILE: '/dev/null' } });
      return readdirSync(target)
        .filter((name) => name.endsWith('.dist-info'))
        .sort();
    } finally {
      rmSync(target, { recursive: true, force: true });
    }
  }

  test('neither is published alone, if it needs the other', { timeout: 60_000 }, async () => {
    expect(await publish('refs/heads/main', ['pypi:acme-sdk'])).toMatchObject({
      exitCode: 3,
      problems: [
        {
          code: 'requires-unpublished',
          hint: expect.stringContaining('--only pypi:acme-core') as string,
        },
      ],
    });
  });

  test('a release, and then a dev build: pip and uv install both parts of each', {
    timeout: 120_000,
  }, async () => {
    repository.git('tag', 'v0.1.0');
    expect(await publish('refs/tags/v0.1.0')).toMatchObject({ exitCode: 0, problems: [] });
    repository.commit({ files: { 'sdk/acme_sdk/__init__.py': '# changed\n' } });
    const dev = await publish('refs/heads/main');
    expect(dev).toMatchObject({ exitCode: 0, problems: [] });
    const [, version = ''] = dev.artifacts[0]?.coordinate.split('==') ?? [];
    expect(version).toMatch(/^0\.1\.1\.dev/);
    for (const client of ['pip', 'uv'] as const) {
      expect(await installed(client, '0.1.0')).toEqual([
        'acme_core-0.1.0.dist-info',
        'acme_sdk-0.1.0.dist-info',
      ]);
      expect(await installed(client, version)).toEqual([
        `acme_core-${version}.dist-info`,
        `acme_sdk-${version}.dist-info`,
      ]);
    }
  });
});
