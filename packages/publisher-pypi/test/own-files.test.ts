import {
  type RunningDevpi,
  type RunningPythonIndex,
  type RunningRecordingProxy,
  startDevpi,
  startGitlabPypi,
  startPythonIndex,
  startRecordingProxy,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import type { Http } from '@ameide/publisher-kit';
import type { Coordinate } from '@ameide/versioning-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pypiSettings } from '../src/settings.ts';
import { createIndexReader } from '../src/simple-api/index-reader.ts';
import {
  build,
  commit,
  open,
  PROJECT,
  PYPROJECT,
  recordedHttp,
  removeScratch,
  stubBuilder,
} from './world.ts';

afterAll(removeScratch);

const FILE = 'a-1.0-py3-none-any.whl';
const COORDINATE: Coordinate = { ecosystem: 'pypi', name: 'a', version: '1.0' };

/** What an index that answers with `page` from `url` holds. */
async function held(
  simpleUrl: string,
  page: string,
  url = `${simpleUrl}a/`,
): Promise<readonly string[]> {
  const http: Http = {
    request: async () => ({
      status: 200,
      statusText: 'OK',
      headers: new Headers({ 'content-type': 'text/html' }),
      url,
      body: Buffer.from(page),
      text: () => page,
      json: () => JSON.parse(page) as unknown,
    }),
  };
  const uploadUrl = simpleUrl.includes('pypi.org')
    ? 'https://upload.pypi.org/legacy/'
    : 'https://gitlab.example.org/api/v4/projects/1/packages/pypi';
  const settings = pypiSettings({
    directory: '',
    uploadUrl,
    simpleUrl,
    token: 't',
    ports: { http },
  });
  const { value } = await createIndexReader(settings, new AbortController().signal).files(
    COORDINATE,
  );
  return value?.map((file) => file.url) ?? ['a problem'];
}

const PAGE = `<a href="https://files.pythonhosted.org/packages/${FILE}">${FILE}</a>`;
const GITLAB = 'https://gitlab.example.org/api/v4/projects/1/packages/pypi/simple/';

// A stand-in: GitLab redirects to pypi.org for a project that it does not have
// (https://docs.gitlab.com/user/packages/pypi_repository, "Package request forwarding").
test("what GitLab forwards to pypi.org is not GitLab's", async () => {
  expect(await held(GITLAB, PAGE, 'https://pypi.org/simple/a/')).toEqual([]);
  expect(
    await held(GITLAB, `<a href="/x/${FILE}">${FILE}</a>`, 'https://pypi.org/simple/a/'),
  ).toEqual([]);
});

test("an index in front of pypi.org does not hold PyPI's files; pypi.org does", async () => {
  const own = `<a href="../../files/${FILE}">${FILE}</a>`;
  expect(await held(GITLAB, `${PAGE}${own}`)).toHaveLength(1);
  expect(await held('https://pypi.org/simple/', PAGE)).toHaveLength(1);
});

/** What was there before, what publishing came to, and how many files it sent. */
async function publishTo(
  { simpleUrl, uploadUrl }: RunningDevpi['base'],
  token: string,
  name: string,
  salt = '',
) {
  const { http, uploads } = recordedHttp();
  const ports = { http, processes: stubBuilder(), env: {}, sleep: async () => undefined };
  const pyproject = PYPROJECT.replace('Ameide_SDK', name);
  const root = commit({ ...PROJECT, 'sdk/pyproject.toml': pyproject }, salt);
  const opened = await open(root, { simpleUrl, uploadUrl, token, ports });
  const [finding] = await opened.publisher.inspect({ plan: opened.plan }, opened.step());
  const built = await build(opened);
  const [published] = await opened.publisher.publish(opened.plan, built, opened.step());
  return [finding?.state, published?.outcome, uploads().length];
}

describe('a page that the index is redirected to', () => {
  const opened: (RunningPythonIndex | RunningRecordingProxy)[] = [];
  afterAll(async () => {
    for (const server of opened) await server.stop();
  });

  async function mirror(): Promise<RunningPythonIndex> {
    const index = await startPythonIndex();
    opened.push(index);
    expect(await publishTo(index, index.token, 'mirrored')).toEqual(['absent', 'published', 2]);
    return index;
  }

  // A stand-in of GitLab; pypiserver's --fallback-url does the same.
  test("is the other index's, if the index redirects only what it lacks", async () => {
    const forwardTo = (await mirror()).simpleUrl;
    const gitlab = await startGitlabPypi({ forwardTo });
    opened.push(gitlab);
    const publish = async () => publishTo(gitlab, gitlab.token, 'mirrored');
    expect(await publish()).toEqual(['absent', 'published', 2]);
    expect(await publish()).toEqual(['same-source', 'already-there', 0]);
  });

  test("is the index's own, if the whole index has moved there", async () => {
    const { simpleUrl, token, uploadUrl } = await mirror();
    const before = await startRecordingProxy('http://127.0.0.1:1', {
      fault: ({ path }) => ({
        kind: 'status',
        status: 301,
        headers: { location: path.replace(/^\/simple\//, simpleUrl) },
      }),
    });
    opened.push(before);
    expect(
      await publishTo({ simpleUrl: `${before.url}/simple/`, uploadUrl }, token, 'mirrored'),
    ).toEqual(['same-source', 'already-there', 0]);
  });
});

needs('git', 'devpi')('devpi with bases', () => {
  let devpi: RunningDevpi;
  beforeAll(async () => {
    devpi = await startDevpi();
  });
  afterAll(() => devpi.stop());

  test.each([
    ['uploads what a base has already', 'same', ''],
    ["takes a base's version of another commit for no conflict", 'other', 'salt'],
  ])('%s, and uploads it once', async (_title, name, salt) => {
    expect(await publishTo(devpi.base, devpi.token, name, salt)).toEqual([
      'absent',
      'published',
      2,
    ]);
    expect(await publishTo(devpi, devpi.token, name)).toEqual(['absent', 'published', 2]);
    expect(await publishTo(devpi, devpi.token, name)).toEqual(['same-source', 'already-there', 0]);
  });
});
