import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { runGit } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { chain, openWorld, replaced, type World } from './world.ts';

const MAIN = 'refs/heads/main';
const TIDY = ['core', 'mid', 'sdk'];

/** What a consumer and somebody who clones the mirror get. */
async function expectUsable(world: World, query: string): Promise<readonly string[]> {
  const { go } = world;
  const version = await go.consume(world.path('sdk'), query);
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

  test('find each other through a go.work, which nobody ever tidied', async () => {
    const files = chain((folder, requires) =>
      [`module github.com/acme/${folder}\n\ngo 1.21\n`]
        .concat(
          requires.map((one) => `\nrequire github.com/acme/${one} v0.0.0 // of this release\n`),
        )
        .concat(folder === 'core' ? ['\nrequire github.com/other/dep v1.0.0\n'] : [])
        .join(''),
    );
    await using world = await openWorld(files);
    world.repository.write('go.work', 'go 1.21\n\nuse (\n\t./core\n\t./mid\n\t./sdk\n)\n');
    world.repository.commit();
    expect(await world.publish(MAIN)).toMatchObject({ exitCode: 0, problems: [] });
    expect(await world.go.consume(world.path('sdk'), 'dev')).toMatch(/^v0\.0\.0-2025/);
    const goMod = readFileSync(join(world.clone('sdk', 'dev'), 'go.mod'), 'utf8');
    expect(goMod).toMatch(/^require github.com\/acme\/mid v0\.0\.0-\S+ \/\/ of this release$/m);
    expect(goMod).toMatch(/^require github.com\/acme\/core v0\.0\.0-\S+ \/\/ indirect$/m);
  });

  test('keep a published version that nothing links to a folder', async () => {
    await using world = await openWorld(replaced());
    await world.tidy(TIDY);
    world.repository.commit();
    world.repository.git('tag', 'v0.1.0');
    expect(await world.publish('refs/tags/v0.1.0')).toMatchObject({ exitCode: 0 });
    world.repository.write('package.json', { name: 'mono', version: '0.2.0' });
    world.repository.write(
      'sdk/go.mod',
      readFileSync(join(world.clone('sdk', 'v0.1.0'), 'go.mod')),
    );
    world.repository.write(
      'sdk/go.sum',
      readFileSync(join(world.clone('sdk', 'v0.1.0'), 'go.sum')),
    );
    world.repository.commit();
    world.repository.git('tag', 'v0.2.0');
    expect(await world.publish('refs/tags/v0.2.0')).toMatchObject({ exitCode: 0, problems: [] });
    expect(await expectUsable(world, 'v0.2.0')).toContain('github.com/acme/mid v0.1.0');
    // With a go.work it is built from the folder, and follows.
    world.repository.write('go.work', 'go 1.21\n\nuse ./core\nuse ./mid\nuse ./sdk\n');
    world.repository.write('package.json', { name: 'mono', version: '0.3.0' });
    world.repository.commit();
    world.repository.git('tag', 'v0.3.0');
    expect(await world.publish('refs/tags/v0.3.0')).toMatchObject({ exitCode: 0, problems: [] });
    expect(await expectUsable(world, 'v0.3.0')).toEqual([
      'v0.3.0',
      'github.com/acme/core v0.3.0',
      'github.com/acme/mid v0.3.0',
      'github.com/other/dep v1.0.0',
    ]);
  });

  test('get the same commit whatever was published before and after', async () => {
    await using one = await openWorld(replaced());
    await using other = await openWorld(replaced());
    for (const world of [one, other]) {
      await world.tidy(TIDY);
      world.repository.commit();
    }
    expect(await one.publish(MAIN)).toMatchObject({ exitCode: 0 });
    // Elsewhere the modules before it were published, and released, before the dev build was complete.
    expect(await other.publish(MAIN, { only: ['core'] })).toMatchObject({ exitCode: 0 });
    other.repository.git('tag', 'v0.1.0');
    expect(await other.publish('refs/tags/v0.1.0', { only: ['core'] })).toMatchObject({
      exitCode: 0,
    });
    expect(await other.publish(MAIN, { only: ['core', 'mid'] })).toMatchObject({ exitCode: 0 });
    expect(await other.publish(MAIN, { only: ['sdk'] })).toMatchObject({
      exitCode: 0,
      problems: [],
    });
    const devOf = (world: World) => runGit(world.bare('sdk'), ['rev-parse', 'dev']);
    expect(devOf(other)).toBe(devOf(one));
    expect(await expectUsable(other, 'dev')).toEqual(await expectUsable(one, 'dev'));
  });

  test('are refused if they require each other', async () => {
    const files = chain((folder, requires) =>
      [`module github.com/acme/${folder}\n\ngo 1.21\n`]
        .concat(
          [...requires, ...(folder === 'core' ? ['sdk'] : [])].map(
            (one) => `\nrequire github.com/acme/${one} v0.0.0\n`,
          ),
        )
        .join(''),
    );
    await using world = await openWorld(files);
    world.repository.write('go.work', 'go 1.21\n\nuse ./core\nuse ./mid\nuse ./sdk\n');
    world.repository.commit();
    const report = await world.publish(MAIN);
    expect(report.exitCode).toBe(2);
    expect(report.problems.map(({ code }) => code)).toEqual(Array(3).fill('go-member-cycle'));
    expect(report.problems[0]?.message).toContain(
      'github.com/acme/sdk → github.com/acme/mid → github.com/acme/core → github.com/acme/sdk',
    );
    expect(world.refs().join('')).toBe('');
  });

  test('are a conflict if somebody changed more than their versions in a mirror', async () => {
    await using world = await openWorld(replaced());
    await world.tidy(TIDY);
    const sha = world.repository.commit();
    const write = 'require("fs").writeFileSync("sdk/gen.txt", "generated")';
    const options = {
      goModule: { sdk: { fromCheckout: ['gen.txt'] } },
      prepare: [[process.execPath, '-e', write]],
    } as const;
    await world.publish(MAIN, options);
    const clone = world.clone('sdk', 'dev');
    const goMod = readFileSync(join(clone, 'go.mod'), 'utf8');
    const bare = world.bare('sdk');
    const replaceTag = (text: string): void => {
      const blob = execFileSync('git', ['-C', bare, 'hash-object', '-w', '--stdin'], {
        input: text,
        encoding: 'utf8',
      }).trim();
      const lines = runGit(bare, ['ls-tree', 'dev']).replace(
        /[0-9a-f]{40}\tgo\.mod/,
        `${blob}\tgo.mod`,
      );
      const tree = execFileSync('git', ['-C', bare, 'mktree'], {
        input: `${lines}\n`,
        encoding: 'utf8',
      }).trim();
      const commit = runGit(bare, ['commit-tree', tree, '-m', `x\n\nSource-Commit: ${sha}`]);
      runGit(bare, ['tag', '--force', `source-${sha}`, commit]);
    };
    replaceTag(goMod.replace(/v0\.0\.0-(\d+)-\w{12}/, 'v0.0.0-$1-0123456789ab'));
    expect(await world.publish(MAIN, options)).toMatchObject({ exitCode: 0 });
    replaceTag(goMod.replace('go 1.21', 'go 1.22'));
    expect(await world.publish(MAIN, options)).toMatchObject({
      exitCode: 4,
      problems: [{ code: 'go-mirror-altered' }],
    });
  });
});
