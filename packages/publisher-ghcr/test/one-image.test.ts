import {
  ociRepository,
  type RunningOciRegistry,
  startCraneRegistry,
  startDockerRegistry,
  startOciRegistry,
  startRecordingProxy,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp } from '@ameide/publisher-kit';
import { literalCommit, openRun } from '@ameide/publisher-kit/testing';
import type { Problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { ghcr } from '../src/index.ts';
import { release, SHA } from './release.ts';

type Channel = 'dev' | 'release' | 'candidate';
/** The first one waits while the other one runs. */
type Pair = readonly [held: Channel, other: Channel];
/** Whether each channel's build gives other bytes, as one that writes the channel's version does. */
type Bytes = 'same' | 'other';
/** Is called before each request of a run, counted from 1 at the first one of `publish`. */
type Barrier = (count: number) => Promise<void>;

/** Publishes the commit on a channel as the engine does, and returns the problems. */
async function publishOn(
  registry: RunningOciRegistry,
  repository: string,
  channel: Channel,
  bytes: Bytes,
  barrier: Barrier = async () => undefined,
): Promise<readonly Problem[]> {
  let count = Number.NEGATIVE_INFINITY;
  const proxy = await startRecordingProxy(registry.url, {
    onRequest: async () => barrier(++count),
  });
  try {
    const sleep = (): Promise<void> => Promise.resolve();
    const definition = ghcr({
      image: `${new URL(proxy.url).host}/${repository}`,
      files: 'sdk',
      // Fewer requests to wait at.
      platform: 'linux/amd64',
      user: registry.user,
      token: registry.password,
      ports: { http: createHttp({ sleep }), sleep },
    });
    const content = bytes === 'same' ? '' : channel;
    const commit = literalCommit({ 'sdk/index.js': content }, { release: release({ channel }) });
    await using run = await openRun(definition, commit);
    const { plan, publisher, step } = run;
    const before = problemsOf(await publisher.inspect({ plan }, step));
    if (before.length > 0) return before;
    const built = await run.build();
    count = 0;
    const published = problemsOf(await publisher.publish(plan, built, step));
    const verified = problemsOf(await publisher.inspect({ plan, built }, step));
    if (published.length + verified.length > 0) return [...published, ...verified];
    return problemsOf(await publisher.promote(plan, step));
  } finally {
    await proxy.stop();
  }
}

function problemsOf(results: readonly { readonly problem?: Problem }[]): readonly Problem[] {
  return results.flatMap(({ problem }) => problem ?? []);
}

/** Runs `other` while `held` waits before its request number `at`. */
async function cross(
  registry: RunningOciRegistry,
  repository: string,
  [held, other]: Pair,
  bytes: Bytes,
  at: number,
): Promise<{ readonly reached: boolean; readonly problems: readonly Problem[] }> {
  let others: readonly Problem[] | undefined;
  const own = await publishOn(registry, repository, held, bytes, async (count) => {
    if (count === at) others = await publishOn(registry, repository, other, bytes);
  });
  return { reached: others !== undefined, problems: [...own, ...(others ?? [])] };
}

/** Images that differ. */
async function everyCrossing(registry: RunningOciRegistry, channels: Pair): Promise<void> {
  let differed = 0;
  for (let at = 1; ; at++) {
    const repository = `ameideio/${channels.join('-')}-${at}`;
    const { reached, problems } = await cross(registry, repository, channels, 'other', at);
    if (!reached) break;
    const oci = ociRepository(registry, repository);
    const found = await oci.tags();
    const where = `${channels.join(' held for ')} at request ${at}`;
    if (new Set(Object.values(found)).size > 1) {
      differed++;
      expect(
        problems.map(({ code }) => code),
        where,
      ).toContain('ghcr-images-differ');
      const later = await publishOn(registry, repository, 'release', 'other');
      expect(later, where).toMatchObject([
        { code: 'ghcr-images-differ', kind: 'conflict' },
        { code: 'ghcr-images-differ', kind: 'conflict' },
      ]);
      // What the hint says: crane tag IMAGE:0.1.0 <sha>, and dev.
      const image = await oci.fetch('manifests/0.1.0');
      const headers = { 'content-type': image.headers.get('content-type') ?? '' };
      const body = await image.arrayBuffer();
      for (const [, tag] of later[0]?.hint?.matchAll(/crane tag \S+:0\.1\.0 ([^\s;]+)/g) ?? []) {
        const answer = await oci.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
        expect(answer.ok).toBe(true);
      }
    }
    expect(await publishOn(registry, repository, 'release', 'other'), where).toEqual([]);
    const { '0.1.0-rc.1': _candidate, ...released } = await oci.tags();
    expect(Object.keys(released).toSorted(), where).toEqual(
      ['0.1', '0.1.0', SHA, 'latest', ...('dev' in released ? ['dev'] : [])].toSorted(),
    );
    expect(new Set(Object.values(released)).size, where).toBe(1);
  }
  // A release that comes last gives its own image to all of its tags.
  if (channels[0] !== 'release')
    expect(differed, 'some crossing must differ, or this test shows nothing').toBeGreaterThan(0);
}

/** Images from files alone: no crossing leaves a trace. */
async function everyCrossingAgrees(registry: RunningOciRegistry, channels: Pair): Promise<void> {
  for (let at = 1; ; at++) {
    const repository = `ameideio/same-${channels.join('-')}-${at}`;
    const { reached, problems } = await cross(registry, repository, channels, 'same', at);
    if (!reached) break;
    const where = `${channels.join(' held for ')} at request ${at}`;
    const found = await ociRepository(registry, repository).tags();
    expect([problems, new Set(Object.values(found)).size], where).toEqual([[], 1]);
  }
}

function crossings(start: () => Promise<RunningOciRegistry>, pairs: readonly Pair[]): void {
  test.each(pairs)(
    'other bytes: a %s run waits at any request while a %s run of its commit ends',
    async (...channels) => {
      const registry = await start();
      try {
        await everyCrossing(registry, channels);
      } finally {
        await registry.stop();
      }
    },
    120_000,
  );

  test.each(pairs)(
    'the same bytes: a %s run waits at any request while a %s run of its commit ends',
    async (...channels) => {
      const registry = await start();
      try {
        await everyCrossingAgrees(registry, channels);
      } finally {
        await registry.stop();
      }
    },
    120_000,
  );

  test('other bytes: a dev run and a release run of one commit start at once', async () => {
    const registry = await start();
    try {
      const repository = 'ameideio/at-once';
      const channels = ['dev', 'release'] as const;
      const problems = await Promise.all(
        channels.map(async (channel) => publishOn(registry, repository, channel, 'other')),
      );
      const digests = Object.values(await ociRepository(registry, repository).tags());
      expect(problems.flat().length > 0 || new Set(digests).size === 1).toBe(true);
    } finally {
      await registry.stop();
    }
  });
}

describe('one commit has one image, whatever runs at the same time', () => {
  crossings(
    () => startOciRegistry(),
    [
      ['dev', 'release'],
      ['release', 'dev'],
      ['candidate', 'release'],
    ],
  );
  needs('docker-registry')('docker-registry', () =>
    crossings(() => startDockerRegistry(), [['dev', 'release']]),
  );
  needs('ocireg')('go-containerregistry', () =>
    crossings(() => startCraneRegistry(), [['dev', 'release']]),
  );
});
