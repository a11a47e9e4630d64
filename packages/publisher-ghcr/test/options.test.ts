import { type Http, Secret } from '@ameide/publisher-kit';
import { InvalidInputError, ok } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type GhcrOptions, ghcr, type ImageOptions } from '../src/index.ts';
import { release, step, tree } from './release.ts';

// What every publisher's options have in common is tested with `shape` in the core.

const image = 'ghcr.io/o/r';
const dockerfile = { directory: 'image' };

function refusalOf(options: unknown): InvalidInputError | undefined {
  try {
    ghcr(options as GhcrOptions);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
}

describe('wrong options are refused at once', () => {
  test.each([
    ['files', { image }],
    ['dockerfile', { image, files: 'a', dockerfile }],
    ['image', { image: 'b', files: 'a' }],
    ['files', { image, files: '../a' }],
    ['files', { image, files: '/a' }],
    ['files', { image, files: undefined }],
    ['path', { image, files: 'a', path: 'opt' }],
    ['path', { image, files: 'a', path: '/opt/../etc' }],
    ['path', { image, files: 'a', path: '/opt//etc' }],
    ['path', { image, files: 'a', path: '/opt/.wh.etc' }],
    ['path', { image, dockerfile, path: '/opt' }],
    ['build', { image, dockerfile, build: ['make'] }],
    ['build', { image, files: 'a', build: 'npm run build' }],
    ['allow', { image, files: 'a', allow: 'a/.env' }],
    ['allow[0]', { image, files: 'a', allow: ['a/*.key'] }],
    ['dockerfile', { image, dockerfile: 'docker/web' }],
    ['dockerfile.directory', { image, dockerfile: { directory: '../a' } }],
    ['dockerfile.directory', { image, dockerfile: { directory: 'C:/a' } }],
    ['dockerfile.file', { image, dockerfile: { directory: 'a', file: '../Dockerfile' } }],
    ['dockerfile.file', { image, dockerfile: { directory: 'a', file: '.' } }],
    ['dockerfile.target', { image, dockerfile: { directory: 'a', target: '' } }],
    ['dockerfile.buildArgs', { image, dockerfile: { directory: 'a', buildArgs: ['V=1'] } }],
    ['dockerfile.buildArgs.V', { image, dockerfile: { directory: 'a', buildArgs: { V: 1 } } }],
    ['dockerfile.buildargs', { image, dockerfile: { directory: 'a', buildargs: {} } }],
    ['platform', { image, files: 'a', platform: 'amd64' }],
    ['platform', { image, dockerfile, platform: 'amd64' }],
    ['platform', { image, files: 'a', platform: 'linux/aarch64' }],
    ['platform', { image, files: 'a', platform: 'windows/amd64' }],
    ['platform', { image, files: 'a', platform: [] }],
    ['platform[1]', { image, files: 'a', platform: ['linux/amd64', 'linux/x86_64'] }],
    ['platform', { image, files: 'a', platform: ['linux/arm64', 'linux/arm64/v8'] }],
    ['platform', { image, files: { 'linux/amd64': 'a' }, platform: 'linux/amd64' }],
    ['files', { image, files: { 'linux/arm': 'a', 'linux/arm/v7': 'b' } }],
    ['files', { image, files: {} }],
    ['files.amd64', { image, files: { amd64: 'a' } }],
    ['files["linux/amd64"]', { image, files: { 'linux/amd64': '../a' } }],
    ['fromCheckout', { image, dockerfile, fromCheckout: true }],
    [
      'labels["org.opencontainers.image.revision"]',
      { image, files: 'a', labels: { 'org.opencontainers.image.revision': 'x' } },
    ],
    ['registry', { image, files: 'a', registry: 'http://registry.example.org' }],
    ['registry', { image, files: 'a', registry: 'https://u:p@ghcr.io' }],
    ['registry', { image, files: 'a', registry: 'https://ghcr.io/v2' }],
    ['registry', { image, files: 'a', registry: 'ghcr.io' }],
    ['packagesApi', { image, files: 'a', packagesApi: 'http://api.example.org' }],
    ['ports.htpp', { image, files: 'a', ports: { htpp: {} } }],
  ])('%s: %j', (field, options) => {
    expect(refusalOf(options)?.field).toBe(field);
  });

  test('of a bundle as well', () => {
    expect(() => ghcr.bundle(image, { files: 'a' } as ImageOptions)).toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'files' }),
    );
    expect(() => ghcr.bundle('b')).toThrow(expect.objectContaining({ field: 'image' }));
  });
});

test.each([
  ['a token', { files: 'a', token: 51_235_123 }, '51235123'],
  ['a token in an object', { files: 'a', token: { value: 'hunter22' } }, 'hunter22'],
  ['a build argument', { dockerfile: { directory: 'd', buildArgs: 'T=hunter22' } }, 'hunter22'],
  ['build arguments', { dockerfile: { directory: 'd', buildArgs: ['T=hunter22'] } }, 'hunter22'],
  ['a password', { files: 'a', registry: 'https://u:hunter22@ghcr.io' }, 'hunter22'],
])('%s of the wrong kind is not shown', (_name, more, value) => {
  const refusal = refusalOf({ image, ...more });
  expect(refusal).toBeDefined();
  expect(JSON.stringify([refusal, refusal?.message])).not.toContain(value);
});

describe('a token’s function', () => {
  const challenging: Http = {
    request: async () => ({
      status: 401,
      statusText: 'Unauthorized',
      url: 'http://127.0.0.1:9/v2/',
      headers: new Headers({ 'www-authenticate': 'Basic realm="r"' }),
      body: new Uint8Array(),
      text: () => '',
      json: () => ({}),
    }),
  };

  test.each([
    ['a number', () => 5],
    ['null', () => null],
    ['a promise', () => Promise.resolve('hunter22')],
  ])('that returns %s is refused when it is asked', async (_name, token) => {
    const publisher = await ghcr({
      image: '127.0.0.1:9/o/r',
      files: 'sdk',
      token: token as unknown as () => string,
      ports: { http: challenging },
    }).open(tree());
    await expect(publisher.check(publisher.plan(release()), await step())).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidInputError', field: 'token' }),
    );
  });
});

test('every accepted option can be planned', async () => {
  const accepted: readonly GhcrOptions[] = [
    { image, files: '', build: ['make', ''], labels: {}, token: new Secret('t'), path: '/' },
    { image, dockerfile, token: '', user: '', allow: ['image/model.bin'] },
    { image, files: 'sdk', token: undefined, path: '/opt/..a/', platform: 'linux/arm/v7' },
  ];
  for (const options of accepted)
    expect((await ghcr(options).open(tree())).plan(release()).publisher).toBe(`oci:${image}`);
  const bundle = { name: 'b', files: async () => ok([]) };
  expect((await ghcr.bundle(image).open(tree(), bundle)).plan(release()).publisher).toBe(
    `oci:${image}`,
  );
});

test('what the policy for manifests knows without a commit', () => {
  const files = { image: 'GHCR.io/acme/sdk', files: 'sdk' };
  expect(ghcr(files)).toMatchObject({ image: 'ghcr.io/acme/sdk' });
  expect(ghcr(files)).not.toHaveProperty('imageSignature');
  expect(ghcr({ ...files, sign: 'keyless' })).toMatchObject({ imageSignature: 'keyless' });
  expect(ghcr.bundle('ghcr.io/acme/settings', { sign: 'keyless' })).toMatchObject({
    image: 'ghcr.io/acme/settings',
    imageSignature: 'keyless',
  });
});
