import { text } from 'node:stream/consumers';
import { createHttp, Secret } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { type Upload, upload } from '../src/registry/upload.ts';
import { listenOn } from './support/listen.ts';

const BUNDLE = JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' });

/** What a registry receives for an upload. */
async function received(more: Partial<Upload>): Promise<{ headers: object; body: object }> {
  let seen = { headers: {}, body: {} };
  const origin = await listenOn((request, response) => {
    void text(request).then((body) => {
      const { authorization, 'content-type': type, 'npm-command': command } = request.headers;
      const headers = { authorization, type, command, url: request.url, method: request.method };
      seen = { headers, body: JSON.parse(body) as object };
      response.writeHead(201, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const answer = await upload(
    {
      registry: { url: origin, origin },
      http: createHttp(),
      token: new Secret('npm_planted'),
      tag: 'incoming',
      access: 'public',
      manifest: {
        name: '@x/a',
        version: '0.1.0',
        description: 'A package',
        patchedDependencies: { b: 'b.patch' },
        scripts: { test: 'vitest' },
      },
      tarball: Buffer.from('some bytes'),
      timeoutMs: 60_000,
      ...more,
    },
    new AbortController().signal,
  );
  expect(answer).toEqual({ kind: 'accepted' });
  return JSON.parse(JSON.stringify(seen).replaceAll(origin, 'http://registry')) as typeof seen;
}

test('a version with a provenance is sent as npm’s own library sends one without, plus the attachment', async () => {
  const plain = await received({});
  const proven = await received({ provenance: Buffer.from(BUNDLE) });
  expect(proven.headers).toEqual(plain.headers);
  const attachments = (plain.body as { readonly _attachments: object })._attachments;
  expect(proven.body).toEqual({
    ...plain.body,
    _attachments: {
      ...attachments,
      '@x/a-0.1.0.sigstore': {
        content_type: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        data: BUNDLE,
        length: BUNDLE.length,
      },
    },
  });
});

test.each(['private', 'packageExtensions'])(
  'a package.json with %s is not sent, with and without a provenance',
  async (field) => {
    const request = {
      registry: { url: 'http://127.0.0.1:9', origin: 'http://127.0.0.1:9' },
      http: createHttp(),
      token: new Secret('npm_planted'),
      tag: 'incoming',
      manifest: { name: '@x/a', version: '0.1.0', [field]: true },
      tarball: Buffer.from('some bytes'),
      timeoutMs: 60_000,
    };
    const { signal } = new AbortController();
    for (const provenance of [{}, { provenance: Buffer.from(BUNDLE) }])
      expect(await upload({ ...request, ...provenance }, signal)).toMatchObject({
        kind: 'not-sent',
        reason: expect.stringMatching(/^E[A-Z]+: /),
      });
  },
);
