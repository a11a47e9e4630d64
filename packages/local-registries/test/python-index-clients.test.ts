import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { component, needs } from '../src/components.ts';
import { type RunningPythonIndex, startPythonIndex } from '../src/python-index/index.ts';
import { type ClientResult, runClient } from './client-process.ts';
import {
  type Distribution,
  type DistributionSettings,
  sdist,
  wheel,
} from './python-distributions.ts';

let index: RunningPythonIndex;
let folder: string;
beforeAll(async () => {
  index = await startPythonIndex();
});
afterAll(() => index.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'python-clients-'));
  return () => rm(folder, { recursive: true });
});

async function written(files: readonly Distribution[], into = folder): Promise<string[]> {
  const paths = files.map((file) => join(into, file.fileName));
  for (const [position, path] of paths.entries())
    await writeFile(path, files[position]?.bytes ?? '');
  return paths;
}

const uv = (...args: string[]): Promise<ClientResult> =>
  runClient([...(component('uv').command ?? ['uv']), ...args]);
const pip = (...args: string[]): Promise<ClientResult> =>
  runClient([...(component('pip').command ?? ['pip']), ...args]);
const publish = (
  files: readonly string[],
  { to = index.uploadUrl, token = index.token } = {},
): Promise<ClientResult> =>
  runClient(
    [
      ...(component('uv').command ?? ['uv']),
      'publish',
      '--trusted-publishing',
      'never',
      '--publish-url',
      to,
      ...files,
    ],
    {
      UV_PUBLISH_TOKEN: token,
    },
  );

const requestsFor = async (text: string): Promise<string[]> =>
  (await readFile(index.logFile, 'utf8'))
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => line.slice(line.indexOf(' ') + 1));

const uvSuite = needs('uv');
uvSuite('uv', () => {
  test('publishes a wheel and an sdist, again with success, and is told why other bytes are refused', async () => {
    const settings: DistributionSettings = { name: 'uv-made', version: '1.0' };
    const files = await written([wheel(settings), sdist(settings)]);
    expect(await publish(files)).toMatchObject({ code: 0 });
    expect(await publish(files)).toMatchObject({ code: 0 });
    const [changed = ''] = await written([wheel({ ...settings, module: 'X = 2\n' })]);
    const refused = await publish([changed]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("File already exists ('uv_made-1.0-py3-none-any.whl'");
  });

  test('with --check-url finds by digest what is there already and sends nothing', async () => {
    const files = await written([wheel({ name: 'uv-check' })]);
    await publish(files);
    const before = (await requestsFor('POST /legacy/')).length;
    const again = await runClient(
      [
        ...(component('uv').command ?? ['uv']),
        'publish',
        '--trusted-publishing',
        'never',
        '--publish-url',
        index.uploadUrl,
        '--check-url',
        index.simpleUrl,
        ...files,
      ],
      { UV_PUBLISH_TOKEN: index.token },
    );
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining('already exists') });
    expect(await requestsFor('POST /legacy/')).toHaveLength(before);
  });

  test('is told that a local version is refused', async () => {
    const refused = await publish(
      await written([wheel({ name: 'uv-local', version: '1.0+git.71e210b' })]),
    );
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      "The use of local versions in '1.0+git.71e210b' is not allowed",
    );
  });

  test('is told that its token is wrong', async () => {
    const refused = await publish(await written([wheel({ name: 'uv-wrong' })]), {
      token: 'pypi-wrong',
    });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/403|Invalid or non-existent authentication information/);
    expect((await fetch(`${index.simpleUrl}uv-wrong/`)).status).toBe(404);
  });

  test('installs what it published', async () => {
    await publish(await written([wheel({ name: 'uv-install', module: 'ANSWER = 42\n' })]));
    const target = join(folder, 'site');
    const result = await uv(
      'pip',
      'install',
      '--default-index',
      index.simpleUrl,
      '--no-deps',
      '--target',
      target,
      'uv-install',
    );
    expect(result).toMatchObject({ code: 0 });
    expect(await readFile(join(target, 'uv_install', '__init__.py'), 'utf8')).toBe('ANSWER = 42\n');
  });
});

const pipSuite = needs('uv', 'pip');
pipSuite('pip', () => {
  test('installs the highest final version, and with --pre the highest of all', async () => {
    const versions = ['0.1.0.dev20251113153211', '0.0.9', '0.1.0.dev20251113090000'];
    await publish(await written(versions.map((version) => wheel({ name: 'pip-order', version }))));
    const installed = async (...options: string[]): Promise<string> => {
      const target = join(folder, `site${options.length}`);
      await pip(
        'install',
        '--index-url',
        index.simpleUrl,
        '--no-deps',
        '--target',
        target,
        ...options,
        'pip-order',
      );
      return (await readdir(target)).find((name) => name.endsWith('.dist-info')) ?? '';
    };
    expect(await installed()).toBe('pip_order-0.0.9.dist-info');
    expect(await installed('--pre')).toBe('pip_order-0.1.0.dev20251113153211.dist-info');
  });

  test('reads the metadata beside the wheel, and passes over a version for another Python', async () => {
    const files = [
      wheel({ name: 'pip-meta', version: '1.0' }),
      wheel({ name: 'pip-meta', version: '2.0', requiresPython: '<3' }),
    ];
    await publish(await written(files));
    const result = await pip(
      'download',
      '--index-url',
      index.simpleUrl,
      '--no-deps',
      '--dest',
      join(folder, 'down'),
      'pip-meta',
    );
    expect(result).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, 'down'))).toEqual(['pip_meta-1.0-py3-none-any.whl']);
    // pip reads the JSON API's `core-metadata` (PEP 714) from 23.2 on; an older one looks into the
    // wheel itself.
    const [, major = 0, minor = 0] = (
      /^pip (\d+)\.(\d+)/.exec((await pip('--version')).stdout) ?? []
    ).map(Number);
    const reads = major > 23 || (major === 23 && minor >= 2);
    const requests = await requestsFor('pip_meta-1.0-py3-none-any.whl.metadata');
    expect(requests).toEqual(reads ? [expect.stringMatching(/^GET .* 200$/)] : []);
  });

  test('refuses a file whose bytes are not those of the digest in the index', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'python-index-test-'));
    try {
      await using own = await startPythonIndex({ directory });
      await publish(await written([wheel({ name: 'pip-damaged' })]), {
        to: own.uploadUrl,
        token: own.token,
      });
      const stored =
        (await readdir(join(directory, 'packages'), { recursive: true })).find((path) =>
          path.endsWith('.whl'),
        ) ?? '';
      await writeFile(
        join(directory, 'packages', stored),
        wheel({ name: 'pip-damaged', module: 'evil' }).bytes,
      );
      const result = await pip(
        'download',
        '--index-url',
        own.simpleUrl,
        '--no-deps',
        '--dest',
        join(folder, 'down'),
        'pip-damaged',
      );
      expect(result.code).not.toBe(0);
      expect(result.output).toContain('DO NOT MATCH THE HASHES');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

needs('twine')('twine', () => {
  const twine = (files: readonly string[], token = index.token): Promise<ClientResult> =>
    runClient(
      [
        ...(component('twine').command ?? ['twine']),
        'upload',
        '--non-interactive',
        '--disable-progress-bar',
        '--config-file',
        '/dev/null',
        '--repository-url',
        index.uploadUrl,
        ...files,
      ],
      { TWINE_USERNAME: '__token__', TWINE_PASSWORD: token },
    );

  test('uploads a wheel and an sdist with all of its digests, and again with success', async () => {
    const settings: DistributionSettings = {
      name: 'twine-made',
      fields: ['Project-URL: Source Commit, https://example.invalid/commit/71e210b'],
    };
    const files = await written([wheel(settings), sdist(settings)]);
    expect(await twine(files)).toMatchObject({ code: 0 });
    expect(await twine(files)).toMatchObject({ code: 0 });
    const { info } = (await (await fetch(`${index.url}/pypi/twine-made/1.0/json`)).json()) as {
      info: { project_urls: unknown };
    };
    expect(info.project_urls).toEqual({
      'Source Commit': 'https://example.invalid/commit/71e210b',
    });
  });

  test('shows the reason of a refusal', async () => {
    const local = await twine(await written([wheel({ name: 'twine-local', version: '1.0+x' })]));
    expect(local.code).toBe(1);
    expect(local.output.replaceAll(/\s+/g, ' ')).toContain(
      "The use of local versions in '1.0+x' is not allowed",
    );
    const wrong = await twine(await written([wheel({ name: 'twine-wrong' })]), 'pypi-wrong');
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain('403');
  });
});
