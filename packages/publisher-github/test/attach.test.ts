import { needs } from '@ameide/local-registries/components';
import type { OpenedRun } from '@ameide/publisher-kit/testing';
import { InvalidInputError } from '@ameide/versioning-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
    expect(await outcomes(['release-record.json', '{}'], ['SHA256SUMS', 'abc'])).toEqual([
      'release-record.json attached',
      'SHA256SUMS attached',
    ]);
    expect(writes()).toBe(before + 2);
    expect(await lab.world.releases()).toMatchObject([{ draft: true, assets: [{}, {}, {}, {}] }]);
    expect(await outcomes(['release-record.json', '{}'], ['SHA256SUMS', 'abc'])).toEqual([
      'release-record.json already-there',
      'SHA256SUMS already-there',
    ]);
    expect(writes()).toBe(before + 2);
  });

  test('of an interrupted run are replaced in its draft', async () => {
    await publish();
    await attach(['release-record.json', '{"run":1}']);
    const [attached] = await attach(['release-record.json', '{"run":2}']);
    const [draft] = await lab.world.releases();
    const record = draft?.assets.find(({ name }) => name === 'release-record.json');
    expect(attached).toMatchObject({ outcome: 'attached', digest: record?.digest });
    expect(draft?.assets).toHaveLength(3);
  });

  test.each([false, true])('of a published release stay (immutable: %s)', async (immutable) => {
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: immutable });
    await publish();
    await attach(['release-record.json', '{"run":1}']);
    await run.publisher.promote?.(run.plan, run.step);
    const before = await lab.world.snapshot();
    expect(await outcomes(['release-record.json', '{"run":1}'])).toEqual([
      'release-record.json already-there',
    ]);
    expect(await outcomes(['release-record.json', '{"run":2}'])).toEqual([
      'release-record.json kept',
    ]);
    expect(await lab.world.snapshot()).toEqual(before);
  });

  test('are added to a published release that lacks them, unless it is immutable', async () => {
    await publish();
    await run.publisher.promote?.(run.plan, run.step);
    expect(await outcomes(['release-record.json', '{}'])).toEqual(['release-record.json attached']);
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
    for (const name of ['LICENSE.txt', '../x', '.x', 'a b'])
      await expect(attach([name, 'x'])).rejects.toThrow(InvalidInputError);
    await expect(attach(['x', ''])).rejects.toThrow(InvalidInputError);
    await expect(attach(['x', '1'], ['x', '2'])).rejects.toThrow(InvalidInputError);
    run = await lab.open(sha, 'refs/heads/main');
    expect(await attach(['release-record.json', '{}'])).toEqual([]);
    expect(writes()).toBe(0);
  });
});
