import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import { type RunningPythonIndex, startPythonIndex } from '../src/python-index/index.ts';
import {
  type Distribution,
  type DistributionSettings,
  sdist,
  uploadForm,
  wheel,
} from './python-distributions.ts';

const UPLOADED = Date.UTC(2025, 10, 13, 15, 32, 11);
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function send(
  index: RunningPythonIndex,
  file: Distribution,
  settings: DistributionSettings = {},
  changes: Readonly<Record<string, string | null>> = {},
  authorization: string | undefined = basic('__token__', index.token),
): Promise<{ status: number; reason: string; body: string }> {
  const headers = authorization === '' ? {} : { authorization };
  const response = await fetch(index.uploadUrl, {
    method: 'POST',
    body: uploadForm(file, settings, changes),
    headers,
  });
  return { status: response.status, reason: response.statusText, body: await response.text() };
}

const project = async (
  index: RunningPythonIndex,
  name: string,
): Promise<{ versions: string[]; files: Record<string, unknown>[] }> =>
  (await (
    await fetch(`${index.simpleUrl}${name}/`, { headers: { accept: JSON_TYPE } })
  ).json()) as {
    versions: string[];
    files: Record<string, unknown>[];
  };

describe('the upload API', () => {
  let index: RunningPythonIndex;
  beforeAll(async () => {
    index = await startPythonIndex({ now: () => UPLOADED });
  });
  afterAll(() => index.stop());

  test('takes a wheel and an sdist of one version', async () => {
    const settings = { name: 'Both.Kinds', version: '1.0' };
    expect((await send(index, wheel(settings), settings)).status).toBe(200);
    expect((await send(index, sdist(settings), settings)).status).toBe(200);
    expect((await project(index, 'both-kinds')).files.map((file) => file['filename'])).toEqual([
      'both_kinds-1.0-py3-none-any.whl',
      'both_kinds-1.0.tar.gz',
    ]);
  });

  test('answers 200 to the same bytes again and keeps one file; refuses other bytes under the same name', async () => {
    const settings = { name: 'twice' };
    await send(index, wheel(settings), settings);
    expect((await send(index, wheel(settings), settings)).status).toBe(200);
    const other = wheel({ ...settings, module: 'X = 2\n' });
    const refused = await send(index, other, settings);
    expect(refused).toMatchObject({
      status: 400,
      reason: expect.stringMatching(
        /^File already exists \('twice-1\.0-py3-none-any\.whl', with blake2_256 hash '[0-9a-f]{64}'\)/,
      ),
    });
    const { files } = await project(index, 'twice');
    expect(files.map((file) => file['hashes'])).toEqual([
      { sha256: createHash('sha256').update(wheel(settings).bytes).digest('hex') },
    ]);
  });

  test('two uploads of other bytes at once: one wins, the other is refused', async () => {
    const settings = { name: 'race' };
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((module) => send(index, wheel({ ...settings, module }), settings)),
    );
    expect(results.map((result) => result.status).sort((left, right) => left - right)).toEqual([
      200, 400, 400, 400,
    ]);
    expect((await project(index, 'race')).files).toHaveLength(1);
  });

  test('one release has one sdist, however its version is spelled', async () => {
    await send(index, sdist({ name: 'spelled', version: '1.0' }), {
      name: 'spelled',
      version: '1.0',
    });
    const again = { name: 'spelled', version: '1.0.0' };
    expect(await send(index, sdist(again), again)).toMatchObject({
      status: 400,
      reason: 'Only one sdist may be uploaded per release.',
    });
    expect((await send(index, wheel(again), again)).status).toBe(200);
    expect((await project(index, 'spelled')).versions).toEqual(['1.0']);
  });

  const DIRECT = 'a @ https://example.org/a.whl';
  test.each([
    ['summary', 'x'.repeat(513), "'summary' field must be 512 characters or less."],
    ['summary', 'a\nb', "'summary' must be a single line."],
    ['classifiers', 'Private :: A', "'Private :: A' is not a valid classifier."],
    ['project_urls', 'Home, example.org', "'example.org' is not a valid url."],
    ['project_urls', `${'x'.repeat(33)}, https://e.org`, "' must be 32 characters or less."],
    ['project_urls', 'Home', 'Must have a URL.'],
    ['home_page', 'example.org', "'example.org' is not a valid url."],
    ['requires_dist', DIRECT, `Can't have direct dependency: ${DIRECT}.`],
    ['description_content_type', 'text/html', "'description-content-type' must be one of"],
  ])('refuses a wrong %s, case %#', async (field, value, words) => {
    const refused = await send(index, wheel(), {}, { [field]: value });
    expect(refused.status).toBe(400);
    expect(refused.reason).toContain(words);
    expect(refused.reason).toContain('https://packaging.python.org/specifications/core-metadata');
  });

  test('refuses a wheel for any Linux', async () => {
    const file = { ...wheel(), fileName: 'demo_pkg-1.0-cp312-cp312-linux_x86_64.whl' };
    expect(await send(index, file)).toMatchObject({
      status: 400,
      reason: `Binary wheel '${file.fileName}' has an unsupported platform tag 'linux_x86_64'.`,
    });
  });

  needs('twine')("with PyPI's libraries", () => {
    const rst = 'text/x-rst';
    test.each([
      [{ classifiers: 'Topic :: Nothing' }, "'Topic :: Nothing' is not a valid classifier."],
      [{ requires_dist: 'a^1' }, "'a^1' is invalid for 'requires-dist'."],
      [{ license_expression: 'Own' }, "'Own' is invalid for 'license-expression'."],
      [{ description: '.. toctree::\n' }, 'failed to render in the default format of reStructured'],
      [
        { description: 'See `a`_.\n', description_content_type: rst },
        "The description failed to render for 'text/x-rst'. See https://pypi.org/help/#description-content-type",
      ],
    ])('refuses %j', async (fields: Record<string, string>, words) => {
      const refused = await send(index, wheel(), {}, fields);
      expect(refused).toMatchObject({ status: 400, reason: expect.stringContaining(words) });
    });
  });

  test('refuses a local version with the words in reason phrase and body, and shows nothing of it', async () => {
    const settings = { name: 'local', version: '1.0.dev3+git.71e210b' };
    const refused = await send(index, wheel(settings), settings);
    expect(refused.status).toBe(400);
    expect(refused.reason).toContain(
      "The use of local versions in '1.0.dev3+git.71e210b' is not allowed.",
    );
    expect(refused.body).toContain(
      "The use of local versions in '1.0.dev3+git.71e210b' is not allowed.",
    );
    expect((await fetch(`${index.simpleUrl}local/`)).status).toBe(404);
  });

  test.each([
    ['no credentials', '', 'Invalid or non-existent authentication information.'],
    [
      'a wrong token',
      basic('__token__', 'pypi-wrong'),
      'Invalid or non-existent authentication information.',
    ],
    [
      'a user name',
      basic('me', 'secret'),
      'Username/Password authentication is no longer supported.',
    ],
    ['a malformed header', 'Basic !!!', 'Invalid or non-existent authentication information.'],
  ])('answers 403 to %s', async (_, authorization, reason) => {
    const refused = await send(
      index,
      wheel({ name: 'secret' }),
      { name: 'secret' },
      {},
      authorization,
    );
    expect(refused.status).toBe(403);
    expect(refused.reason).toContain(reason);
    expect((await fetch(`${index.simpleUrl}secret/`)).status).toBe(404);
  });

  test.each<[string, Record<string, string | null>, string]>([
    ['another action', { ':action': 'submit' }, 'Unsupported :action'],
    ['another protocol', { protocol_version: '2' }, 'Unknown protocol version.'],
    ['no metadata version', { metadata_version: null }, 'invalid value for Metadata-Version'],
    ['a bad name', { name: '-x' }, 'invalid value for Name'],
    ['a bad version', { version: '1.0-canary.5' }, 'invalid value for Version'],
    ['an unknown file type', { filetype: 'bdist_egg' }, 'Unknown type of file.'],
    [
      'no Python version',
      { pyversion: '' },
      'Python version is required for binary distribution uploads.',
    ],
    ['no digest', { sha256_digest: null }, 'Include at least one message digest.'],
    ['a wrong sha256', { sha256_digest: '0'.repeat(64) }, 'The digest supplied does not match'],
    [
      'a wrong blake2b',
      { blake2_256_digest: '0'.repeat(64) },
      'The digest supplied does not match',
    ],
    ['a wrong md5', { md5_digest: '0'.repeat(32) }, 'The digest supplied does not match'],
    [
      'attestations with an API token',
      { attestations: '[]' },
      'Attestations are only supported when using Trusted Publishing',
    ],
  ])('refuses %s', async (_, changes, reason) => {
    const refused = await send(index, wheel(), {}, changes);
    expect(refused).toMatchObject({ status: 400, reason: expect.stringContaining(reason) });
  });

  test.each<[string, Distribution, DistributionSettings, string]>([
    [
      'an sdist that is not normalised',
      { ...sdist({ name: 'My-Pkg' }), fileName: 'My-Pkg-1.0.tar.gz' },
      { name: 'My-Pkg' },
      "should be 'my_pkg-1.0.tar.gz'",
    ],
    [
      'an sdist in a zip',
      { ...sdist(), fileName: 'demo_pkg-1.0.zip' },
      {},
      "should be 'demo_pkg-1.0.tar.gz'",
    ],
    [
      'a wheel of another project',
      wheel({ name: 'other' }),
      {},
      "Start filename for 'demo-pkg' with 'demo_pkg'",
    ],
    [
      'a wheel of another version',
      wheel({ version: '1.1' }),
      {},
      "Version in filename should be '1.0' not '1.1'",
    ],
    [
      'a wheel name without tags',
      { ...wheel(), fileName: 'demo_pkg-1.0.whl' },
      {},
      'Invalid wheel filename',
    ],
    [
      'a wheel whose METADATA has another name',
      wheel({ metadataName: 'other' }),
      {},
      "METADATA says the name is 'other'",
    ],
    [
      'a wheel whose METADATA has another version',
      wheel({ metadataVersion: '1.0.1' }),
      {},
      "METADATA says it is '1.0.1'",
    ],
    [
      'an sdist whose PKG-INFO has another version',
      sdist({ metadataVersion: '2' }),
      {},
      "PKG-INFO says it is '2'",
    ],
    [
      'a wheel that is no zip',
      { ...wheel(), bytes: Buffer.from('not a zip') },
      {},
      'Invalid distribution file.',
    ],
    [
      'a truncated wheel',
      { ...wheel(), bytes: wheel().bytes.subarray(0, -30) },
      {},
      'Invalid distribution file.',
    ],
    [
      'an sdist that is no tar',
      { ...sdist(), bytes: Buffer.from('not a tar') },
      {},
      'Invalid distribution file.',
    ],
    [
      'a path in the file name',
      { ...wheel(), fileName: '../demo_pkg-1.0-py3-none-any.whl' },
      {},
      "with '/' or '\\' in the name",
    ],
  ])('refuses %s', async (_, file, settings, reason) => {
    expect(await send(index, file, settings)).toMatchObject({
      status: 400,
      reason: expect.stringContaining(reason),
    });
  });

  test('refuses a body that is no form', async () => {
    const headers = {
      authorization: basic('__token__', index.token),
      'content-type': 'multipart/form-data; boundary=x',
    };
    const response = await fetch(index.uploadUrl, { method: 'POST', body: 'not a form', headers });
    expect([response.status, response.statusText]).toEqual([
      400,
      'The upload is not a multipart form.',
    ]);
  });

  test('sends an upload without the slash to where it belongs', async () => {
    const response = await fetch(`${index.url}/legacy`, { method: 'POST', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, '/legacy/']);
  });

  test('keeps the token out of the log', async () => {
    await send(index, wheel({ name: 'logged' }), { name: 'logged' });
    const log = await readFile(index.logFile, 'utf8');
    expect(log).toContain('POST /legacy/ 200');
    expect(log).not.toContain(index.token);
    expect(log).not.toContain(Buffer.from(`__token__:${index.token}`).toString('base64'));
  });
});

describe('the read APIs', () => {
  const settings: DistributionSettings = {
    name: 'Read.Me',
    version: '0.1.0.dev20251113153211',
    requiresPython: '>=3.8,<4',
    fields: [
      'Summary: continued',
      ' summary',
      'Project-URL: Source Commit, https://example.invalid/commit/71e210b',
      'Project-URL: Home, https://example.invalid',
    ],
  };
  const [built, source] = [wheel(settings), sdist(settings)];
  const sha256 = (bytes: Buffer | string): string =>
    createHash('sha256').update(bytes).digest('hex');
  let index: RunningPythonIndex;
  beforeAll(async () => {
    index = await startPythonIndex({ now: () => UPLOADED });
    await send(index, built, settings);
    await send(index, source, settings);
    await send(index, wheel({ name: 'read-me', version: '0.0.9' }), {
      name: 'read-me',
      version: '0.0.9',
    });
  });
  afterAll(() => index.stop());

  test('Simple API in JSON: versions in order, hashes, size, time, requires-python, core-metadata', async () => {
    const { versions, files } = await project(index, 'read-me');
    expect(versions).toEqual(['0.0.9', '0.1.0.dev20251113153211']);
    expect(files[0]).toEqual({
      filename: 'read_me-0.1.0.dev20251113153211-py3-none-any.whl',
      url: expect.stringMatching(/^\.\.\/\.\.\/packages\//),
      hashes: { sha256: sha256(built.bytes) },
      size: built.bytes.length,
      'upload-time': '2025-11-13T15:32:11.000Z',
      'requires-python': '>=3.8,<4',
      'core-metadata': { sha256: sha256(built.metadata) },
      'data-dist-info-metadata': { sha256: sha256(built.metadata) },
      yanked: false,
      provenance: null,
    });
    expect(files[1]).toMatchObject({
      filename: 'read_me-0.1.0.dev20251113153211.tar.gz',
      'core-metadata': false,
    });
  });

  test('Simple API in HTML: escaped attributes, digests in the fragment', async () => {
    const response = await fetch(`${index.simpleUrl}read-me/`);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    expect(html).toContain('<meta name="pypi:repository-version" content="1.1">');
    expect(html).toContain(
      `#sha256=${sha256(built.bytes)}" data-requires-python="&gt;=3.8,&lt;4" data-core-metadata="sha256=${sha256(built.metadata)}"`,
    );
  });

  test('files and the metadata beside a wheel come back byte for byte', async () => {
    const { files } = await project(index, 'read-me');
    const url = new URL(String(files[0]?.['url']), `${index.simpleUrl}read-me/`).href;
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(built.bytes)).toBe(true);
    expect(await (await fetch(`${url}.metadata`)).text()).toBe(built.metadata);
    expect((await fetch(url, { method: 'HEAD' })).headers.get('content-length')).toBe(
      String(built.bytes.length),
    );
    const sdistUrl = new URL(String(files[1]?.['url']), `${index.simpleUrl}read-me/`).href;
    expect((await fetch(`${sdistUrl}.metadata`)).status).toBe(404);
  });

  test('JSON API: metadata, digests, and URLs that follow the Host header', async () => {
    const json = await new Promise<string>((resolve, reject) => {
      const path = '/pypi/Read_Me/0.1.0-dev20251113153211/json';
      httpRequest(
        `${index.url}${path}`,
        { headers: { host: 'proxy.invalid:8080' } },
        (response) => {
          const chunks: string[] = [];
          response.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
          response.once('end', () => resolve(chunks.join('')));
        },
      )
        .once('error', reject)
        .end();
    });
    const { info, urls } = JSON.parse(json) as {
      info: Record<string, unknown>;
      urls: Record<string, unknown>[];
    };
    expect(info).toMatchObject({
      name: 'Read.Me',
      version: '0.1.0.dev20251113153211',
      summary: 'continued summary',
      project_urls: {
        'Source Commit': 'https://example.invalid/commit/71e210b',
        Home: 'https://example.invalid',
      },
    });
    expect(urls.map((file) => [file['packagetype'], file['python_version']])).toEqual([
      ['bdist_wheel', 'py3'],
      ['sdist', 'source'],
    ]);
    expect(urls[0]).toMatchObject({
      url: expect.stringMatching(/^http:\/\/proxy\.invalid:8080\/packages\//),
      digests: { sha256: sha256(built.bytes) },
    });
  });

  test('JSON API without a version describes the highest final one', async () => {
    const { info } = (await (await fetch(`${index.url}/pypi/read.me/json`)).json()) as {
      info: { version: string };
    };
    expect(info.version).toBe('0.0.9');
  });

  test('names are normalised by a redirect', async () => {
    const location = async (path: string): Promise<unknown> => {
      const response = await fetch(`${index.url}${path}`, { redirect: 'manual' });
      return [response.status, response.headers.get('location')];
    };
    expect(await location('/simple/Read.Me/')).toEqual([301, '/simple/read-me/']);
    expect(await location('/simple/read-me')).toEqual([301, '/simple/read-me/']);
    expect(await location('/simple')).toEqual([301, '/simple/']);
  });

  test.each([
    '/simple/absent/',
    '/pypi/absent/1.0/json',
    '/pypi/read-me/9.9/json',
    '/packages/aa/bb/' + 'c'.repeat(60) + '/x.whl',
    '/packages/aa/bb/' + 'c'.repeat(60) + '/..%2f..%2f..%2f..%2fprojects%2fread-me.json',
    `/packages/aa/bb/${'c'.repeat(60)}/%00`,
    '/projects/read-me.json',
    '/simple/%2e%2e%2fprojects/',
    '/simple/%E0%A4%A/',
    '/',
  ])('404 for %s', async (path) => {
    expect((await fetch(`${index.url}${path}`)).status).toBe(404);
  });

  test('the root lists every project', async () => {
    const response = await fetch(index.simpleUrl, { headers: { accept: JSON_TYPE } });
    expect(await response.json()).toEqual({
      meta: { 'api-version': '1.1' },
      projects: [{ name: 'read-me' }],
    });
  });

  test.each([
    [undefined, 'text/html; charset=utf-8'],
    ['*/*', 'text/html; charset=utf-8'],
    ['text/html', 'text/html; charset=utf-8'],
    [`${JSON_TYPE}, text/html; q=0.01`, JSON_TYPE],
    [
      `${JSON_TYPE};q=0.1, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01`,
      'application/vnd.pypi.simple.v1+html',
    ],
    ['application/vnd.pypi.simple.latest+json', JSON_TYPE],
    [`${JSON_TYPE};q=0, text/html`, 'text/html; charset=utf-8'],
    ['application/json', null],
    [`${JSON_TYPE};q=0`, null],
  ])('Accept %s is answered with %s', async (accept, contentType) => {
    const response = await fetch(
      `${index.simpleUrl}read-me/`,
      accept === undefined ? {} : { headers: { accept } },
    );
    expect(response.status).toBe(contentType === null ? 406 : 200);
    if (contentType !== null) expect(response.headers.get('content-type')).toBe(contentType);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('the state of the index', () => {
  test('outlives the server when it has a directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'python-index-test-'));
    try {
      const first = await startPythonIndex({ directory, token: 'pypi-fixed' });
      expect(first.token).toBe('pypi-fixed');
      await send(first, wheel());
      await first.stop();
      await using second = await startPythonIndex({ directory, token: 'pypi-fixed' });
      expect((await project(second, 'demo-pkg')).versions).toEqual(['1.0']);
      expect((await send(second, wheel({ module: 'other' }))).status).toBe(400);
      expect((await send(second, wheel())).status).toBe(200);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('an index that takes local versions keeps them apart and serves them', async () => {
    await using index = await startPythonIndex({ localVersions: true });
    for (const version of ['1.0+git.71e210b', '1.0+git.aaaaaaa', '1.0']) {
      expect((await send(index, wheel({ version }), { version })).status).toBe(200);
    }
    const { versions, files } = await project(index, 'demo-pkg');
    expect(versions).toEqual(['1.0', '1.0+git.71e210b', '1.0+git.aaaaaaa']);
    const url = new URL(String(files[0]?.['url']), `${index.simpleUrl}demo-pkg/`);
    expect((await fetch(url)).status).toBe(200);
  });
});
