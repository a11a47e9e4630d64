import { execFile } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningPythonIndex, startPypiserver } from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { type PypiOptions, pypi } from '@ameide/publisher-pypi';
import { buildRelease, publishRelease, type ReleaseReport } from '@ameide/release';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

// Wheels and sdists that other machines built with the real tools: each must be of this project, version
// and commit, or nothing is uploaded.

const URL = 'https://github.com/acme/mono';
const TIMEOUT = 120_000;
const execute = promisify(execFile);

interface Project {
  readonly name?: string;
  readonly version?: string;
  /** The commit that it names; null for none. */
  readonly sha?: string | null;
}

let index: RunningPythonIndex;
let repository: TestRepository;
let home: string;
/** Where the wheels of other machines come together. */
let wheels: string;
let sha = '';
let count = 0;

/** A new project for each test, as an index keeps what it has got. */
const ownName = (): string => `acme-p${count}`;

/** Writes a project as its author has it, and returns its folder. */
async function project({
  name = ownName(),
  version = '0.1.0',
  sha: commit = sha,
}: Project): Promise<string> {
  const folder = await mkdtemp(join(home, 'project-'));
  const urls =
    commit === null ? '' : `[project.urls]\n"Source Commit" = "${URL}/commit/${commit}"\n`;
  await mkdir(join(folder, 'acme'));
  await writeFile(join(folder, 'acme/__init__.py'), '');
  await writeFile(
    join(folder, 'pyproject.toml'),
    `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "${version}"\n${urls}[tool.hatch.build.targets.wheel]\npackages = ["acme"]\n`,
  );
  return folder;
}

/** Builds with uv. */
async function uvBuild(given: Project = {}, ...kinds: readonly string[]): Promise<void> {
  const cwd = await project(given);
  await uv(['build', '--quiet', ...kinds, '--out-dir', wheels], cwd);
  await rm(join(wheels, '.gitignore'), { force: true });
}

// Not `execFileSync`: the index runs beside this process, and its pipes are read here.
async function uv(args: readonly string[], cwd: string): Promise<void> {
  await execute(component('uv').path ?? '', args, { cwd });
}

/** Gives a wheel the tag of a platform, as its repair tool does. */
async function tagged(platform: string): Promise<void> {
  const name = (await readdir(wheels)).find((one) => one.endsWith('-none-any.whl')) ?? '';
  const tags = ['-m', 'wheel', 'tags', '--platform-tag', platform, join(wheels, name)];
  await uv(['run', '--quiet', '--no-project', '--with', 'wheel', 'python', ...tags], home);
}

function options(more: Partial<PypiOptions> = {}): PypiOptions {
  const { simpleUrl, token, uploadUrl } = index;
  const distributions = [`${wheels}/*`];
  return { directory: 'sdk', simpleUrl, token, uploadUrl, distributions, ...more };
}

async function released(more: Partial<PypiOptions> = {}) {
  return {
    repository: await repository.open(),
    definition: { versionFile: 'package.json', publishers: [pypi(options(more))] },
    env: {},
    ref: 'refs/tags/v0.1.0',
  };
}

async function publish(more: Partial<PypiOptions> = {}): Promise<ReleaseReport> {
  return publishRelease(await released(more));
}

/** The files that the index has. */
async function files(): Promise<readonly string[]> {
  const response = await fetch(`${index.simpleUrl}${ownName()}/`);
  if (!response.ok) return [];
  const found = (await response.text()).matchAll(/>(acme[^<]*)</g);
  return Array.from(found, ([, name = '']) => name.replace(/^acme_p\d+-/, '')).toSorted();
}

needs(
  'git',
  'uv',
  'python',
  'pypiserver',
)('files that other machines built', () => {
  beforeAll(async () => {
    index = await startPypiserver();
    home = await mkdtemp(join(tmpdir(), 'ameide-elsewhere-'));
    repository = createTestRepository({ origin: URL });
  });
  afterAll(async () => {
    await index.stop();
    await repository[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(async () => {
    count += 1;
    wheels = await mkdtemp(join(home, 'wheels-'));
    const manifest = `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${ownName()}"\nversion = "0.0.0"\n`;
    repository.commit({
      files: { 'package.json': { version: '0.1.0' }, 'sdk/pyproject.toml': manifest },
    });
    sha = repository.git('rev-parse', 'HEAD').trim();
    repository.git('tag', '--force', 'v0.1.0');
  });

  describe('are published', () => {
    test('wheels of several platforms and the sdist', { timeout: TIMEOUT }, async () => {
      await uvBuild();
      for (const platform of ['manylinux_2_17_x86_64', 'win_amd64', 'macosx_11_0_arm64'])
        await tagged(platform);
      expect(await publish()).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
      expect(await files()).toEqual([
        '0.1.0-py2.py3-none-any.whl',
        '0.1.0-py2.py3-none-macosx_11_0_arm64.whl',
        '0.1.0-py2.py3-none-manylinux_2_17_x86_64.whl',
        '0.1.0-py2.py3-none-win_amd64.whl',
        '0.1.0.tar.gz',
      ]);
    });

    test('an sdist alone', { timeout: TIMEOUT }, async () => {
      await uvBuild({}, '--sdist');
      expect(await publish()).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
      expect(await files()).toEqual(['0.1.0.tar.gz']);
    });

    test('a wheel that pip made', { timeout: TIMEOUT }, async () => {
      const pip = ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', wheels, '.'];
      const run = ['run', '--quiet', '--no-project', '--with', 'pip', 'python', ...pip];
      await uv(run, await project({}));
      expect(await publish()).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
      expect(await files()).toEqual(['0.1.0-py2.py3-none-any.whl']);
    });

    test('through a build folder, of which the publishing machine has no other file', {
      timeout: TIMEOUT,
    }, async () => {
      await uvBuild();
      const out = await mkdtemp(join(home, 'built-'));
      const built = await buildRelease({ ...(await released()), out });
      expect(built).toMatchObject({ exitCode: 0, problems: [] });
      await rm(wheels, { recursive: true });
      const report = await publishRelease({ ...(await released()), from: out });
      expect(report).toMatchObject({ exitCode: 0, artifacts: [{ outcome: 'published' }] });
      expect(await files()).toEqual(['0.1.0-py2.py3-none-any.whl', '0.1.0.tar.gz']);
    });
  });

  const wheel = async (): Promise<string> => {
    const name = (await readdir(wheels)).find((one) => one.endsWith('.whl')) ?? '';
    return join(wheels, name);
  };

  const sdist = (version: string): string => `${ownName().replace('-', '_')}-${version}.tar.gz`;

  /** What the message says. */
  const REFUSED: Readonly<Record<string, readonly [RegExp, () => Promise<void>]>> = {
    'of another version': [/0\.1\.1/, () => uvBuild({ version: '0.1.1' }, '--wheel')],
    'with a local version': [
      /0\.1\.0\+local/,
      () => uvBuild({ version: '0.1.0+local' }, '--wheel'),
    ],
    'of the dev build that became this release': [
      /dev20251113/,
      () => uvBuild({ version: '0.1.0.dev20251113153211' }, '--wheel'),
    ],
    'of another version, under the name of this one': [
      /dist-info\/METADATA/,
      async () => {
        await uvBuild({ version: '0.1.1' }, '--wheel');
        const path = await wheel();
        await rename(path, path.replace('0.1.1', '0.1.0'));
      },
    ],
    'an sdist of another version, under the name of this one': [
      /contains version 0\.1\.1, not 0\.1\.0/,
      async () => {
        await uvBuild({ version: '0.1.1' }, '--sdist');
        await rename(join(wheels, sdist('0.1.1')), join(wheels, sdist('0.1.0')));
      },
    ],
    'of another project': [/other_project/, () => uvBuild({ name: 'other-project' }, '--wheel')],
    'of another project, under the name of this one': [
      /dist-info\/METADATA/,
      async () => {
        await uvBuild({ name: 'other-project' }, '--wheel');
        const path = await wheel();
        await rename(path, path.replace('other_project', ownName().replace('-', '_')));
      },
    ],
    'an sdist of another project, under the name of this one': [
      /contains the project other-project/,
      async () => {
        await uvBuild({ name: 'other-project' }, '--sdist');
        await rename(join(wheels, 'other_project-0.1.0.tar.gz'), join(wheels, sdist('0.1.0')));
      },
    ],
    'of another commit': [/names commit 1{40}/, () => uvBuild({ sha: '1'.repeat(40) }, '--wheel')],
    'of no commit': [/does not name its commit/, () => uvBuild({ sha: null }, '--wheel')],
    'that was cut off': [
      /cannot be read|not/,
      async () => {
        await uvBuild({}, '--wheel');
        await truncate(await wheel(), 500);
      },
    ],
    'one good, one of another version': [
      /0\.1\.1/,
      async () => {
        await uvBuild({}, '--wheel');
        await uvBuild({ version: '0.1.1' }, '--wheel');
      },
    ],
  };

  describe('are refused, and nothing is uploaded', () => {
    test.each(Object.entries(REFUSED))('%s', { timeout: TIMEOUT }, async (_name, [says, make]) => {
      await make();
      const report = await publish();
      expect(report).toMatchObject({ exitCode: 3 });
      for (const { code, effect } of report.problems) {
        expect(['pypi-build-output', 'pypi-not-accepted']).toContain(code);
        expect(effect).toBe('none');
      }
      expect(report.problems.map(({ message }) => message).join('\n')).toMatch(says);
      expect(await files()).toEqual([]);
    });

    test('two files of one name', { timeout: TIMEOUT }, async () => {
      await uvBuild({}, '--wheel');
      const other = await mkdtemp(join(home, 'more-'));
      await copyFile(await wheel(), join(other, (await wheel()).slice(wheels.length + 1)));
      const report = await publish({ distributions: [`${wheels}/*`, `${other}/*`] });
      expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'pypi-no-distribution' }] });
      expect(await files()).toEqual([]);
    });
  });
});
