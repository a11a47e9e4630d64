import { InvalidInputError, isSha } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { createPins, createPolicy, type PinTarget, type ReleaseArtifact } from '../../src/index.ts';
import {
  artifacts,
  DEV,
  DEV_BYTES,
  digest,
  POLICY,
  proof,
  RELEASE,
  RELEASE_BYTES,
  release,
  SDK,
  standInRegistry,
  WWW,
} from './stand-in-registry.ts';

const CANDIDATE = '4'.repeat(40);
const RELEASES = {
  [RELEASE]: release(RELEASE, artifacts(SDK, [RELEASE, '0.1.0'], { digest: RELEASE_BYTES })),
  [CANDIDATE]: release(
    CANDIDATE,
    artifacts(SDK, [CANDIDATE, '0.2.0-rc.1'], { digest: digest('c') }),
  ),
  [DEV]: release(DEV, artifacts(SDK, [DEV], { digest: DEV_BYTES })),
};

async function create(
  targets: readonly PinTarget[],
  environment = 'staging',
  releases: Parameters<typeof standInRegistry>[0]['releases'] = RELEASES,
): ReturnType<typeof createPins> {
  return createPins(targets, {
    policy: POLICY,
    environment,
    registry: standInRegistry({ releases }),
  });
}

/** The tag that is chosen, or the code of why there is none. */
async function chosen(target: Omit<PinTarget, 'name'>, environment: string): Promise<unknown> {
  const { pins, problems } = await create([{ name: SDK, ...target }], environment);
  const found = [...pins.map(({ tag }) => tag), ...problems.map(({ code }) => code)];
  expect(found).toHaveLength(1);
  return found[0];
}

describe('which tag an image is pinned to', () => {
  test.each([
    ['production', RELEASE, '0.1.0'],
    ['production', CANDIDATE, 'deploy-tag-not-allowed'],
    ['production', DEV, 'deploy-tag-not-allowed'],
    ['staging', RELEASE, RELEASE],
    ['staging', CANDIDATE, CANDIDATE],
    ['staging', DEV, DEV],
    ['development', RELEASE, RELEASE],
    ['ephemeral', DEV, DEV],
    // The tag leads to the digest.
    ['digests', RELEASE, RELEASE],
    ['digests', DEV, DEV],
  ])('in %s, of %s', async (environment, sha, tag) => {
    expect(await chosen({ sha }, environment)).toBe(tag);
  });

  test.each([
    ['production', RELEASE, '0.1.0', '0.1.0'],
    ['staging', RELEASE, '0.1.0', '0.1.0'],
    ['staging', CANDIDATE, '0.2.0-rc.1', '0.2.0-rc.1'],
    ['production', CANDIDATE, '0.2.0-rc.1', 'deploy-tag-not-allowed'],
    // The commit does not have the version that was asked for.
    ['staging', DEV, '0.1.0', 'deploy-image-absent'],
  ])('in %s, of %s, if the user says %3$s', async (environment, sha, tag, expected) => {
    expect(await chosen({ sha, tag }, environment)).toBe(expected);
  });

  test.each([
    ['staging', RELEASE, '0.1.0', '0.1.0'],
    ['staging', RELEASE, RELEASE, RELEASE],
    // What the environment does not allow, what is another commit's, and what moves is passed over.
    ['production', RELEASE, RELEASE, '0.1.0'],
    ['staging', DEV, '0.1.0', DEV],
    ['anything', RELEASE, 'latest', RELEASE],
  ])('in %s, of %s, after %s: %s', async (environment, sha, formerTag, expected) => {
    const all = artifacts(SDK, [RELEASE, '0.1.0', 'latest'], { digest: RELEASE_BYTES });
    const releases = { ...RELEASES, [RELEASE]: release(RELEASE, all) };
    const { pins, problems } = await create([{ name: SDK, sha, formerTag }], environment, releases);
    expect(problems).toEqual([]);
    expect(pins).toMatchObject([{ tag: expected }]);
  });

  test.each([
    ['staging', RELEASE_BYTES, RELEASE],
    ['production', RELEASE_BYTES, 'deploy-tag-not-allowed'],
    ['production', digest('e'), '0.1.0'],
    ['staging', digest('f'), 'deploy-digest-differs'],
  ])(
    'in %s, if %s has to run, and 0.1.0 was pushed again: %s',
    async (environment, bytes, expected) => {
      const releases = {
        [RELEASE]: release(RELEASE, [
          ...artifacts(SDK, [RELEASE], { digest: RELEASE_BYTES }),
          ...artifacts(SDK, ['0.1.0'], { digest: digest('e') }),
        ]),
      };
      const target = { name: SDK, sha: RELEASE, formerTag: '0.1.0', digest: bytes };
      const { pins, problems } = await create([target], environment, releases);
      expect([...pins.map(({ tag }) => tag), ...problems.map(({ code }) => code)]).toEqual([
        expected,
      ]);
      expect(pins.every((pin) => pin.digest === bytes)).toBe(true);
    },
  );

  test('a digest that has to run, if the registry says none', async () => {
    const releases = { [RELEASE]: release(RELEASE, artifacts(SDK, [RELEASE])) };
    const target = { name: SDK, sha: RELEASE, digest: RELEASE_BYTES };
    const { problems } = await create([target], 'staging', releases);
    expect(problems.map(({ code }) => code)).toEqual(['deploy-digest-differs']);
  });

  test('what the user says wins over the tag that was there', async () => {
    expect(await chosen({ sha: RELEASE, tag: RELEASE, formerTag: '0.1.0' }, 'staging')).toBe(
      RELEASE,
    );
  });

  test('a candidate where commits may not run', async () => {
    const policy = createPolicy({ images: [SDK], environments: { demo: { tags: ['candidate'] } } });
    const registry = standInRegistry({ releases: RELEASES });
    const where = { policy, environment: 'demo', registry };
    const { pins } = await createPins([{ name: SDK, sha: CANDIDATE }], where);
    expect(pins).toEqual([{ name: SDK, tag: '0.2.0-rc.1', sha: CANDIDATE, digest: digest('c') }]);
  });

  test('a tag that moves is never chosen, also where it may run', async () => {
    const moving = artifacts(SDK, ['dev', 'latest', '0.1'], { digest: RELEASE_BYTES });
    const { pins, problems } = await create([{ name: SDK, sha: RELEASE }], 'anything', {
      [RELEASE]: release(RELEASE, moving),
    });
    expect(pins).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['deploy-tag-not-allowed']);
  });

  test('with its digest, if the registry says one', async () => {
    const { pins } = await create([{ name: SDK, sha: RELEASE }], 'production');
    expect(pins).toEqual([{ name: SDK, tag: '0.1.0', sha: RELEASE, digest: RELEASE_BYTES }]);
    const without = await create([{ name: SDK, sha: RELEASE }], 'production', {
      [RELEASE]: release(RELEASE, artifacts(SDK, ['0.1.0'])),
    });
    expect(without.pins).toEqual([{ name: SDK, tag: '0.1.0', sha: RELEASE }]);
  });

  test('the message names what there is and what may be', async () => {
    const { problems } = await create([{ name: SDK, sha: DEV }], 'production');
    expect(problems).toMatchObject([
      {
        code: 'deploy-tag-not-allowed',
        kind: 'policy',
        message: `${SDK} has only the tags ${DEV} for commit ${DEV}, which are not allowed in production.`,
        hint: 'Allowed there: X.Y.Z.',
      },
    ]);
  });
});

describe('what cannot be pinned', () => {
  const missing: ReleaseArtifact = {
    coordinate: 'npm:@acme/sdk@0.1.0',
    state: 'missing',
    proofs: [],
  };

  test.each<readonly [string, readonly ReleaseArtifact[], readonly string[], number]>([
    [
      'an image that the commit does not have',
      artifacts(WWW, ['0.1.0']),
      ['deploy-image-absent'],
      0,
    ],
    [
      'an image whose name only begins like one that it has',
      artifacts(`${SDK}-extra`, ['0.1.0']),
      ['deploy-image-absent'],
      0,
    ],
    [
      'an image that is not published',
      artifacts(SDK, ['0.1.0'], { state: 'missing' }),
      ['deploy-release-incomplete', 'deploy-image-absent'],
      0,
    ],
    [
      'a release that is there in part',
      [...artifacts(SDK, ['0.1.0']), missing],
      ['deploy-release-incomplete'],
      1,
    ],
    [
      'an image that lacks a proof',
      artifacts(SDK, ['0.1.0'], { proofs: [proof('signature', 'wrong')] }),
      ['deploy-image-not-proven'],
      0,
    ],
  ])('%s', async (_, own, codes, pins) => {
    const created = await create([{ name: SDK, sha: RELEASE }], 'production', {
      [RELEASE]: release(RELEASE, own),
    });
    expect(created.problems.map(({ code, kind }) => `${code} ${kind}`)).toEqual(
      codes.map((code) => `${code} policy`),
    );
    expect(created.pins).toHaveLength(pins);
  });

  test('a commit that is not in the clone', async () => {
    const { pins, problems } = await create([{ name: SDK, sha: '9'.repeat(40) }]);
    expect(pins).toEqual([]);
    expect(problems).toMatchObject([{ code: 'deploy-commit-unknown', kind: 'policy' }]);
  });

  test('an environment that the policy does not have: nobody is asked', async () => {
    const registry = standInRegistry({ releases: RELEASES });
    const where = { policy: POLICY, environment: 'prod', registry };
    await expect(createPins([{ name: SDK, sha: RELEASE }], where)).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    expect(registry.asked).toEqual([]);
  });
});

test('each commit is asked once, all at the same time, and told once', async () => {
  const both = (sha: string, tags: readonly string[]) =>
    release(sha, [
      ...artifacts(SDK, tags),
      ...artifacts(WWW, tags),
      { coordinate: 'npm:@acme/sdk@0.1.0', state: 'missing', proofs: [] },
    ]);
  const registry = standInRegistry({
    releases: { [RELEASE]: both(RELEASE, [RELEASE]), [DEV]: both(DEV, [DEV]) },
  });
  const targets = [SDK, WWW].flatMap((name) => [RELEASE, DEV].map((sha) => ({ name, sha })));
  const { pins, problems } = await createPins(targets, {
    policy: POLICY,
    environment: 'staging',
    registry,
  });
  expect(registry.asked.filter(isSha)).toEqual([RELEASE, DEV]);
  expect(registry.atOnce()).toBe(2);
  expect(pins.map(({ name, tag }) => `${name}:${tag}`)).toEqual(
    targets.map(({ name, sha }) => `${name}:${sha}`),
  );
  expect(problems.map(({ code }) => code)).toEqual([
    'deploy-release-incomplete',
    'deploy-release-incomplete',
  ]);
});
