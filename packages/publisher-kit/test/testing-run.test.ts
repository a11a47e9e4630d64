import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import {
  createTestRepository,
  literalCommit,
  openRun,
  repositoryCommit,
  runPublisher,
  testRelease,
} from '@ameide/publisher-kit/testing';
import { type Publisher, problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';

import { fakePublisher, fakeRegistry } from './contract/fake-publisher.ts';
import { releaseTwice } from './testing-run.example.ts';

const FILES = { 'package.json': '{"name":"@example/fake","version":"0.1.0"}\n' };

needs('git')('a commit of a repository', () => {
  test('is published by every verb in its order, and a second run changes nothing', async () => {
    const registry = fakeRegistry('t');
    const calls: string[] = [];
    const definition = {
      label: 'fake',
      open: async (...given: Parameters<ReturnType<typeof fakePublisher>['open']>) =>
        recordingCalls(await fakePublisher(registry, 't').open(...given), calls),
    };
    const { first, second } = await releaseTwice(definition, FILES);
    const once = ['check', 'inspect', 'pointers', 'build', 'publish', 'inspect', 'promote'];
    expect(calls).toEqual([...once, ...once]);
    expect(first).toMatchObject({
      problems: [],
      published: [{ outcome: 'published' }],
      findings: [{ state: 'identical' }],
      moves: [{ outcome: 'moved', pointer: { pointer: 'latest' } }],
    });
    expect(second).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
      moves: [{ outcome: 'already' }],
    });
  });

  test('has the tags and the address of its repository, or what a test says', async () => {
    await using repository = createTestRepository({ origin: 'https://github.com/example/fake' });
    repository.commit({ files: FILES });
    repository.git('tag', 'v0.1.0');
    const sha = repository.commit();
    const opened = await repository.open();
    const at = { sha, ref: 'refs/heads/main' };
    const release = await (await repositoryCommit(opened, at)).release([]);
    expect(release).toMatchObject({
      canonical: { base: '0.1.0', sha },
      versions: { target: '0.1.1' },
      repository: 'https://github.com/example/fake',
    });
    const told = await repositoryCommit(opened, { ...at, tags: [], base: '0.3.0' });
    expect((await told.release([])).versions.target).toBe('0.3.0');
  });
});

/** Notes each verb that is called. */
function recordingCalls(publisher: Publisher, calls: string[]): Publisher {
  return new Proxy(publisher, {
    get(target, verb: keyof Publisher) {
      const value = target[verb];
      if (typeof value !== 'function' || verb === 'plan') return value;
      return (...given: unknown[]) => (calls.push(verb), Reflect.apply(value, target, given));
    },
  });
}

describe('a literal commit', () => {
  const definition = fakePublisher(fakeRegistry('t'), 't');

  test('is released as testRelease says, with the publisher’s own members once', async () => {
    const member = { ecosystem: 'npm', name: '@example/fake' } as const;
    const release = testRelease({ base: '1.2.0', channel: 'release', members: [member] });
    for (const commit of [
      literalCommit(FILES, { release }),
      literalCommit(FILES, { release: { base: '1.2.0', channel: 'release' } }),
    ]) {
      await using run = await openRun(definition, commit);
      expect(run.release).toEqual({ ...release, members: [member] });
      expect(run.plan.coordinates).toMatchObject([{ version: '1.2.0' }]);
    }
  });

  test.each([
    ['objects', false, false],
    ['checkout', true, true],
    ['own-checkout', true, false],
  ] as const)('a build from %s', async (buildsFrom, hasFiles, isShared) => {
    const checkouts: string[] = [];
    const shared: string[] = [];
    const literal = literalCommit(FILES);
    const commit = {
      ...literal,
      checkout: async (folder: string) => (shared.push(folder), literal.checkout(folder)),
    };
    const builder = fakePublisher(fakeRegistry('t'), 't', () => ({
      buildsFrom,
      build: async (_plan, { checkout }) => {
        checkouts.push(checkout);
        const isThere = existsSync(join(checkout, 'package.json'));
        return {
          problems: [problem({ code: `${hasFiles && isThere}`, kind: 'incomplete', message: '' })],
        };
      },
    }));
    await using run = await openRun(builder, commit);
    expect(run.step.checkout).toBe('');
    expect(await run.tryBuild()).toMatchObject({ problems: [{ code: `${hasFiles}` }] });
    expect(shared.includes(checkouts[0] ?? '')).toBe(isShared);
    await expect(run.build()).rejects.toThrow(`build: ${hasFiles}: `);
  });

  test('a problem ends the run before the next write', async () => {
    const registry = fakeRegistry('other');
    const report = await runPublisher(fakePublisher(registry, 't'), literalCommit(FILES));
    expect(report).toMatchObject({
      problems: [{ kind: 'authentication' }],
      published: [],
      findings: [{ state: 'absent' }],
      moves: [],
    });
    expect(registry.versions.size).toBe(0);
  });

  test('its folders are gone when the run is disposed of', async () => {
    const run = await openRun(definition, literalCommit(FILES));
    expect(existsSync(run.step.workspace)).toBe(true);
    await run[Symbol.asyncDispose]();
    expect(existsSync(run.step.workspace)).toBe(false);
  });
});

test('the example in the README is the file that runs here', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  const blocks = [...read('../README.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code]) => code,
  );
  expect(blocks).toContain(read('./testing-run.example.ts'));
});
