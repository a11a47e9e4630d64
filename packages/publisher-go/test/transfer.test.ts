import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import type { OpenedRun } from '@ameide/publisher-kit/testing';
import type { Built } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { BRANCH, git, type Lab, type LabOptions, openLab, tagRef } from './lab.ts';

// What one machine builds and another one publishes.

type What = readonly [sha: string, ref: string, options?: LabOptions];

async function save(lab: Lab, ...what: What): Promise<string> {
  const { build, publisher, step } = await lab.open(...what);
  const folder = lab.scratch();
  await publisher.save(await build(), folder, step);
  return folder;
}

/** Loads a folder on a machine that knows nothing of the mirror. */
async function load(
  lab: Lab,
  folder: string,
  ...what: What
): Promise<{ readonly run: OpenedRun; readonly built: Built }> {
  const run = await lab.open(...what);
  const { value: built, problems } = await run.publisher.load(run.plan, folder, run.step);
  if (built === undefined) throw new Error(problems.map(({ message }) => message).join('\n'));
  return { run, built };
}

/** Everything that the engine does after it has loaded the build. */
async function publish(
  { built, run }: { readonly run: OpenedRun; readonly built: Built },
  requests: () => number,
) {
  const { plan, publisher, step } = run;
  const counted: number[] = [];
  const count = async <T>(work: () => Promise<T>): Promise<T> => {
    const before = requests();
    const result = await work();
    counted.push(requests() - before);
    return result;
  };
  const before = await count(() => publisher.inspect({ plan, built }, step));
  const published = await count(() => publisher.publish(plan, built, step));
  const findings = await count(() => publisher.inspect({ plan, built }, step));
  const moves = await count(async () => publisher.promote?.(plan, step));
  return { before, published, findings, moves, counted };
}

const parentOf = (lab: Lab, commit = ''): string => git(lab.bare, ['rev-parse', `${commit}^@`]);

/** A mirror with v0.1.0, and a commit after it that changes one of its files. */
async function released(lab: Lab): Promise<{ readonly next: string; readonly parent: string }> {
  lab.commit();
  const first = lab.commit();
  lab.tag('v0.1.0', first);
  await lab.run(first, tagRef('v0.1.0'));
  return { next: lab.commit(), parent: lab.refs()['refs/tags/v0.1.0'] ?? '' };
}

needs('git')('a mirror commit that another machine made', () => {
  test.each([
    ['a release', tagRef('v0.2.0')],
    ['a dev build', BRANCH],
  ])('of %s is loaded without a request, and nothing of it is fetched later', async (_, ref) => {
    await using lab = await openLab();
    const { next, parent } = await released(lab);
    const folder = await save(lab, next, ref);
    lab.proxy.clear();
    const loaded = await load(lab, folder, next, ref);
    expect(lab.proxy.requests).toEqual([]);
    const done = await publish(loaded, () => lab.proxy.requests.length);
    expect(done).toMatchObject({
      before: [{ state: 'absent' }],
      published: [{ outcome: 'published' }],
      findings: [{ state: 'identical', sha: next }],
      moves: [{ outcome: 'moved' }],
      // The refs; the push; the refs; the push of the branch, and the refs.
      counted: [1, 2, 1, 3],
    });
    if (ref === BRANCH) expect(done.findings[0]?.resolved).toMatch(/^v0\.1\.1-0\./);
    expect(parentOf(lab, done.findings[0]?.digest)).toBe(parent);
    git(lab.bare, ['fsck', '--strict', '--connectivity-only']);
  });

  test('is saved without the files of its parent: a secret that it removes does not refuse it', async () => {
    await using lab = await openLab();
    const { next, parent } = await released(lab);
    const folder = await save(lab, next, BRANCH);
    const pack = join(lab.scratch(), 'commit.pack');
    copyFileSync(join(folder, 'commit.pack'), pack);
    git(lab.bare, ['index-pack', pack]);
    const packed = git(lab.bare, ['verify-pack', '--verbose', pack]);
    const has = (name: string): boolean => packed.includes(git(lab.bare, ['rev-parse', name]));
    expect(['', ':go.mod', ':change.go'].map((path) => has(`${parent}${path}`))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('is refused before anything is written if the mirror has got a release between it and its parent', async () => {
    await using lab = await openLab();
    const first = lab.commit();
    lab.tag('v0.1.0', first);
    await lab.run(first, tagRef('v0.1.0'));
    const between = lab.commit();
    lab.tag('v0.1.1', between);
    const next = lab.commit();
    const folder = await save(lab, next, tagRef('v0.2.0'));
    await lab.run(between, tagRef('v0.1.1'));
    lab.proxy.clear();
    const { built, run } = await load(lab, folder, next, tagRef('v0.2.0'));
    const { plan, publisher, step } = run;
    expect(await publisher.inspect({ plan, built }, step)).toMatchObject([
      { state: 'unknown', problem: { code: 'built-folder', kind: 'input', effect: 'none' } },
    ]);
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('is refused if its parent has lost its tag', async () => {
    await using lab = await openLab();
    const { next } = await released(lab);
    const folder = await save(lab, next, BRANCH);
    git(lab.bare, ['tag', '--delete', 'v0.1.0']);
    const { built, run } = await load(lab, folder, next, BRANCH);
    const [finding] = await run.publisher.inspect({ plan: run.plan, built }, run.step);
    expect(finding?.problem?.message).toMatch(/now come after none/);
  });

  test('is there already: nothing is sent, and it needs no parent', async () => {
    await using lab = await openLab();
    const { next } = await released(lab);
    const ref = tagRef('v0.2.0');
    const folder = await save(lab, next, ref);
    await lab.run(next, ref);
    git(lab.bare, ['tag', '--delete', 'v0.1.0']);
    lab.proxy.clear();
    const done = await publish(await load(lab, folder, next, ref), () => lab.proxy.requests.length);
    expect(done).toMatchObject({
      before: [{ state: 'identical' }],
      published: [{ outcome: 'already-there' }],
      moves: [{ outcome: 'already' }],
    });
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('is there on another parent: the mirror keeps that', async () => {
    await using lab = await openLab();
    const { next } = await released(lab);
    const folder = await save(lab, next, BRANCH);
    git(lab.directory, ['push', '--quiet', lab.bare, `${next}:refs/heads/source`]);
    const message = `other parents\n\nSource-Commit: ${next}`;
    const other = git(lab.bare, ['commit-tree', `${next}:packages/sdk`, '-m', message]);
    git(lab.bare, ['tag', `source-${next}`, other]);
    const { built, run } = await load(lab, folder, next, BRANCH);
    expect(await run.publisher.inspect({ plan: run.plan, built }, run.step)).toMatchObject([
      { state: 'same-source', digest: other },
    ]);
  });

  test('has a parent that only an annotated tag names: it is fetched before anything is written', async () => {
    await using lab = await openLab();
    const { next, parent } = await released(lab);
    git(lab.bare, ['update-ref', '-d', 'refs/heads/main']);
    for (const tag of Object.keys(lab.refs()))
      if (tag.includes('/source-')) git(lab.bare, ['update-ref', '-d', tag]);
    git(lab.bare, [
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@example.org',
      'tag',
      '-fam',
      'by hand',
      'v0.1.0',
      parent,
    ]);
    const ref = tagRef('v0.2.0');
    const folder = await save(lab, next, ref);
    lab.proxy.clear();
    const loaded = await load(lab, folder, next, ref);
    expect(lab.proxy.requests).toEqual([]);
    const done = await publish(loaded, () => lab.proxy.requests.length);
    expect(done).toMatchObject({ published: [{ outcome: 'published' }], counted: [3, 2, 1, 3] });
    expect(parentOf(lab, done.findings[0]?.digest)).toBe(parent);
  });

  test('comes after a commit that is taken over, with all of its history', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const tree = git(lab.bare, ['mktree']);
    const person = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    const old = git(lab.bare, [...person, 'commit-tree', '-m', 'by hand', tree]);
    const takeOver = git(lab.bare, [...person, 'commit-tree', '-p', old, '-m', 'by hand', tree]);
    git(lab.bare, ['tag', 'v0.0.9', old]);
    git(lab.bare, ['update-ref', 'refs/heads/main', takeOver]);
    const folder = await save(lab, sha, BRANCH, { takeOver });
    lab.proxy.clear();
    const loaded = await load(lab, folder, sha, BRANCH, { takeOver });
    expect(lab.proxy.requests).toEqual([]);
    const { findings, published } = await publish(loaded, () => lab.proxy.requests.length);
    expect(published).toMatchObject([{ outcome: 'published' }]);
    expect(parentOf(lab, findings[0]?.digest)).toBe(takeOver);
    expect(findings[0]?.resolved).toMatch(/^v0\.0\.10-0\./);
  });
});
