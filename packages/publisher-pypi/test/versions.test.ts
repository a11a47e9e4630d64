import { startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import type { Result, VersionList } from '@ameide/versioning-core';
import { afterAll, expect, test } from 'vitest';
import {
  build,
  commit,
  type Fault,
  type Opened,
  open,
  PROJECT,
  recordedHttp,
  removeScratch,
  type Sent,
  stubBuilder,
} from './world.ts';

const SIMPLE = 'application/vnd.pypi.simple.v1+json';
const DIGEST = 'ab'.repeat(32);

/** The project, opened on an index whose project page a test may replace. */
async function opened(
  page?: (sent: Sent) => Fault,
  addresses: {
    readonly simpleUrl: string;
    readonly uploadUrl?: string;
    readonly token?: string;
  } = {
    simpleUrl: 'http://127.0.0.1:1/simple/',
  },
): Promise<Opened & { readonly sent: readonly Sent[] }> {
  const { http, sent } = recordedHttp(page);
  const ports = { http, processes: stubBuilder(), env: {}, sleep: async () => undefined };
  const run = await open(commit(PROJECT), {
    uploadUrl: 'http://127.0.0.1:1/legacy/',
    ...addresses,
    ports,
  });
  return { ...run, sent };
}

async function list({ plan, publisher, step }: Opened): Promise<Result<VersionList> | undefined> {
  return publisher.versions?.(plan, step());
}

const json = (files: readonly object[]): Response =>
  Response.json(
    { meta: { 'api-version': '1.1' }, name: 'ameide-sdk', files },
    { headers: { 'content-type': SIMPLE } },
  );

const html = (anchors: string): Response =>
  new Response(`<!DOCTYPE html><meta name="pypi:repository-version" content="1.0">${anchors}`, {
    headers: { 'content-type': 'text/html' },
  });

const about = { ecosystem: 'pypi', name: 'ameide-sdk' };

needs('git')('the list of a project', () => {
  afterAll(removeScratch);

  test('is one request, with the digest of the sdist and the time of the first file', async () => {
    const index = await startPythonIndex();
    const { simpleUrl, token, uploadUrl } = index;
    const run = await opened(undefined, { simpleUrl, token, uploadUrl });
    const built = await build(run);
    await run.publisher.publish(run.plan, built, run.step());
    const [finding] = await run.publisher.inspect({ plan: run.plan, built }, run.step());
    const before = run.sent.length;
    const publishedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/) as string;
    expect(await list(run)).toEqual({
      value: {
        versions: [{ coordinate: run.plan.coordinates[0], digest: finding?.digest, publishedAt }],
        pointers: [],
      },
    });
    expect(run.sent.slice(before).map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'GET /simple/ameide-sdk/',
    ]);
    await index.stop();
  });

  test('has each version once, in normal form, and no file of another project or kind', async () => {
    const file = (filename: string, more: object = {}): object => ({
      filename,
      url: filename,
      hashes: {},
      ...more,
    });
    const run = await opened(() =>
      json([
        file('Ameide_SDK-0.1.0-py3-none-any.whl', { 'upload-time': '2026-11-28T10:00:01.5Z' }),
        file('ameide_sdk-0.1.0.tar.gz', {
          hashes: { sha256: DIGEST },
          'upload-time': '2026-11-28T10:00:00.123456Z',
          yanked: 'broken',
        }),
        file('ameide-sdk-0.2.0.RC1.zip', { 'upload-time': 'yesterday' }),
        file('ameide_sdk-0.2.0.dev20251113153211+git.71e210b-py3-none-any.whl'),
        file('ameide_sdk_extra-9.0.0.tar.gz'),
        file('ameide_sdk-0.1.0-py3.12.egg'),
        file('ameide_sdk-nonsense.tar.gz'),
      ]),
    );
    expect(await list(run)).toEqual({
      value: {
        versions: [
          {
            coordinate: { ...about, version: '0.1.0' },
            digest: `sha256:${DIGEST}`,
            publishedAt: '2026-11-28T10:00:00.123Z',
          },
          { coordinate: { ...about, version: '0.2.0rc1' } },
          { coordinate: { ...about, version: '0.2.0.dev20251113153211+git.71e210b' } },
        ],
        pointers: [],
      },
    });
  });

  test('comes from an HTML page, too, without times', async () => {
    const anchor = `<a href="ameide_sdk-0.1.0.tar.gz#sha256=${DIGEST}">ameide_sdk-0.1.0.tar.gz</a>`;
    const coordinate = { ...about, version: '0.1.0' };
    expect(await list(await opened(() => html(anchor)))).toEqual({
      value: { versions: [{ coordinate, digest: `sha256:${DIGEST}` }], pointers: [] },
    });
  });

  test('is empty if the index has no such project', async () => {
    expect(await list(await opened(() => 404))).toEqual({ value: { versions: [], pointers: [] } });
  });

  test.each<[string, Fault, string]>([
    ['401', 401, 'pypi-unauthorized'],
    ['403', 403, 'pypi-forbidden'],
    ['503', 503, 'pypi-unavailable'],
    ['a lost answer', 'reset after', 'pypi-network'],
    [
      'a page of something else',
      new Response('<p>Log in</p>', { headers: { 'content-type': 'text/html' } }),
      'pypi-unreadable',
    ],
    ['no JSON', new Response('{', { headers: { 'content-type': SIMPLE } }), 'pypi-unreadable'],
  ])('is a problem, as for inspect, and not empty: %s', async (_title, fault, code) => {
    const run = await opened(() => fault);
    const { problems, value } = (await list(run)) ?? {};
    const [finding] = await run.publisher.inspect({ plan: run.plan }, run.step());
    expect(value).toBeUndefined();
    expect(problems?.map((one) => one.code)).toEqual([code]);
    expect(finding?.problem?.code).toBe(code);
  });
});
