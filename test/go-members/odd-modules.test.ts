import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, runGit } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { openWorld, type World } from './world.ts';

const MAIN = 'refs/heads/main';
const READONLY = { GOFLAGS: '-mod=readonly -modcacherw' };
const beside = (...folders: readonly string[]): string =>
  folders.map((one) => `\nreplace github.com/acme/${one} => ../${one}\n`).join('');
const using = (core: string, name = 'core'): Readonly<Record<string, string>> => ({
  'go.mod': `module github.com/acme/sdk\n\ngo 1.21\n${beside('core').replace('acme/core =>', `${core.slice(11)} =>`)}`,
  'sdk.go': `package sdk\n\nimport "${core}"\n\n// Answer is 42.\nconst Answer = ${name}.C\n`,
});
const core = (path = 'github.com/acme/core', goVersion = '1.21') => ({
  'go.mod': `module ${path}\n\ngo ${goVersion}\n`,
  'core.go': 'package core\n\n// C is 42.\nconst C = 42\n',
});

/** go compares what it downloads with the go.sum of the clone. */
async function buildClone(world: World, ref: string): Promise<string> {
  const clone = world.clone('sdk', ref);
  await world.go.run(['build', './...'], clone, READONLY);
  await world.go.run(['mod', 'tidy'], clone);
  expect(runGit(clone, ['status', '--short'])).toBe('');
  return readFileSync(join(clone, 'go.mod'), 'utf8');
}

needs('go', 'git')('the checksums in a mirror are those of go', () => {
  test.each(['1.21', '1.24'])('for every kind of file, in a module of Go %s', async (version) => {
    await using world = await openWorld({
      core: {
        ...core('github.com/acme/core', version),
        '.gitattributes':
          '*.txt eol=crlf\n*.id ident\n*.hidden export-ignore\n*.sub export-subst\n',
        'a.txt': 'one\ntwo\n',
        'a.id': '$Id$\n',
        'a.hidden': 'x',
        'a.sub': '$Format:%H$',
        'Ünïcode and space.md': 'x',
        'nested/go.mod': 'module example.org/nested\n',
        'nested/x.go': 'package x\n',
        'vendor/modules.txt': '',
        'vendor/x.org/y/y.go': 'package y\n',
        'sub/vendor/z.org/z/z.go': 'package z\n',
        'B/a.go': 'package b\n',
        'b.sh': '#!/bin/sh\n',
      },
      sdk: using('github.com/acme/core'),
    });
    world.repository.write('core/link.md', { link: 'a.txt' });
    world.repository.write('.gitattributes', '*.sh eol=crlf\n');
    await world.tidy(['sdk']);
    world.repository.commit();
    expect(await world.publish(MAIN)).toMatchObject({ exitCode: 0, problems: [] });
    expect(await world.go.consume(world.path('sdk'), 'dev')).toMatch(/^v0/);
    await buildClone(world, 'dev');
  });

  test('for what prepare generates', async () => {
    const { 'go.mod': goMod } = core();
    await using world = await openWorld({
      core: { 'go.mod': goMod, 'doc.go': 'package core\n' },
      sdk: using('github.com/acme/core'),
    });
    world.repository.commit({
      files: {
        'sdk/go.mod': `${using('github.com/acme/core')['go.mod']}\nrequire github.com/acme/core v0.0.0\n`,
      },
    });
    const write = `require("fs").writeFileSync("core/gen.go", "package core\\n\\nconst C = 42\\n")`;
    const report = await world.publish(MAIN, {
      goModule: { core: { fromCheckout: ['gen.go'] } },
      prepare: [[process.execPath, '-e', write]],
    });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(await world.go.consume(world.path('sdk'), 'dev')).toMatch(/^v0/);
    await buildClone(world, 'dev');
  });

  test('for a module of Go 1.16, whose go.mod does not list what is needed indirectly', async () => {
    const mid = {
      'go.mod': `module github.com/acme/mid\n\ngo 1.16\n${beside('core')}`,
      'mid.go': 'package mid\n\nimport "github.com/acme/core"\n\n// C is 42.\nconst C = core.C\n',
    };
    const sdk = {
      ...using('github.com/acme/mid', 'mid'),
      'go.mod': `module github.com/acme/sdk\n\ngo 1.16\n${beside('core', 'mid')}`,
    };
    await using world = await openWorld({ core: core(undefined, '1.16'), mid, sdk });
    await world.tidy(['mid', 'sdk']);
    world.repository.commit();
    expect(await world.publish(MAIN)).toMatchObject({ exitCode: 0, problems: [] });
    expect(await world.go.consume(world.path('sdk'), 'dev')).toMatch(/^v0/);
    expect(await buildClone(world, 'dev')).not.toContain('acme/core');
  });

  test('and verify compares them before the modules are published', async () => {
    await using world = await openWorld({
      core: core(),
      sdk: { ...using('github.com/acme/core') },
    });
    await world.tidy(['sdk']);
    world.repository.commit();
    const verify = ['build', 'vet', 'tidy'] as const;
    const ports = { env: { GOPROXY: 'off', GOSUMDB: 'off', GOPRIVATE: 'github.com/acme/*' } };
    const goModule = { core: { verify, ports }, sdk: { verify, ports } };
    expect(await world.publish(MAIN, { goModule })).toMatchObject({ exitCode: 0, problems: [] });
    world.repository.git('tag', 'v0.1.0');
    expect(await world.publish('refs/tags/v0.1.0', { goModule })).toMatchObject({ exitCode: 0 });
    await buildClone(world, 'v0.1.0');
  });

  test('for a mirror that is taken over: dev builds are named after its versions', async () => {
    await using world = await openWorld({
      core: core(),
      sdk: { ...using('github.com/acme/core') },
    });
    await world.tidy(['sdk']);
    world.repository.commit();
    await using hand = createTestRepository();
    hand.commit({ files: { ...core(), 'core.go': 'package core\n' } });
    hand.git('tag', 'v0.3.0');
    const takeOver = hand.commit({ files: { 'README.md': 'By hand' } });
    hand.git('push', '--quiet', world.bare('core'), 'main', 'v0.3.0');
    const report = await world.publish(MAIN, { goModule: { core: { takeOver } } });
    expect(report).toMatchObject({ exitCode: 0, problems: [] });
    expect(await world.go.consume(world.path('sdk'), 'dev')).toMatch(/^v0\.0\.0-/);
    expect(await buildClone(world, 'dev')).toMatch(/acme\/core v0\.3\.1-0\./);
  });

  test('for candidates, later releases and dev builds after them, of a major version 2', async () => {
    const sdk = { ...using('github.com/acme/core/v2') };
    sdk['go.mod'] = sdk['go.mod']?.replace('acme/sdk\n', 'acme/sdk/v2\n') ?? '';
    await using world = await openWorld({ core: core('github.com/acme/core/v2'), sdk });
    world.repository.write('package.json', { name: 'mono', version: '2.0.0' });
    await world.tidy(['sdk']);
    const required: string[] = [];
    for (const ref of ['v2.0.0-rc.1', 'dev', 'v2.0.0', 'dev']) {
      world.repository.commit();
      if (ref !== 'dev') world.repository.git('tag', ref);
      const report = await world.publish(ref === 'dev' ? MAIN : `refs/tags/${ref}`);
      expect(report).toMatchObject({ exitCode: 0, problems: [] });
      expect(await world.go.consume('github.com/acme/sdk/v2', ref)).toMatch(/^v2/);
      const goMod = await buildClone(world, ref);
      required.push(/core\/v2 (v\S+?)(?:-2025.*|\.2025.*)?$/m.exec(goMod)?.[1] ?? goMod);
    }
    expect(required).toEqual(['v2.0.0-rc.1', 'v2.0.0-rc.1.0', 'v2.0.0', 'v2.0.1-0']);
  });
});

needs('git')('a module that requires another of its release', () => {
  const pair = () => openWorld({ core: core(), sdk: { ...using('github.com/acme/core') } });
  const requiring = (world: World): void => {
    const goMod = `${using('github.com/acme/core')['go.mod']}\nrequire github.com/acme/core v0.0.0\n`;
    world.repository.commit({ files: { 'sdk/go.mod': goMod } });
  };

  test('is not published alone', async () => {
    await using world = await pair();
    requiring(world);
    expect(await world.publish(MAIN, { only: ['sdk'] })).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'requires-unpublished' }],
    });
    expect(world.refs().join('')).toBe('');
  });

  test('is not built if that one cannot be built', async () => {
    await using world = await pair();
    requiring(world);
    const report = await world.publish(MAIN, { goModule: { core: { fromCheckout: ['gen.go'] } } });
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [
        { code: 'go-not-in-checkout' },
        { code: 'requires-unbuilt', publisher: 'go:github.com/acme/sdk' },
      ],
    });
    expect(world.refs().join('')).toBe('');
  });

  test('is refused in place, where its go.mod cannot change', async () => {
    await using world = await pair();
    requiring(world);
    const report = await world.publish(MAIN, { inPlace: ['sdk'] });
    expect(report).toMatchObject({
      exitCode: 2,
      problems: [
        { code: 'go-placeholder-version', hint: expect.stringContaining('through a mirror') },
      ],
    });
  });
});
