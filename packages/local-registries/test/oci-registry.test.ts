import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningOciRegistry, startOciRegistry } from '../src/oci-registry/index.ts';
import {
  descriptor,
  digestOf,
  EMPTY,
  errorCode,
  imageManifest,
  OCI_INDEX,
  OCI_MANIFEST,
  OciClient,
} from './oci-client.ts';

// The scenarios follow the sections of the distribution specification v1.1.
let registry: RunningOciRegistry;
let client: OciClient;
beforeAll(async () => {
  registry = await startOciRegistry({ auth: 'none' });
  client = new OciClient(registry);
});
afterAll(() => registry.stop());

const location = (response: Response): string => response.headers.get('location') ?? '';

describe('blobs', () => {
  test('POST then PUT', async () => {
    const pushed = await client.pushBlob('blobs/two', 'content');
    expect([pushed.status, location(pushed)]).toEqual([
      201,
      `/v2/blobs/two/blobs/${digestOf('content')}`,
    ]);
    const got = await client.send('GET', location(pushed));
    expect([got.status, await got.text(), got.headers.get('docker-content-digest')]).toEqual([
      200,
      'content',
      digestOf('content'),
    ]);
    const head = await client.send('HEAD', location(pushed));
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      '7',
      '',
    ]);
  });

  test('a single POST', async () => {
    const pushed = await client.send(
      'POST',
      `/v2/blobs/one/blobs/uploads/?digest=${digestOf('whole')}`,
      'whole',
    );
    expect(pushed.status).toBe(201);
    expect(await (await client.send('GET', location(pushed))).text()).toBe('whole');
  });

  test('an empty blob', async () => {
    expect((await client.pushBlob('blobs/empty', '')).status).toBe(201);
    const got = await client.send('GET', `/v2/blobs/empty/blobs/${digestOf('')}`);
    expect([got.status, await got.text()]).toEqual([200, '']);
  });

  test('sha512', async () => {
    const digest = digestOf('long', 'sha512');
    expect((await client.pushBlob('blobs/sha512', 'long', digest)).status).toBe(201);
    expect(await (await client.send('GET', `/v2/blobs/sha512/blobs/${digest}`)).text()).toBe(
      'long',
    );
  });

  test('in chunks, out of order, and on where it stopped', async () => {
    const started = await client.send('POST', '/v2/blobs/chunks/blobs/uploads/');
    expect([started.status, location(started)]).toEqual([
      202,
      expect.stringMatching(/^\/v2\/blobs\/chunks\/blobs\/uploads\/[0-9a-f-]{36}$/),
    ]);
    const first = await client.send('PATCH', location(started), 'hello ', {
      'content-range': '0-5',
    });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-5']);
    const early = await client.send('PATCH', location(first), 'there', { 'content-range': '9-13' });
    expect([early.status, early.headers.get('range')]).toEqual([416, '0-5']);
    const again = await client.send('PATCH', location(first), 'hello ', { 'content-range': '0-5' });
    expect(again.status).toBe(416);
    const status = await client.send('GET', location(first));
    expect([status.status, status.headers.get('range'), location(status)]).toEqual([
      204,
      '0-5',
      location(started),
    ]);
    const closed = await client.send(
      'PUT',
      `${location(status)}?digest=${digestOf('hello world')}`,
      'world',
      { 'content-range': '6-10' },
    );
    expect(closed.status).toBe(201);
    expect(await (await client.send('GET', location(closed))).text()).toBe('hello world');
    expect(await errorCode(await client.send('PATCH', location(started), 'x'))).toBe(
      'BLOB_UPLOAD_UNKNOWN',
    );
  });

  test('a piece above the largest is refused; a whole blob of any size is not', async () => {
    await using own = await startOciRegistry({ auth: 'none', largestChunk: 4 });
    const ghcr = new OciClient(own);
    const started = await ghcr.send('POST', '/v2/capped/blobs/uploads/');
    const refused = await ghcr.send('PATCH', location(started), 'hello', {
      'content-range': '0-4',
    });
    expect([refused.status, await errorCode(refused)]).toEqual([
      416,
      'REQUESTED_RANGE_NOT_SATISFIABLE',
    ]);
    expect(
      (await ghcr.send('PATCH', location(started), 'hell', { 'content-range': '0-3' })).status,
    ).toBe(202);
    expect(
      (await ghcr.send('PUT', `${location(started)}?digest=${digestOf('hello')}`, 'o')).status,
    ).toBe(201);
    expect((await ghcr.pushBlob('capped', 'hello world')).status).toBe(201);
  });

  test('a chunk whose range and length disagree adds nothing', async () => {
    const started = await client.send('POST', '/v2/blobs/lies/blobs/uploads/');
    expect(
      await errorCode(
        await client.send('PATCH', location(started), 'abc', { 'content-range': '0-9' }),
      ),
    ).toBe('SIZE_INVALID');
    // Without a Content-Length the bytes are there before the registry can know better.
    const body = new Blob(['abc']).stream();
    const streamed = await fetch(`${registry.url}${location(started)}`, {
      method: 'PATCH',
      body,
      duplex: 'half',
      headers: { 'content-range': '0-9' },
    });
    expect(await errorCode(streamed)).toBe('SIZE_INVALID');
    const closed = await client.send('PUT', `${location(started)}?digest=${digestOf('')}`);
    expect(closed.status).toBe(201);
  });

  test('what a broken request had written stays, and the client goes on from there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'oci-registry-test-'));
    try {
      await using own = await startOciRegistry({ auth: 'none', directory });
      const started = await new OciClient(own).send('POST', '/v2/broken/blobs/uploads/');
      const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
      socket
        .resume()
        .write(
          `PATCH ${location(started)} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nfirst`,
        );
      const session = location(started).split('/').at(-1) ?? '';
      await expect
        .poll(() =>
          readFile(join(directory, 'repositories', 'broken', '_uploads', session), 'utf8'),
        )
        .toBe('first');
      socket.destroy();
      const status = await new OciClient(own).send('GET', location(started));
      expect([status.status, status.headers.get('range')]).toEqual([204, '0-4']);
      const closed = await new OciClient(own).send(
        'PUT',
        `${location(started)}?digest=${digestOf('first, second')}`,
        ', second',
      );
      expect(closed.status).toBe(201);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('a wrong digest is refused and nothing of it stays', async () => {
    const wrong = digestOf('other');
    for (const pushed of [
      await client.pushBlob('blobs/wrong', 'content', wrong),
      await client.send('POST', `/v2/blobs/wrong/blobs/uploads/?digest=${wrong}`, 'content'),
    ]) {
      expect([pushed.status, await errorCode(pushed)]).toEqual([400, 'DIGEST_INVALID']);
    }
    expect((await client.send('HEAD', `/v2/blobs/wrong/blobs/${wrong}`)).status).toBe(404);
    expect((await client.send('HEAD', `/v2/blobs/wrong/blobs/${digestOf('content')}`)).status).toBe(
      404,
    );
  });

  test.each(['sha256:abc', 'md5:d41d8cd98f00b204e9800998ecf8427e', `sha256:${'A'.repeat(64)}`])(
    '%s is no digest',
    async (digest) => {
      expect(await errorCode(await client.send('GET', `/v2/blobs/x/blobs/${digest}`))).toBe(
        'DIGEST_INVALID',
      );
      expect(
        await errorCode(
          await client.send('POST', `/v2/blobs/x/blobs/uploads/?digest=${digest}`, 'x'),
        ),
      ).toBe('DIGEST_INVALID');
    },
  );

  test.each([
    ['bytes=0-3', 206, 'abcd', 'bytes 0-3/10'],
    ['bytes=4-', 206, 'efghij', 'bytes 4-9/10'],
    ['bytes=-3', 206, 'hij', 'bytes 7-9/10'],
    ['bytes=8-99', 206, 'ij', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', 200, 'abcdefghij', null],
    ['lines=1-2', 200, 'abcdefghij', null],
    ['bytes=10-', 416, undefined, 'bytes */10'],
  ])('Range %s', async (range, status, body, contentRange) => {
    await client.pushBlob('blobs/range', 'abcdefghij');
    const got = await client.send(
      'GET',
      `/v2/blobs/range/blobs/${digestOf('abcdefghij')}`,
      undefined,
      { range },
    );
    expect([got.status, got.headers.get('content-range')]).toEqual([status, contentRange]);
    if (body !== undefined) expect(await got.text()).toBe(body);
  });

  test("a blob is its repository's alone, until it is mounted", async () => {
    await client.pushBlob('mount/from', 'shared');
    const digest = digestOf('shared');
    expect((await client.send('HEAD', `/v2/mount/to/blobs/${digest}`)).status).toBe(404);
    const absent = await client.send(
      'POST',
      `/v2/mount/to/blobs/uploads/?mount=${digestOf('absent')}&from=mount/from`,
    );
    expect(absent.status).toBe(202);
    const elsewhere = await client.send(
      'POST',
      `/v2/mount/to/blobs/uploads/?mount=${digest}&from=mount/nowhere`,
    );
    expect(elsewhere.status).toBe(202);
    const mounted = await client.send(
      'POST',
      `/v2/mount/to/blobs/uploads/?mount=${digest}&from=mount/from`,
    );
    expect([mounted.status, location(mounted)]).toEqual([201, `/v2/mount/to/blobs/${digest}`]);
    expect(await (await client.send('GET', location(mounted))).text()).toBe('shared');
  });

  test('deleting takes a blob out of its repository alone', async () => {
    await client.pushBlob('delete/a', 'gone');
    await client.pushBlob('delete/b', 'gone');
    const path = `/blobs/${digestOf('gone')}`;
    expect((await client.send('DELETE', `/v2/delete/a${path}`)).status).toBe(202);
    expect(await errorCode(await client.send('GET', `/v2/delete/a${path}`))).toBe('BLOB_UNKNOWN');
    expect(await errorCode(await client.send('DELETE', `/v2/delete/a${path}`))).toBe(
      'BLOB_UNKNOWN',
    );
    expect((await client.send('GET', `/v2/delete/b${path}`)).status).toBe(200);
  });

  test('a cancelled upload is gone', async () => {
    const started = await client.send('POST', '/v2/blobs/cancel/blobs/uploads/');
    expect((await client.send('DELETE', location(started))).status).toBe(204);
    expect(await errorCode(await client.send('DELETE', location(started)))).toBe(
      'BLOB_UPLOAD_UNKNOWN',
    );
    expect(
      await errorCode(await client.send('PUT', `${location(started)}?digest=${digestOf('')}`)),
    ).toBe('BLOB_UPLOAD_UNKNOWN');
  });
});

describe('manifests', () => {
  test('by tag and by digest, byte for byte, GET and HEAD', async () => {
    const manifest = `${imageManifest(['layer'])}\n`;
    const pushed = await client.pushImage('images/a', 'v1', manifest, ['layer']);
    const digest = digestOf(manifest);
    expect([pushed.status, location(pushed), pushed.headers.get('docker-content-digest')]).toEqual([
      201,
      `/v2/images/a/manifests/${digest}`,
      digest,
    ]);
    for (const reference of ['v1', digest]) {
      const got = await client.send('GET', `/v2/images/a/manifests/${reference}`);
      expect([
        got.headers.get('content-type'),
        got.headers.get('docker-content-digest'),
        await got.text(),
      ]).toEqual([OCI_MANIFEST, digest, manifest]);
      const head = await client.send('HEAD', `/v2/images/a/manifests/${reference}`);
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
        200,
        String(manifest.length),
        '',
      ]);
    }
  });

  test('a push by digest makes no tag; a tag moves to what was pushed last, and the old manifest stays', async () => {
    const [one, two] = [imageManifest(['one']), imageManifest(['two'])];
    await client.pushImage('images/move', digestOf(one), one, ['one']);
    expect(await client.tags('images/move')).toEqual([]);
    await client.putManifest('images/move', 'dev', one);
    await client.pushImage('images/move', 'dev', two, ['two']);
    expect(await (await client.send('GET', '/v2/images/move/manifests/dev')).text()).toBe(two);
    expect((await client.send('HEAD', `/v2/images/move/manifests/${digestOf(one)}`)).status).toBe(
      200,
    );
  });

  test('an index names manifests that are there', async () => {
    const child = imageManifest(['child']);
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [descriptor(OCI_MANIFEST, child)],
    });
    const early = await client.putManifest('images/index', 'v1', index, OCI_INDEX);
    expect([early.status, await errorCode(early)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    await client.pushImage('images/index', digestOf(child), child, ['child']);
    expect((await client.putManifest('images/index', 'v1', index, OCI_INDEX)).status).toBe(201);
  });

  test('blobs that are missing, or only in another repository, are named', async () => {
    await client.pushBlob('images/elsewhere', 'layer-b');
    const pushed = await client.pushImage('images/missing', 'v1', imageManifest(['layer-b']));
    expect(pushed.status).toBe(404);
    expect(await pushed.json()).toEqual({
      errors: [
        { code: 'MANIFEST_BLOB_UNKNOWN', message: expect.any(String), detail: digestOf('layer-b') },
      ],
    });
    expect((await client.send('HEAD', '/v2/images/missing/manifests/v1')).status).toBe(404);
  });

  test('a layer that lives at its own URLs need not be there', async () => {
    const foreign = {
      ...descriptor('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'elsewhere'),
      urls: ['https://example.invalid/l'],
    };
    expect(
      (await client.pushImage('images/foreign', 'v1', imageManifest([], { layers: [foreign] })))
        .status,
    ).toBe(201);
  });

  const good = imageManifest([]);
  test.each<[string, string, string, string, number]>([
    ['no JSON', 'v1', 'not json', 'MANIFEST_INVALID', 400],
    ['a list', 'v1', '[]', 'MANIFEST_INVALID', 400],
    ['schema version 1', 'v1', JSON.stringify({ schemaVersion: 1 }), 'MANIFEST_INVALID', 400],
    [
      'a media type other than its header',
      'v1',
      imageManifest([], { mediaType: OCI_INDEX, manifests: [] }),
      'MANIFEST_INVALID',
      400,
    ],
    ['no config', 'v1', imageManifest([], { config: undefined }), 'MANIFEST_INVALID', 400],
    [
      'a descriptor without a digest',
      'v1',
      imageManifest([], { layers: [{ mediaType: 'x', size: 1 }] }),
      'MANIFEST_INVALID',
      400,
    ],
    [
      "a size that is not the blob's",
      'v1',
      imageManifest([], { layers: [{ ...descriptor('x', EMPTY), size: 3 }] }),
      'MANIFEST_INVALID',
      400,
    ],
    [
      'annotations that are no strings',
      'v1',
      imageManifest([], { annotations: { a: 1 } }),
      'MANIFEST_INVALID',
      400,
    ],
    ['another digest than its path', digestOf('other'), good, 'DIGEST_INVALID', 400],
    ['a tag outside the grammar', '.v1', good, 'MANIFEST_INVALID', 400],
    ['a tag with a plus', 'v1%2Bg1', good, 'MANIFEST_INVALID', 400],
    ['a tag that is too long', 'v'.repeat(129), good, 'MANIFEST_INVALID', 400],
    ['more than 4 MiB', 'v1', `${good}${' '.repeat(4 * 1024 * 1024)}`, 'MANIFEST_INVALID', 413],
  ])('refuses %s', async (_, reference, manifest, code, status) => {
    const pushed = await client.pushImage('images/bad', reference, manifest);
    expect([pushed.status, await errorCode(pushed)]).toEqual([status, code]);
    expect(await client.tags('images/bad')).toEqual([]);
  });

  test.each([
    [undefined, 200],
    ['*/*', 200],
    [`${OCI_INDEX}, ${OCI_MANIFEST};q=0.5`, 200],
    [OCI_INDEX, 404],
    [`${OCI_MANIFEST};q=0`, 404],
  ])('Accept %s is answered with %i', async (accept, status) => {
    await client.pushImage('images/accept', 'v1', good);
    const got = await client.send(
      'GET',
      '/v2/images/accept/manifests/v1',
      undefined,
      accept === undefined ? {} : { accept },
    );
    expect(got.status).toBe(status);
  });

  test('deleting a tag leaves the manifest; deleting the manifest takes its tags', async () => {
    const manifest = imageManifest([], { annotations: { case: 'delete' } });
    await client.pushImage('images/delete', 'a', manifest);
    for (const tag of ['b', 'c']) await client.putManifest('images/delete', tag, manifest);
    await client.putManifest('images/delete', 'other', good);
    expect((await client.send('DELETE', '/v2/images/delete/manifests/a')).status).toBe(202);
    expect(await client.tags('images/delete')).toEqual(['b', 'c', 'other']);
    expect(
      (await client.send('DELETE', `/v2/images/delete/manifests/${digestOf(manifest)}`)).status,
    ).toBe(202);
    expect(await client.tags('images/delete')).toEqual(['other']);
    for (const reference of ['b', digestOf(manifest)]) {
      expect(
        await errorCode(await client.send('GET', `/v2/images/delete/manifests/${reference}`)),
      ).toBe('MANIFEST_UNKNOWN');
      expect(
        await errorCode(await client.send('DELETE', `/v2/images/delete/manifests/${reference}`)),
      ).toBe('MANIFEST_UNKNOWN');
    }
  });
});

describe('tags', () => {
  beforeAll(async () => {
    const manifest = imageManifest([]);
    await client.pushImage('tagged', 'b', manifest);
    for (const tag of ['A', 'a', 'c', 'D', '1.0'])
      await client.putManifest('tagged', tag, manifest);
  });

  test('are in lexical order, whatever their case', async () => {
    expect(await client.tags('tagged')).toEqual(['1.0', 'A', 'a', 'b', 'c', 'D']);
  });

  test('come in pages that follow each other through Link', async () => {
    const pages: unknown[] = [];
    let next: string | undefined = '/v2/tagged/tags/list?n=4';
    while (next !== undefined) {
      const response: Response = await client.send('GET', next);
      pages.push(((await response.json()) as { tags: string[] }).tags);
      next = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(pages).toEqual([
      ['1.0', 'A', 'a', 'b'],
      ['c', 'D'],
    ]);
  });

  test('n=0 is an empty page without Link; last alone gives the rest; n past the end has no Link', async () => {
    const none = await client.send('GET', '/v2/tagged/tags/list?n=0');
    expect([await none.json(), none.headers.get('link')]).toEqual([
      { name: 'tagged', tags: [] },
      null,
    ]);
    expect(await client.tags('tagged', '?last=a')).toEqual(['b', 'c', 'D']);
    expect((await client.send('GET', '/v2/tagged/tags/list?n=6')).headers.get('link')).toBeNull();
  });

  test('of a repository that never was', async () => {
    expect(await errorCode(await client.send('GET', '/v2/never/tags/list'))).toBe('NAME_UNKNOWN');
  });
});

describe('referrers', () => {
  const subject = imageManifest([], { annotations: { case: 'subject' } });
  const about = (more: Record<string, unknown>): string =>
    imageManifest([], { subject: descriptor(OCI_MANIFEST, subject), ...more });
  const signature = about({
    artifactType: 'application/example.signature',
    annotations: { a: 'b' },
  });
  const plain = about({});

  test('are listed with type and annotations, in either order of pushing, and filtered', async () => {
    const pushed = await client.pushImage('refer', digestOf(signature), signature);
    expect([pushed.status, pushed.headers.get('oci-subject')]).toEqual([201, digestOf(subject)]);
    await client.pushImage('refer', 'v1', subject);
    await client.putManifest('refer', digestOf(plain), plain);
    const all = await client.send('GET', `/v2/refer/referrers/${digestOf(subject)}`);
    expect([
      all.status,
      all.headers.get('content-type'),
      all.headers.get('oci-filters-applied'),
    ]).toEqual([200, OCI_INDEX, null]);
    const { manifests } = (await all.json()) as { manifests: { digest: string }[] };
    expect(manifests.toSorted((left, right) => (left.digest < right.digest ? -1 : 1))).toEqual(
      [
        {
          ...descriptor(OCI_MANIFEST, signature),
          artifactType: 'application/example.signature',
          annotations: { a: 'b' },
        },
        {
          ...descriptor(OCI_MANIFEST, plain),
          artifactType: 'application/vnd.oci.image.config.v1+json',
        },
      ].toSorted((left, right) => (left.digest < right.digest ? -1 : 1)),
    );
    const filtered = await client.send(
      'GET',
      `/v2/refer/referrers/${digestOf(subject)}?artifactType=application/example.signature`,
    );
    expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
    expect(
      ((await filtered.json()) as { manifests: { digest: string }[] }).manifests.map(
        (item) => item.digest,
      ),
    ).toEqual([digestOf(signature)]);
  });

  test('of an unknown digest are none; of no digest are refused; a deleted referrer is gone', async () => {
    expect(
      await (await client.send('GET', `/v2/refer/referrers/${digestOf('nothing')}`)).json(),
    ).toEqual({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [],
    });
    expect((await client.send('GET', '/v2/refer/referrers/v1')).status).toBe(400);
    const [subject2, referrer] = [
      digestOf('subject 2'),
      imageManifest([], { subject: { ...descriptor(OCI_MANIFEST, 'subject 2') } }),
    ];
    await client.pushImage('refer', digestOf(referrer), referrer);
    await client.send('DELETE', `/v2/refer/manifests/${digestOf(referrer)}`);
    expect(
      (
        (await (await client.send('GET', `/v2/refer/referrers/${subject2}`)).json()) as {
          manifests: unknown[];
        }
      ).manifests,
    ).toEqual([]);
  });

  test('can be turned off, as on GHCR', async () => {
    await using off = await startOciRegistry({ auth: 'none', referrers: false });
    const old = new OciClient(off);
    const pushed = await old.pushImage('refer', digestOf(signature), signature);
    expect([pushed.status, pushed.headers.get('oci-subject')]).toEqual([201, null]);
    expect((await old.send('GET', `/v2/refer/referrers/${digestOf(subject)}`)).status).toBe(404);
  });
});

describe('paths', () => {
  test.each([
    ['/v2/Upper/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a%2f..%2f..%2fb/tags/list', 400, 'NAME_INVALID'],
    ['/v2/_uploads/tags/list', 400, 'NAME_INVALID'],
    [`/v2/${'a'.repeat(230)}/tags/list`, 400, 'NAME_INVALID'],
    ['/v2/%E0%A4%A/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a/blobs/uploads/..%2f..%2fx', 404, 'UNSUPPORTED'],
    ['/v2/a/blobs/uploads/%00', 404, 'BLOB_UPLOAD_UNKNOWN'],
    ['/v2/a/blobs/uploads/not-a-session', 404, 'BLOB_UPLOAD_UNKNOWN'],
    ['/v2/a/manifests/.INVALID', 404, 'MANIFEST_UNKNOWN'],
    ['/v2/a/unknown', 404, 'UNSUPPORTED'],
    ['/', 404, 'UNSUPPORTED'],
  ])('%s: %i %s', async (path, status, code) => {
    const response = await client.send('GET', path);
    expect([response.status, await errorCode(response)]).toEqual([status, code]);
  });

  test('a repository may be called like an endpoint', async () => {
    await client.pushImage('x/blobs/uploads', 'tags', imageManifest([]));
    expect(await client.tags('x/blobs/uploads')).toEqual(['tags']);
  });

  test('a method that is not for a path', async () => {
    expect((await client.send('PATCH', '/v2/a/tags/list')).status).toBe(405);
  });
});

describe('the state of the registry', () => {
  test('outlives the server when it has a directory, an upload that is under way included', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'oci-registry-test-'));
    try {
      const first = await startOciRegistry({ auth: 'none', directory });
      const manifest = imageManifest(['layer']);
      await new OciClient(first).pushImage('kept', 'v1', manifest, ['layer']);
      const started = await new OciClient(first).send('POST', '/v2/kept/blobs/uploads/');
      await new OciClient(first).send('PATCH', location(started), 'half');
      await first.stop();
      await using second = await startOciRegistry({ auth: 'none', directory });
      const after = new OciClient(second);
      expect(await (await after.send('GET', '/v2/kept/manifests/v1')).text()).toBe(manifest);
      expect(
        (
          await after.send(
            'PUT',
            `${location(started)}?digest=${digestOf('half and half')}`,
            ' and half',
          )
        ).status,
      ).toBe(201);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('content of several repositories is kept once', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'oci-registry-test-'));
    try {
      await using own = await startOciRegistry({ auth: 'none', directory });
      for (const name of ['a', 'b']) await new OciClient(own).pushBlob(name, 'the same');
      expect(await readdir(join(directory, 'blobs', 'sha256'))).toEqual([
        digestOf('the same').slice('sha256:'.length),
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
