import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { buildRelease, promoteRelease, publishRelease, type ReleaseReport } from '@ameide/release';
import { expect, onTestFinished, test } from 'vitest';
import { openWorld, replaced, type World } from './world.ts';

const MAIN = 'refs/heads/main';
const RELEASE = 'refs/tags/v0.1.0';

/** Each module built and published by a job of its own, whose folders are put into one. */
async function inParts(world: World, ref: string): Promise<void> {
  const out = mkdtempSync(join(tmpdir(), 'go-parts-'));
  onTestFinished(() => rmSync(out, { recursive: true, force: true }));
  // The order of the builds does not matter: a job builds what its own module requires.
  for (const folder of ['sdk', 'core', 'mid']) {
    const options = await world.release(ref, { only: [folder] });
    expect(await buildRelease({ ...options, out })).toMatchObject({ exitCode: 0, problems: [] });
  }
  const publish = async (folder: string): Promise<ReleaseReport> =>
    publishRelease({
      ...(await world.release(ref, { only: [folder] })),
      from: out,
      holdPointers: true,
    });
  const early = await publish('sdk');
  expect(early).toMatchObject({ exitCode: 3 });
  expect(early.problems.map(({ code, hint }) => `${code}: ${hint}`)).toEqual(
    ['mid', 'core'].map(
      (one) =>
        `requires-unpublished: Publish go:${world.path(one)} first, then run the same command again.`,
    ),
  );
  for (const folder of ['core', 'mid', 'sdk'])
    expect(await publish(folder)).toMatchObject({ exitCode: 0, problems: [] });
  const promoted = await promoteRelease({ ...(await world.release(ref)), from: out });
  expect(promoted).toMatchObject({ exitCode: 0, problems: [] });
}

async function prepared(): Promise<World> {
  const world = await openWorld(replaced());
  onTestFinished(async () => world[Symbol.asyncDispose]());
  await world.tidy(['core', 'mid', 'sdk']);
  world.repository.commit();
  return world;
}

needs('go', 'git')('Go modules of one release, in parts', () => {
  test('end as in one run: a dev build, and the release of its commit', {
    timeout: 240_000,
  }, async () => {
    const [parts, whole] = [await prepared(), await prepared()];
    const steps: readonly (readonly [ref: string, before: (world: World) => void])[] = [
      [MAIN, () => undefined],
      [RELEASE, (world) => world.repository.git('tag', 'v0.1.0')],
    ];
    for (const [ref, before] of steps) {
      for (const world of [parts, whole]) before(world);
      await inParts(parts, ref);
      expect(await whole.publish(ref)).toMatchObject({ exitCode: 0, problems: [] });
      expect(parts.refs()).toEqual(whole.refs());
    }
    expect(await parts.go.consume(parts.path('sdk'), 'v0.1.0')).toBe('v0.1.0');
  });

  test('a mirror that got a version since the build: the folder is refused, and nothing is sent', async () => {
    const world = await prepared();
    world.repository.git('tag', 'v0.1.0');
    world.repository.write('package.json', { name: 'mono', version: '0.2.0' });
    world.repository.write('core/more.go', 'package core\n');
    world.repository.commit({ time: '2025-11-14T10:00:00+00:00' });
    const out = mkdtempSync(join(tmpdir(), 'go-parts-'));
    onTestFinished(() => rmSync(out, { recursive: true, force: true }));
    const options = await world.release(MAIN);
    expect(await buildRelease({ ...options, out })).toMatchObject({ exitCode: 0 });
    world.repository.git('checkout', '--quiet', 'v0.1.0');
    expect(await world.publish(RELEASE)).toMatchObject({ exitCode: 0 });
    world.repository.git('checkout', '--quiet', 'main');
    const before = world.refs();
    const stale = await publishRelease({ ...(await world.release(MAIN)), from: out });
    expect(stale).toMatchObject({ exitCode: 2 });
    expect(new Set(stale.problems.map(({ code }) => code))).toEqual(new Set(['built-folder']));
    expect(stale.problems[0]?.message).toContain('the mirror has changed since');
    expect(world.refs()).toEqual(before);
  });
});
