import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPythonIndex, startPypiserver } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { type PypiOptions, pypi } from '@ameide/publisher-pypi';
import { defineRelease, publishRelease, type ReleaseReport } from '@ameide/release';
import { afterAll, beforeAll, expect, test } from 'vitest';

// Files that `prepare` or another machine built, and releases without a wheel or an sdist.

const PYPROJECT = (name: string): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "0.0.0"\n[project.urls]\n"Source Commit" = "@"\n[tool.hatch.build.targets.wheel]\npackages = ["acme"]\n`;
/** What an author's own build does: where to, and whether it sets version and commit. */
const BUILD = `import os, pathlib, shutil, subprocess, sys
out, stamped = sys.argv[1:]
file = pathlib.Path('sdk/pyproject.toml')
text = file.read_text()
if stamped == 'stamped':
    url = 'https://github.com/acme/mono/commit/' + os.environ['AMEIDE_SHA']
    file.write_text(text.replace('0.0.0', os.environ['AMEIDE_PYPI_VERSION']).replace('@', url))
subprocess.run(['uv', 'build', '--quiet', '--out-dir', out, 'sdk'], check=True)
file.write_text(text)
shutil.copytree(out, 'copy')
`;
const FILES = {
  'package.json': { version: '0.1.0' },
  'sdk/acme/__init__.py': '',
  'build.py': BUILD,
};

needs(
  'git',
  'uv',
  'python',
  'pypiserver',
)('the files of a Python release', () => {
  let index: RunningPythonIndex;
  let repository: TestRepository;
  let elsewhere: string;
  let committed = '';
  beforeAll(async () => {
    index = await startPypiserver();
    elsewhere = mkdtempSync(join(tmpdir(), 'ameide-elsewhere-'));
    repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  });
  afterAll(async () => {
    await index.stop();
    await repository[Symbol.asyncDispose]();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  async function publish(
    name: string,
    options: Partial<PypiOptions>,
    build?: readonly [out: string, stamped: string],
  ): Promise<ReleaseReport> {
    const { simpleUrl, token, uploadUrl } = index;
    if (name !== committed)
      repository.commit({ files: { ...FILES, 'sdk/pyproject.toml': PYPROJECT(name) } });
    committed = name;
    const definition = defineRelease({
      versionFile: 'package.json',
      publishers: [pypi({ directory: 'sdk', simpleUrl, token, uploadUrl, ...options })],
      ...(build === undefined ? {} : { prepare: [['python3', 'build.py', ...build]] }),
    });
    const ref = 'refs/heads/main';
    return publishRelease({ repository: await repository.open(), definition, env: {}, ref });
  }

  async function kinds(name: string): Promise<readonly string[]> {
    const response = await fetch(`${index.simpleUrl}${name}/`);
    const found = (await response.text()).matchAll(/>[^<]*dev\d+([^<]*)</g);
    return response.ok ? [...new Set(Array.from(found, ([, kind]) => kind ?? ''))].sort() : [];
  }

  test.each([
    ['wheel', '-py2.py3-none-any.whl'],
    ['sdist', '.tar.gz'],
  ] as const)('%s alone', { timeout: 60_000 }, async (format, suffix) => {
    const name = `acme-${format}`;
    const published = [{ outcome: 'published', state: 'identical' }];
    expect(await publish(name, { formats: [format] })).toMatchObject({
      exitCode: 0,
      artifacts: published,
    });
    expect(await kinds(name)).toEqual([suffix]);
    const again = await publish(name, { formats: [format] });
    expect(again).toMatchObject({ exitCode: 0, artifacts: [{ state: 'same-source' }] });
    expect(again.artifacts[0]?.outcome).toBeUndefined();
  });

  test.each(['of the checkout', 'of another machine'])('%s', { timeout: 60_000 }, async (where) => {
    const isInside = where === 'of the checkout';
    const name = isInside ? 'acme-inside' : 'acme-outside';
    const out = isInside ? 'sdk/dist' : elsewhere;
    const options = { distributions: `${out}/acme_*` };
    const published = {
      exitCode: 0,
      problems: [],
      artifacts: [{ outcome: 'published', state: 'identical' }],
    };
    expect(await publish(name, options, [out, 'stamped'])).toMatchObject(published);
    expect(await kinds(name)).toEqual(['-py2.py3-none-any.whl', '.tar.gz']);
    expect(await publish(name, options, [out, 'stamped'])).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'already-there' }],
    });
    expect(existsSync(join(repository.directory, 'sdk/dist'))).toBe(false);
  });

  test('without the version and the commit are refused, and the hint says how to set them', {
    timeout: 60_000,
  }, async () => {
    const report = await publish('acme-plain', { distributions: ['sdk/dist/*.whl'] }, [
      'sdk/dist',
      'plain',
    ]);
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [
        {
          code: 'pypi-build-output',
          effect: 'none',
          message: expect.stringContaining('acme_plain-0.0.0-py2.py3-none-any.whl') as string,
          hint: expect.stringMatching(
            /AMEIDE_PYPI_VERSION.*"Source Commit" = "https:\/\/github.com\/acme\/mono\/commit\/[0-9a-f]{40}"/,
          ) as string,
        },
      ],
    });
    expect(await kinds('acme-plain')).toEqual([]);
  });

  test.each([
    ['no file', ['dist/*.whl'], undefined, 'pypi-no-distribution'],
    ['a file twice', ['sdk/dist/*.whl', 'copy/*.whl'], undefined, 'pypi-no-distribution'],
    [
      'no sdist, which formats ask for',
      ['sdk/dist/*.whl'],
      ['sdist', 'wheel'],
      'pypi-build-output',
    ],
    ['an sdist, which formats leave out', ['sdk/dist/acme*'], ['wheel'], 'pypi-build-output'],
  ] as const)('%s is refused', { timeout: 60_000 }, async (_, distributions, formats, code) => {
    const options = { distributions, ...(formats === undefined ? {} : { formats }) };
    expect(await publish('acme-refused', options, ['sdk/dist', 'stamped'])).toMatchObject({
      exitCode: 3,
      problems: [{ code }],
    });
    expect(await kinds('acme-refused')).toEqual([]);
  });
});
