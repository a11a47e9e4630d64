import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { chain, openWorld, type World } from './world.ts';

const MAIN = 'refs/heads/main';
const TIDY = ['core', 'mid', 'sdk'];

/** Each module requires placeholders, which `replace` leads to the folders beside it. */
const replaced = () =>
  chain(
    (folder) => `module github.com/acme/${folder}

go 1.21

// The folders beside this one.
replace (
	github.com/acme/core => ../core
	github.com/acme/mid => ../mid
)
`,
  );

/** What a consumer and somebody who clones the mirror get. */
async function expectUsable(world: World, query: string): Promise<readonly string[]> {
  const { go, path } = world;
  const version = await go.consume(path('sdk'), query);
  const clone = world.clone('sdk', query);
  const readonly = { GOFLAGS: '-mod=readonly -modcacherw' };
  await go.run(['build', './...'], clone, readonly);
  await go.run(['vet', './...'], clone, readonly);
  expect(await go.run(['mod', 'tidy', '-diff'], clone)).toBe('');
  await go.run(['mod', 'verify'], clone);
  const listed = await go.run(['list', '-m', 'all'], clone);
  return [version, ...listed.split('\n').slice(1)];
}

needs('go', 'git')('Go modules of one release', () => {
  test('find each other in a release', async () => {
    await using world = await openWorld(replaced());
    await world.tidy(TIDY);
    world.repository.commit();
    world.repository.git('tag', 'v0.1.0');
    const report = await world.publish('refs/tags/v0.1.0');
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(await expectUsable(world, 'v0.1.0')).toEqual([
      'v0.1.0',
      'github.com/acme/core v0.1.0',
      'github.com/acme/mid v0.1.0',
      'github.com/other/dep v1.0.0',
    ]);
    const goMod = readFileSync(join(world.clone('sdk', 'v0.1.0'), 'go.mod'), 'utf8');
    expect(goMod).not.toContain('replace');
    const before = world.refs();
    expect(await world.publish('refs/tags/v0.1.0')).toMatchObject({ exitCode: 0, problems: [] });
    expect(world.refs()).toEqual(before);
  });

  test('find each other in a dev build, and in the release of the same commit', async () => {
    await using world = await openWorld(replaced());
    await world.tidy(TIDY);
    const sha = world.repository.commit();
    expect(await world.publish(MAIN)).toMatchObject({ exitCode: 0, problems: [] });
    const [sdk, core, mid] = await expectUsable(world, 'dev');
    expect(sdk).toMatch(/^v0\.0\.0-20251113153211-/);
    expect([core, mid]).toEqual([
      expect.stringMatching(/core v0\.0\.0-20251113153211-/),
      expect.stringMatching(/mid v0\.0\.0-20251113153211-/),
    ]);
    world.repository.git('tag', 'v0.1.0');
    const released = await world.publish('refs/tags/v0.1.0');
    expect(released).toMatchObject({ exitCode: 0, problems: [] });
    expect(await expectUsable(world, 'v0.1.0')).toContain('github.com/acme/mid v0.1.0');
    // The dev build stays what it was, and both runs write nothing more.
    expect(await expectUsable(world, `source-${sha}`)).toEqual([
      sdk,
      core,
      mid,
      'github.com/other/dep v1.0.0',
    ]);
    const before = world.refs();
    for (const ref of [MAIN, 'refs/tags/v0.1.0'])
      expect(await world.publish(ref)).toMatchObject({ exitCode: 0, problems: [] });
    expect(world.refs()).toEqual(before);
    const main = runGit(world.bare('sdk'), ['rev-parse', 'main', 'v0.1.0^{commit}']).split('\n');
    expect(new Set(main).size).toBe(1);
  });
});
