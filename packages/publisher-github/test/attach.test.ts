import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import type { OpenedRun } from '@ameide/publisher-kit/testing';
import { InvalidInputError } from '@ameide/versioning-core';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { GithubPublisher } from '../src/index.ts';
import { createLab, type Lab } from './lab.ts';

let lab: Lab;
let sha: string;
let run: OpenedRun<GithubPublisher>;

beforeEach(async () => {
  lab = await createLab();
  sha = lab.commit();
  run = await lab.open(sha, '1.0.0');
});

afterEach(async () => {
  expect(lab.world.github.violations()).toEqual([]);
  await lab[Symbol.asyncDispose]();
});

type Named = readonly [name: string, content: string];

const attach = async (...files: readonly Named[]) =>
  run.publisher.attach(
    run.plan,
    files.map(([name, content]) => ({
      name,
      content: Buffer.from(content),
      mediaType: 'application/json',
    })),
    run.step,
  );

const outcomes = async (...files: readonly Named[]) =>
  (await attach(...files)).map(({ name, outcome }) => `${name} ${outcome}`);

const publish = async () => run.publisher.publish(run.plan, await run.build(), run.step);

const writes = (): number => lab.world.proxy.mutating().length;

needs('git')('attached files', () => {
  test('are in the draft before it is published, each once', async () => {
    await publish();
    const before = writes();
    expect(await outcomes(['release-record.json', '{}'], ['notes.txt', 'abc'])).toEqual([
      'release-record.json attached',
      'notes.txt attached',
      'SHA256SUMS attached',
    ]);
    expect(writes()).toBe(before + 3);
    expect(await lab.world.releases()).toMatchObject([
      { draft: true, assets: [{}, {}, {}, {}, {}] },
    ]);
    expect(await outcomes(['release-record.json', '{}'], ['notes.txt', 'abc'])).toEqual([
      'release-record.json already-there',
      'notes.txt already-there',
      'SHA256SUMS already-there',
    ]);
    expect(writes()).toBe(before + 3);
  });

  test('of an interrupted run are replaced in its draft', async () => {
    await publish();
    await attach(['release-record.json', '{"run":1}']);
    const [attached] = await attach(['release-record.json', '{"run":2}']);
    const [draft] = await lab.world.releases();
    const record = draft?.assets.find(({ name }) => name === 'release-record.json');
    expect(attached).toMatchObject({ outcome: 'attached', digest: record?.digest });
    expect(draft?.assets).toHaveLength(4);
  });

  test.each([false, true])('of a published release stay (immutable: %s)', async (immutable) => {
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: immutable });
    await publish();
    await attach(['release-record.json', '{"run":1}']);
    await run.publisher.promote?.(run.plan, run.step);
    const before = await lab.world.snapshot();
    expect(await outcomes(['release-record.json', '{"run":1}'])).toEqual([
      'release-record.json already-there',
      'SHA256SUMS already-there',
    ]);
    expect(await outcomes(['release-record.json', '{"run":2}'])).toEqual([
      'release-record.json kept',
      'SHA256SUMS already-there',
    ]);
    expect(await lab.world.snapshot()).toEqual(before);
  });

  test('are added to a published release that lacks them, unless it is immutable', async () => {
    await publish();
    await run.publisher.promote?.(run.plan, run.step);
    expect(await outcomes(['release-record.json', '{}'])).toEqual([
      'release-record.json attached',
      'SHA256SUMS attached',
    ]);
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: true });
    run = await lab.open(lab.commit(), '1.1.0');
    await publish();
    await run.publisher.promote?.(run.plan, run.step);
    const before = writes();
    expect(await attach(['release-record.json', '{}'])).toMatchObject([
      { outcome: 'blocked', problem: { code: 'github-release-immutable' } },
    ]);
    expect(writes()).toBe(before);
  });

  test('need a draft, and names of their own', async () => {
    expect(await attach(['release-record.json', '{}'])).toMatchObject([
      { outcome: 'blocked', problem: { code: 'github-draft-missing' } },
    ]);
    for (const name of ['LICENSE.txt', 'SHA256SUMS', '../x', '.x', 'a b'])
      await expect(attach([name, 'x'])).rejects.toThrow(InvalidInputError);
    await expect(attach(['x', ''])).rejects.toThrow(InvalidInputError);
    await expect(attach(['x', '1'], ['x', '2'])).rejects.toThrow(InvalidInputError);
    run = await lab.open(sha, 'refs/heads/main');
    expect(await attach(['release-record.json', '{}'])).toEqual([]);
    expect(writes()).toBe(0);
  });
});

/** The assets of the only release, in a folder. */
async function download(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sums-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  const [release] = await lab.world.releases();
  const headers = {
    authorization: `Bearer ${lab.world.github.token}`,
    accept: 'application/octet-stream',
  };
  for (const { id, name } of release?.assets ?? []) {
    const url = `${lab.world.github.apiUrl}/repos/ameideio/ameide/releases/assets/${id}`;
    const response = await fetch(url, { headers });
    await writeFile(join(folder, name), Buffer.from(await response.arrayBuffer()));
  }
  return folder;
}

needs('git')('SHA256SUMS', () => {
  test('has every other file of the release, as sha256sum reads it', async () => {
    await publish();
    await attach(['release-record.json', '{}'], ['a.txt', 'a']);
    const folder = await download();
    const { stdout } = await promisify(execFile)(
      'sha256sum',
      ['--check', '--strict', 'SHA256SUMS'],
      {
        cwd: folder,
      },
    );
    expect(stdout.trimEnd().split('\n')).toEqual([
      'LICENSE.txt: OK',
      'a.txt: OK',
      'configuration-1.0.0.tar.gz: OK',
      'release-record.json: OK',
    ]);
  });

  test('of an interrupted run is replaced', async () => {
    await publish();
    await attach(['release-record.json', '{"run":1}']);
    const first = await readSums();
    expect(await outcomes(['release-record.json', '{"run":2}'])).toEqual([
      'release-record.json attached',
      'SHA256SUMS attached',
    ]);
    expect(await readSums()).not.toBe(first);
  });

  test('is not made while a file is missing', async () => {
    await publish();
    const [draft] = await lab.world.releases();
    const licence = draft?.assets.find(({ name }) => name === 'LICENSE.txt');
    await lab.world.api('DELETE', `/releases/assets/${licence?.id}`);
    expect(await outcomes(['release-record.json', '{}'])).toEqual(['release-record.json attached']);
  });

  test('that an immutable release lacks is no failure: a note says so', async () => {
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: true });
    await publish();
    await attach(['release-record.json', '{}']);
    const [draft] = await lab.world.releases();
    const sums = draft?.assets.find(({ name }) => name === 'SHA256SUMS');
    await lab.world.api('DELETE', `/releases/assets/${sums?.id}`);
    await run.publisher.promote?.(run.plan, run.step);
    const events: unknown[] = [];
    const step = { ...run.step, emit: (event: unknown) => void events.push(event) };
    const content = Buffer.from('{}');
    const file = { name: 'release-record.json', content, mediaType: 'application/json' };
    expect(await run.publisher.attach(run.plan, [file], step)).toMatchObject([
      { name: 'release-record.json', outcome: 'already-there' },
    ]);
    expect(events).toMatchObject([
      { isNote: true, message: expect.stringContaining('SHA256SUMS') },
    ]);
  });
});

async function readSums(): Promise<string> {
  return readFile(join(await download(), 'SHA256SUMS'), 'utf8');
}
