import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { rawImages, startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { SBOM_TYPES } from '@ameide/publisher-kit';
import { BUNDLE_TYPE, statementOf } from '@ameide/publisher-kit/sigstore';
import { describe, expect, test } from 'vitest';
import { OCI_INDEX, OCI_MANIFEST } from '../src/image/media-types.ts';
import { SHA, step } from './release.ts';
import { outcomes, type SigningWorld, signingWorld, states } from './signing-world.ts';

const PROVEN = ['signature: proven', 'provenance: proven'];
const withoutList = async () => startOciRegistry({ referrers: false });

type Algorithm = 'sha256' | 'sha512';

function digestOf(bytes: Uint8Array, algorithm: Algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

async function put(world: SigningWorld, reference: string, type: string, body: object) {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': type };
  const answer = await world.fetch(`manifests/${reference}`, {
    method: 'PUT',
    headers,
    body: bytes,
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const digest = digestOf(bytes, reference.startsWith('sha512:') ? 'sha512' : 'sha256');
  return { mediaType: type, digest, size: bytes.length };
}

async function pushBlob(world: SigningWorld, bytes: Uint8Array): Promise<string> {
  const begun = await world.fetch('blobs/uploads/', { method: 'POST' });
  const location = begun.headers.get('location') ?? '';
  const digest = digestOf(bytes);
  const mark = location.includes('?') ? '&' : '?';
  const path = `${location.slice(location.indexOf('blobs/'))}${mark}digest=${digest}`;
  await world.fetch(path, { method: 'PUT', body: Buffer.from(bytes) });
  return digest;
}

/** Attaches what calls itself a bundle, as anybody who may push can. */
async function attach(
  world: SigningWorld,
  bytes: Uint8Array,
  options: { readonly size?: number; readonly algorithm?: Algorithm } = {},
) {
  const { size = bytes.length, algorithm } = options;
  const empty = Buffer.from('{}');
  const described = (mediaType: string, digest: string, length: number) => ({
    mediaType,
    digest,
    size: length,
  });
  const config = described(
    'application/vnd.oci.empty.v1+json',
    await pushBlob(world, empty),
    empty.length,
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: BUNDLE_TYPE,
    config,
    layers: [described(BUNDLE_TYPE, await pushBlob(world, bytes), size)],
    subject: described(OCI_MANIFEST, world.digest, 1),
  };
  const digest = digestOf(Buffer.from(JSON.stringify(manifest)), algorithm);
  return put(world, digest, OCI_MANIFEST, manifest);
}

/** What lists the signatures in a registry without the referrers API. */
async function indexOf(world: SigningWorld): Promise<{ readonly manifests: readonly object[] }> {
  const answer = await world.fetch(`manifests/${tagOf(world)}`);
  return (await answer.json()) as { readonly manifests: readonly object[] };
}

function tagOf({ digest }: SigningWorld): string {
  return digest.replace(':', '-');
}

needs('docker-registry')(
  'at docker-registry, which believes what a manifest says of a size',
  () => {
    test('a bundle that is larger than that stops no later run', async () => {
      const world = await signingWorld(startDockerRegistry());
      const hostile = await attach(world, Buffer.alloc(5 * 1024 * 1024), { size: 10 });
      const manifests = [hostile];
      await put(world, tagOf(world), OCI_INDEX, {
        schemaVersion: 2,
        mediaType: OCI_INDEX,
        manifests,
      });
      expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
      expect(states(await world.proofs())).toEqual(PROVEN);
    });

    test('an entry that is no descriptor hides no signature', async () => {
      const world = await signingWorld(startDockerRegistry());
      await world.sign();
      const index = await indexOf(world);
      const [first] = index.manifests;
      const manifests = [{ ...first, size: -1 }, ...index.manifests];
      await put(world, tagOf(world), OCI_INDEX, { ...index, manifests });
      expect(states(await world.proofs())).toEqual(PROVEN);
    });
  },
);

describe('whoever may push does not stop later runs', () => {
  test('with something else under the tag that lists what is attached', async () => {
    const world = await signingWorld(withoutList());
    const image = await rawImages(world).image({ revision: SHA, tag: tagOf(world) });
    expect(image.digest).not.toBe(world.digest);
    expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
    expect(states(await world.proofs())).toEqual(PROVEN);
  });

  test('with what is attached under a digest of another algorithm: it is passed over', async () => {
    const world = await signingWorld(startOciRegistry());
    await attach(world, Buffer.from('hostile'), { algorithm: 'sha512' });
    const listed = await (await world.fetch(`referrers/${world.digest}`)).text();
    expect(listed).toContain('"sha512:');
    expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
    expect(states(await world.proofs())).toEqual(PROVEN);
  });

  test('with many of them: what is attached after the signatures is not read', async () => {
    const world = await signingWorld(withoutList());
    await world.sign();
    const index = await indexOf(world);
    const manifests = [...index.manifests];
    for (let at = 0; at < 40; at += 1)
      manifests.push(await attach(world, Buffer.from(`hostile ${at}`)));
    await put(world, tagOf(world), OCI_INDEX, { ...index, manifests });
    world.proxy.clear();
    expect(states(await world.proofs())).toEqual(PROVEN);
    expect(world.proxy.requests.length).toBeLessThan(30);
  });
});

test('provenance and SBOM of another image with the same bytes prove nothing of this one', async () => {
  const world = await signingWorld(startOciRegistry(), {
    sbom: JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' }),
  });
  const plan = { ...world.plan, image: 'ghcr.io/ameideio/other' };
  const signed = (await world.publisher.sign?.(plan, await step(), world.built)) ?? [];
  expect(outcomes(signed)).toEqual(['signature: signed', 'provenance: signed', 'sbom: signed']);
  expect(states(await world.proofs())).toEqual([
    'signature: proven',
    'provenance: wrong ghcr-wrong-provenance',
    'sbom: wrong ghcr-wrong-sbom',
  ]);
  expect(outcomes(await world.sign())).toEqual([
    'signature: already-signed',
    'provenance: signed',
    'sbom: signed',
  ]);
});

test('what somebody else has attested as an SBOM is none, and ours is attached beside it', async () => {
  const sbom = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' });
  const world = await signingWorld(startOciRegistry(), { sbom });
  const statement = statementOf(world.digest, {
    predicateType: SBOM_TYPES.cyclonedx,
    predicate: JSON.parse(sbom),
    name: world.image,
  });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const payload = Buffer.from(JSON.stringify(statement));
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: sign('sha256', payload, privateKey).toString('base64'), keyid: '' }],
    },
  };
  await attach(world, Buffer.from(JSON.stringify(bundle)));
  expect(states(await world.proofs())).toContain('sbom: wrong ghcr-wrong-sbom');
  expect(outcomes(await world.sign())).toContain('sbom: signed');
  expect(states(await world.proofs())).toContain('sbom: proven');
});

test('no tag moves to an image that took the place of the signed one', async () => {
  const world = await signingWorld(startOciRegistry());
  await world.sign();
  const other = await rawImages(world).image({ revision: SHA, tag: SHA });
  expect(other.digest).not.toBe(world.digest);
  const moves = (await world.publisher.promote?.(world.plan, await step())) ?? [];
  expect(moves.map(({ outcome, problem }) => problem?.code ?? outcome)).toEqual([
    'ghcr-image-not-proven',
  ]);
  expect(Object.keys(await world.tags())).not.toContain('dev');
});

describe('an image that took the place of ours before it was signed is not signed', () => {
  test.each([
    ['of another commit', 'd'.repeat(40), ['ghcr-tag-conflict', 'ghcr-tag-conflict']],
    ['that names no commit', undefined, ['ghcr-tag-conflict', 'ghcr-tag-conflict']],
    ['that claims to be ours', SHA, ['ghcr-image-replaced', 'ghcr-image-replaced']],
  ])('one %s', async (_what, revision, codes) => {
    const world = await signingWorld(startOciRegistry());
    const readBack = await world.publisher.inspect({ plan: world.plan }, await step());
    const named = revision === undefined ? {} : { revision };
    const other = await rawImages(world).image({ ...named, tag: SHA });
    expect(other.digest).not.toBe(world.digest);
    const signed = await world.publisher.sign?.(world.plan, await step(), world.built, readBack);
    expect(signed?.map(({ problem }) => problem?.code)).toEqual(codes);
    expect(world.sigstore.entries()).toEqual([]);
    expect(states(await world.proofs())).toEqual(['signature: missing', 'provenance: missing']);
  });
});
