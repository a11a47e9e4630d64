import { execFile, execFileSync } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { type FileContent, literalSource } from '@ameide/publisher-kit/testing';
import { InvalidInputError } from '@ameide/versioning-core';
import Dockerode from 'dockerode';
import { describe, expect, test } from 'vitest';
import { type GhcrOptions, ghcr, type RunOptions } from '../src/index.ts';
import { worldOf } from './registry-world.ts';
import { release, SHA, step, stepWith, tree } from './release.ts';

const OPTIONS: GhcrOptions = {
  image: 'ghcr.io/a/b',
  files: 'sdk',
  platform: 'linux/amd64',
  ports: { env: process.env },
};

/** Builds, and lists the files in the layer, or the problems. */
async function pack(options: Partial<GhcrOptions>, files: Readonly<Record<string, FileContent>>) {
  const publisher = await ghcr({ ...OPTIONS, ...options }).open(tree());
  const plan = publisher.plan(release());
  const one = await step(files);
  const { problems = [], value } = await publisher.build(plan, one);
  const validated = await publisher.validate(plan, stepWith({ source: literalSource(files) }));
  const layer = value?.blobs[1];
  const listed =
    layer === undefined
      ? ''
      : execFileSync('tar', ['-tzf', '-'], { input: await readFile(layer.path), encoding: 'utf8' });
  return {
    files: listed.split('\n').filter((path) => path !== '' && !path.endsWith('/')),
    problems,
    planned: validated.map(({ code }) => code),
    notes: one.events.flatMap(({ isNote, message }) => (isNote === true ? [message] : [])),
  };
}

describe('include and exclude', () => {
  const files = {
    'sdk/bin/tool': '',
    'sdk/bin/tool.map': '',
    'sdk/README.md': '',
    'sdk/test/a.json': '',
    'sdk/lib/a.json': '',
    'sdk/.env': 'TOKEN=1',
  };

  test('choose files as lines of a .gitignore', async () => {
    const include = ['bin/', '*.json'];
    expect(await pack({ include, exclude: ['*.map', '/test'] }, files)).toEqual({
      files: ['bin/tool', 'lib/a.json'],
      problems: [],
      planned: [],
      notes: [],
    });
  });

  test('decide which files plan checks', async () => {
    expect((await pack({}, files)).planned).toEqual(['secret-file']);
    expect(await pack({ exclude: ['.env'] }, files)).toMatchObject({ problems: [], planned: [] });
  });

  test('a pattern of include that names nothing is refused; one of exclude is noted', async () => {
    const { problems, notes } = await pack({ include: ['bin/', '*.wasm'] }, files);
    expect(problems).toMatchObject([{ code: 'ghcr-files-missing' }]);
    expect(problems[0]?.message).toContain('"*.wasm"');
    expect(notes).toEqual([]);
    const idle = await pack({ exclude: ['.env', '*.wasm'] }, files);
    expect(idle.notes).toEqual([expect.stringContaining('"*.wasm", which names no file')]);
  });

  test('a link to what they leave out is refused', async () => {
    const linked = { ...files, 'sdk/bin/link': { link: '../README.md' } };
    const { problems, planned } = await pack({ include: ['bin/'] }, linked);
    expect(problems).toMatchObject([{ code: 'ghcr-link', path: 'sdk/bin/link' }]);
    expect(planned).toEqual(['ghcr-link']);
  });

  test('an image without a file is refused', async () => {
    const { problems } = await pack({ exclude: ['*'] }, files);
    expect(problems).toMatchObject([{ code: 'ghcr-files-missing' }]);
  });
});

const GO = `package main
import ("fmt"; "os")
func main() {
  directory, _ := os.Getwd()
  fmt.Print(os.Args[1:], " ", os.Getuid(), " ", os.Getgid(), " ", os.Getenv("NAME"), " ", directory)
}
`;

needs('docker-engine', 'go')('what a container runs', () => {
  test('is run by the engine as the option says', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const one = await step({ 'main.go': GO, 'sdk/srv/a': '' });
    const argv = ['build', '-o', join(one.checkout, 'sdk/tool'), join(one.checkout, 'main.go')];
    await promisify(execFile)('go', argv, { env: { ...process.env, CGO_ENABLED: '0' } });
    const run: RunOptions = {
      entrypoint: ['/opt/tool', 'serve'],
      command: ['--port', '8080'],
      user: '65532:100',
      environment: { NAME: 'a=b', A: '' },
      workingDirectory: '/opt/srv',
      exposedPorts: ['8080', '53/udp'],
    };
    const publisher = await ghcr(world.options({ run, path: '/opt' })).open(tree());
    const plan = publisher.plan(release());
    const { value: built, problems } = await publisher.build(plan, one);
    if (built === undefined) throw new Error(problems[0].message);
    await publisher.publish(plan, built, await step());
    const engine = new Dockerode();
    const name = `${world.image}:${SHA}`;
    await text(await engine.pull(name));
    try {
      const { Config } = await engine.getImage(name).inspect();
      expect(Config).toMatchObject({
        ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
        Env: ['A=', 'NAME=a=b'],
      });
      const container = await engine.createContainer({
        Image: name,
        HostConfig: { NetworkMode: 'none' },
      });
      const output = await container.attach({ stream: true, stdout: true, stderr: true });
      const printed = text(output);
      await container.start();
      await container.wait();
      await container.remove();
      expect(await printed).toContain('[serve --port 8080] 65532 100 a=b /opt/srv');
    } finally {
      await engine.getImage(name).remove();
    }
  });
});

test.each([
  ['is not there', { entrypoint: ['/tool'] }, 'is not among the files of sdk'],
  ['is not executable', { command: ['/a.txt'] }, 'is not executable'],
] as const)('a program that %s is refused', async (_name, run, why) => {
  const { problems } = await pack({ run }, { 'sdk/a.txt': '' });
  expect(problems).toMatchObject([{ code: 'ghcr-entrypoint' }]);
  expect(problems[0]?.message).toContain(why);
});

describe('a program of files that no container could start is refused', () => {
  const run: RunOptions = { entrypoint: ['/opt/tool'] };
  const refusal = async (files: Readonly<Record<string, FileContent>>, programs: string[]) => {
    const one = await step(files);
    for (const path of programs) await chmod(join(one.checkout, path), 0o755);
    const publisher = await ghcr({ ...OPTIONS, run, path: '/opt' }).open(tree());
    const { problems = [] } = await publisher.build(publisher.plan(release()), one);
    return problems.map(({ code, message }) => ({ code, message }));
  };

  test.each([
    ['#!/opt/bin/sh\n', undefined],
    ['#!/bin/sh\n', 'needs /bin/sh'],
    ['#! /usr/bin/env node\n', 'needs /usr/bin/env'],
    ['#!/opt/bin/sh\r\n', String.raw`needs "/opt/bin/sh\r"`],
    ['#!/opt/nested\n', 'needs /usr/bin/python3'],
    ['#!/opt/tool\n', undefined],
  ])('script %j', async (content, missing) => {
    const found = await refusal(
      {
        'sdk/bin/busybox': '',
        'sdk/bin/sh': { link: 'busybox' },
        'sdk/nested': '#!/usr/bin/python3',
        'sdk/tool': content,
      },
      ['sdk/bin/busybox', 'sdk/nested', 'sdk/tool'],
    );
    expect(found.map(({ code }) => code)).toEqual(missing === undefined ? [] : ['ghcr-entrypoint']);
    expect(found[0]?.message ?? '').toContain(missing ?? '');
  });

  test('also one that a link leads to', async () => {
    const files = { 'sdk/v1': '#!/bin/sh\n', 'sdk/tool': { link: 'v1' } };
    expect(await refusal(files, ['sdk/v1'])).toMatchObject([{ code: 'ghcr-entrypoint' }]);
  });

  needs('go')('built', () => {
    test.each([
      [{ GOOS: 'darwin', GOARCH: 'arm64' }, [], 'macOS', 'GOOS=linux'],
      [{ GOOS: 'windows' }, [], 'Windows', 'GOOS=linux'],
      [{ GOOS: 'linux' }, ['-buildmode=pie'], '/lib64/ld-linux-x86-64.so.2', 'CGO_ENABLED=0'],
      [{ GOOS: 'linux' }, [], undefined, ''],
    ])('with %j and %j', async (env, flags, why, hint) => {
      const one = await step({ 'main.go': 'package main\nfunc main() {}\n' });
      const argv = ['build', ...flags, '-o', join(one.checkout, 'sdk/tool'), 'main.go'];
      await promisify(execFile)('go', argv, {
        cwd: one.checkout,
        env: { ...process.env, CGO_ENABLED: '0', GOARCH: 'amd64', ...env },
      });
      const publisher = await ghcr({ ...OPTIONS, run, path: '/opt' }).open(tree());
      const { problems = [] } = await publisher.build(publisher.plan(release()), one);
      expect(problems.map(({ code }) => code)).toEqual(
        why === undefined ? [] : ['ghcr-entrypoint'],
      );
      expect(problems[0]?.message ?? '').toContain(why ?? '');
      expect(problems[0]?.hint ?? '').toContain(hint);
    });
  });
});

test.each<readonly [string, object]>([
  ['run.entrypoint', { run: { entrypoint: '/tool serve' } }],
  ['run.entrypoint', { run: { entrypoint: [] } }],
  ['run.entrypoint[0]', { run: { entrypoint: ['tool'] } }],
  ['run.command[0]', { run: { command: ['tool'] } }],
  ['run.command[1]', { run: { command: ['/tool', 1] } }],
  ['run.user', { run: { user: 'nonroot' } }],
  ['run.user', { run: { user: '1000:' } }],
  ['run.environment["A=B"]', { run: { environment: { 'A=B': '' } } }],
  ['run.environment.A', { run: { environment: { A: 1 } } }],
  ['run.workingDirectory', { run: { workingDirectory: 'srv' } }],
  ['run.workingDirectory', { run: { workingDirectory: '/srv/../etc' } }],
  ['run.exposedPorts[0]', { run: { exposedPorts: ['0/tcp'] } }],
  ['run.exposedPorts[0]', { run: { exposedPorts: ['65536'] } }],
  ['run.exposedPorts[0]', { run: { exposedPorts: ['80-90'] } }],
  ['run.entrypint', { run: { entrypint: ['/tool'] } }],
  ['include', { include: [] }],
  ['include[0]', { include: ['../a'] }],
  ['exclude[0]', { exclude: ['!a'] }],
])('%s: %j', (field, more) => {
  expect(() => ghcr({ ...OPTIONS, ...more })).toThrow(
    expect.objectContaining({ name: InvalidInputError.name, field }),
  );
});

test('a program needs a platform; with a Dockerfile, run, include and exclude are refused', () => {
  const { platform: _one, files: _files, ...options } = OPTIONS;
  const run: RunOptions = { entrypoint: ['/tool'] };
  const refused = (more: Partial<GhcrOptions>, field: string): void =>
    expect(() => ghcr({ ...options, ...more })).toThrow(expect.objectContaining({ field }));
  refused({ files: 'sdk', run }, 'platform');
  refused({ dockerfile: { directory: 'a' }, platform: 'linux/arm64', run }, 'run');
  refused({ dockerfile: { directory: 'a' }, exclude: ['a'] }, 'exclude');
  expect(() => ghcr({ ...options, files: { 'linux/arm64': 'sdk' }, run })).not.toThrow();
});
