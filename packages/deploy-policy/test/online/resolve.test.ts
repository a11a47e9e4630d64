import { expect, test } from 'vitest';
import { type ImageReference, parseImageReference, resolveImages } from '../../src/index.ts';
import {
  answersWith,
  artifacts,
  checkedOnline,
  DEV,
  digest,
  found,
  GOOD,
  NO_ANSWER,
  pod,
  RELEASE,
  RELEASE_BYTES,
  release,
  SDK,
  standInRegistry,
  WWW,
} from './stand-in-registry.ts';

function references(...texts: readonly string[]): readonly ImageReference[] {
  return texts.map((text) => parseImageReference(text) ?? expect.unreachable(text));
}

const WWW_BYTES = digest('d');
/** Both commits have a second image. */
const TWO = answersWith({
  images: {
    [`${WWW}:0.1.0`]: found(RELEASE, WWW_BYTES),
    [`${WWW}:${DEV}`]: found(DEV, WWW_BYTES),
  },
  releases: {
    [RELEASE]: release(RELEASE, [
      ...artifacts(SDK, [RELEASE, '0.1.0'], { digest: RELEASE_BYTES }),
      ...artifacts(WWW, [RELEASE, '0.1.0'], { digest: WWW_BYTES }),
    ]),
    [DEV]: release(DEV, [...artifacts(SDK, [DEV]), ...artifacts(WWW, [DEV])]),
  },
});

test('each image and each commit is asked once, and all images at the same time', async () => {
  const registry = standInRegistry(TWO);
  const images = [`${SDK}:0.1.0`, `${WWW}:0.1.0`, `${SDK}:${DEV}`, `${WWW}:${DEV}`];
  const resolved = await resolveImages(references(...images, ...images), registry);
  expect(resolved.map(({ reference }) => `${reference.name}:${reference.tag}`)).toEqual(images);
  expect(registry.asked).toEqual([...images, RELEASE, DEV]);
  expect(registry.atOnce()).toBe(images.length);
});

test('two spellings of one image are one question', async () => {
  const registry = standInRegistry(GOOD);
  await resolveImages(references(`${SDK}:0.1.0`, 'GHCR.io:443/acme/sdk:0.1.0'), registry);
  expect(registry.asked).toEqual([`${SDK}:0.1.0`, RELEASE]);
});

test('a tag and a digest are two questions', async () => {
  const registry = standInRegistry(GOOD);
  const [image] = await resolveImages(references(`${SDK}:0.1.0@${RELEASE_BYTES}`), registry);
  expect(registry.asked).toEqual([`${SDK}:0.1.0`, `${SDK}@${RELEASE_BYTES}`, RELEASE]);
  expect(image).toMatchObject({
    answer: { state: 'found', sha: RELEASE },
    byDigest: { state: 'found', digest: RELEASE_BYTES },
    release: { state: 'found', release: { version: '0.1.0' } },
  });
});

test('what no registry can be asked for is left out', async () => {
  const registry = standInRegistry(GOOD);
  const images = references(
    SDK,
    `${SDK}@sha512:${'a'.repeat(128)}`,
    `${SDK}:0.1.0@sha384:${'a'.repeat(96)}`,
  );
  expect(await resolveImages(images, registry)).toEqual([]);
  expect(registry.asked).toEqual([]);
});

test('an image without a commit leads to no question about one', async () => {
  const registry = standInRegistry({
    images: {
      [`${SDK}:1.0.0`]: { state: 'found', digest: RELEASE_BYTES },
      [`${SDK}:2.0.0`]: { state: 'unknown', problem: NO_ANSWER },
    },
  });
  const resolved = await resolveImages(
    references(`${SDK}:1.0.0`, `${SDK}:2.0.0`, `${SDK}:3.0.0`),
    registry,
  );
  expect(resolved.map(({ answer }) => answer.state)).toEqual(['found', 'unknown', 'absent']);
  expect(resolved.every((one) => one.release === undefined)).toBe(true);
  expect(registry.asked).toHaveLength(3);
});

test('several images of several commits are each judged by their own', async () => {
  const registry = standInRegistry(TWO);
  const text = pod([`${SDK}:0.1.0`, `${WWW}:0.1.0`, `${WWW}:${DEV}`, 'nginx:1.29']);
  expect(await checkedOnline(text, registry, 'staging')).toEqual([]);
  const shared = pod([`${SDK}:0.1.0`, `${WWW}:${DEV}`], `{ameide.io/image-sha: "${RELEASE}"}`);
  expect(await checkedOnline(shared, registry, 'staging')).toEqual([
    'deploy-annotation-differs 9:14 spec.containers[1].image',
  ]);
  const own = pod(
    [`${SDK}:0.1.0`, `${WWW}:${DEV}`],
    `{ameide.io/image-sha: "${RELEASE}", image-sha.ameide.io/c1: "${DEV}"}`,
  );
  expect(await checkedOnline(own, registry, 'staging')).toEqual([]);
});

test('a release that is there in part is said once for its commit, however many images it has', async () => {
  const part = [{ coordinate: 'npm:@acme/sdk@0.1.0', state: 'missing', proofs: [] }] as const;
  const of = (tags: readonly string[]) => [
    ...artifacts(SDK, tags),
    ...artifacts(WWW, tags),
    ...part,
  ];
  const registry = standInRegistry({
    images: TWO.images,
    releases: { [RELEASE]: release(RELEASE, of(['0.1.0'])), [DEV]: release(DEV, of([DEV])) },
  });
  const images = [`${SDK}:0.1.0`, `${WWW}:0.1.0`, `${SDK}:0.1.0`, `${SDK}:${DEV}`];
  expect(await checkedOnline(pod(images), registry, 'staging')).toEqual([
    'deploy-release-incomplete 7:14 spec.containers[0].image',
    'deploy-release-incomplete 13:14 spec.containers[3].image',
  ]);
});
