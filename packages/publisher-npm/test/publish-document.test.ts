import { json } from 'node:stream/consumers';
import { createHttp, Secret } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { type Upload, upload } from '../src/registry/upload.ts';
import { listenOn } from './support/listen.ts';

const BUNDLE = JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' });

interface Received {
  readonly headers: object;
  readonly body: object;
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** What a registry receives for an upload. */
async function received(more: Partial<Upload>): Promise<Received> {
  let seen: { headers: object; body: Promise<object> } | undefined;
  const origin = await listenOn((request, response) => {
    const { authorization, 'content-type': type, 'npm-command': command } = request.headers;
    const { method, url } = request;
    const body = json(request) as Promise<object>;
    seen = { headers: { authorization, type, command, url, method }, body };
    request.once('end', () => response.writeHead(201, JSON_TYPE).end('{}'));
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
  const whole = { headers: seen?.headers, body: await seen?.body };
  return JSON.parse(JSON.stringify(whole).replaceAll(origin, 'http://registry')) as Received;
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
