import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import type { Built } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { BRANCH, git, type Lab, MODULE, NOON, openLab, tagRef } from './lab.ts';

const DEV = 'refs/heads/dev';

/** A commit made by hand in the mirror, and refs that name it. */
function foreign(
  lab: Lab,
  refs: readonly string[],
  message = 'By hand',
  tree = git(lab.bare, ['mktree']),
): string {
  const date = `${NOON} +0000`;
  const sha = git(lab.bare, ['commit-tree', '-m', message, tree], {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
  for (const ref of refs) git(lab.bare, ['update-ref', ref, sha]);
  return sha;
}

const published = (lab: Lab, ref: string): string => lab.refs()[ref] ?? '';

needs('git')('a mirror', () => {
  test('has one commit for a dev build and its later release; a second run of either sends nothing', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, BRANCH);
    const commit = published(lab, DEV);
    lab.tag('v0.1.0');
    expect((await lab.run(sha, tagRef('v0.1.0'))).findings).toMatchObject([
      { state: 'identical', sha, digest: commit },
    ]);
    const all = {
      [DEV]: commit,
      'refs/heads/main': commit,
      'refs/tags/v0.1.0': commit,
      [`refs/tags/source-${sha}`]: commit,
    };
    expect(lab.refs()).toEqual(all);
    expect(
      git(lab.bare, [
        'show',
        '--no-patch',
        '--format=%s|%b|%an|%ct|%cd',
        '--date=format:%z',
        commit,
      ]),
    ).toBe(
      `${MODULE} at ${sha.slice(0, 12)}|Source-Commit: ${sha}
|ameide-release|${NOON + 60}|+0000`,
    );
    expect(git(lab.bare, ['ls-tree', '-r', '--name-only', commit])).toBe('go.mod\nsdk.go');
    lab.proxy.clear();
    for (const ref of [BRANCH, tagRef('v0.1.0')]) {
      const again = await lab.run(sha, ref);
      expect(again).toMatchObject({
        problems: [],
        published: [{ outcome: 'already-there', digest: commit }],
        moves: [{ outcome: 'already' }],
      });
    }
    expect(lab.proxy.mutating()).toEqual([]);
    expect(lab.refs()).toEqual(all);
  });

  test('with a version tag that somebody else has set: the release is a conflict, and the tag does not move', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const theirs = foreign(lab, ['refs/heads/main', 'refs/tags/v0.1.0']);
    expect((await lab.run(sha, tagRef('v0.1.0'))).problems).toMatchObject([
      { code: 'go-tag-exists', kind: 'conflict', rerun: 'never' },
      { code: 'go-branch-not-ours' },
    ]);
    // Pressed on, it still writes nothing.
    const { publisher, plan, step, build } = await lab.open(sha, tagRef('v0.1.0'));
    const built = await build();
    const outcome = await publisher.publish(plan, built, step);
    expect(outcome).toMatchObject([{ outcome: 'conflict', problem: { code: 'go-tag-exists' } }]);
    expect(lab.refs()).toEqual({ 'refs/heads/main': theirs, 'refs/tags/v0.1.0': theirs });
    expect(lab.proxy.mutating()).toEqual([]);
    expect(await lab.trace('v0.1.0')).toMatchObject({
      state: 'conflict',
      problem: { code: 'go-not-ours' },
    });
  });

  test('with a commit that names ours and holds other files: a conflict, and the tag does not move', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    foreign(lab, [`refs/tags/source-${sha}`], `${MODULE}\n\nSource-Commit: ${sha}`);
    const run = await lab.run(sha, tagRef('v0.1.0'));
    expect(run.problems).toMatchObject([
      { code: 'go-mirror-altered', kind: 'conflict', rerun: 'never' },
    ]);
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('whose main is not ours: reported before anything is written, and each hint works', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const theirs = foreign(lab, ['refs/heads/main'], 'Initial commit');
    const run = await lab.run(sha, tagRef('v0.1.0'));
    expect(run).toMatchObject({ problems: [{ code: 'go-branch-not-ours' }], published: [] });
    expect(run.problems[0]?.hint).toMatch(
      /Otherwise rename that branch on its host .* branches\. /,
    );
    expect(lab.refs()).toEqual({ 'refs/heads/main': theirs });
    // A dev build does not move main.
    expect((await lab.run(sha, BRANCH)).problems).toEqual([]);
    const elsewhere = await lab.run(sha, tagRef('v0.1.0'), { branches: { release: 'trunk' } });
    expect(elsewhere).toMatchObject({ problems: [], moves: [{ outcome: 'moved' }] });
    // A version of ours is published now: a person may put the branch on it.
    const hint = run.problems[0]?.hint ?? '';
    expect(hint).toMatch(new RegExp(`move-pointer go:\\S+@main --to VERSION --from ${theirs}$`));
    const { publisher, plan, step } = await lab.open(sha, tagRef('v0.1.0'));
    const [pointer] = plan.pointers;
    if (pointer === undefined) throw new Error('a release plans its branch');
    const move = { pointer, from: theirs };
    expect(await publisher.movePointer?.(plan, move, step)).toMatchObject({ outcome: 'moved' });
    git(lab.bare, ['update-ref', 'refs/heads/main', theirs]);
    git(lab.bare, ['branch', '--move', 'main', 'before']);
    expect((await lab.run(sha, tagRef('v0.1.0'))).moves).toMatchObject([{ outcome: 'moved' }]);
  });

  test('whose release was bad: a person moves main back, from any commit, by any name of the version', async () => {
    await using lab = await openLab();
    for (const version of ['v0.1.0', 'v0.2.0']) {
      lab.tag(version, lab.commit());
      await lab.run(lab.commit(), BRANCH);
      await lab.run(git(lab.directory, ['rev-list', '-1', version]), tagRef(version));
    }
    const { publisher, plan, step } = await lab.open(lab.commit(), BRANCH);
    const [dev] = plan.pointers;
    if (dev === undefined) throw new Error('a dev build plans its branch');
    const pointer = { ...dev, pointer: 'main', version: 'v0.1.0' };
    const move = async (from: string) => publisher.movePointer?.(plan, { pointer, from }, step);
    expect(await move('v0.1.0')).toMatchObject({ outcome: 'blocked' });
    expect(await move('v0.2.0')).toMatchObject({ outcome: 'moved' });
    expect(published(lab, 'refs/heads/main')).toBe(published(lab, 'refs/tags/v0.1.0'));
  });

  test('with a commit that would get another parent today: it is still ours', async () => {
    await using lab = await openLab();
    const [older, newer] = [lab.commit(), lab.commit()];
    await lab.run(older, BRANCH);
    await lab.run(newer, BRANCH);
    const root = published(lab, DEV);
    // The older one is released afterwards, so that today the newer one's parent would be that
    // release.
    lab.tag('v0.1.0', older);
    await lab.run(older, tagRef('v0.1.0'));
    lab.proxy.clear();
    expect(await lab.run(newer, BRANCH)).toMatchObject({
      published: [{ outcome: 'already-there' }],
      findings: [{ state: 'identical', digest: root }],
    });
    // And a child of a release whose tag was deleted since: the commit has to be read.
    const child = lab.commit();
    const first = await lab.run(child, BRANCH);
    expect(first.findings[0]?.resolved).toMatch(/^v0\.1\.1-0\./);
    git(lab.bare, ['tag', '--delete', 'v0.1.0']);
    const { publisher, plan, step } = await lab.open(child, BRANCH);
    const [finding] = await publisher.inspect({ plan }, step);
    expect(finding).toMatchObject({
      state: 'same-source',
      sha: child,
      digest: published(lab, DEV),
    });
    expect(finding).not.toHaveProperty('resolved');
    expect(await lab.run(child, BRANCH)).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
      moves: [{ outcome: 'already' }],
    });
  });

  test('whose source tag was deleted: the next run sets it again, on the release’s own commit', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, tagRef('v0.1.0'));
    const commit = published(lab, 'refs/tags/v0.1.0');
    git(lab.bare, ['tag', '--delete', `source-${sha}`]);
    const { publisher, plan, step } = await lab.open(sha, tagRef('v0.1.0'));
    const [half] = await publisher.inspect({ plan }, step);
    expect(half).toMatchObject({
      state: 'same-source',
      files: [
        { name: 'v0.1.0', state: 'identical' },
        { name: `source-${sha}`, state: 'absent' },
      ],
    });
    expect((await lab.run(sha, tagRef('v0.1.0'))).published).toMatchObject([
      { outcome: 'published' },
    ]);
    expect(published(lab, `refs/tags/source-${sha}`)).toBe(commit);
  });

  test('with an annotated version tag on the right commit: the version is there already', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, BRANCH);
    git(lab.bare, ['tag', '--annotate', '--message=release', 'v0.1.0', published(lab, DEV)]);
    lab.proxy.clear();
    expect(await lab.run(sha, tagRef('v0.1.0'))).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
    });
    expect(lab.moves('refs/heads/main')).toEqual([published(lab, DEV)]);
  });

  test('whose main names the highest release: a lower one does not move it', async () => {
    await using lab = await openLab();
    const [old, first, second] = [lab.commit(), lab.commit(), lab.commit()];
    await lab.run(first, tagRef('v0.1.0'));
    await lab.run(second, tagRef('v0.2.0'));
    const highest = published(lab, 'refs/tags/v0.2.0');
    expect((await lab.run(old, tagRef('v0.1.1'))).moves).toMatchObject([
      { outcome: 'superseded', from: 'v0.2.0' },
    ]);
    // Nor backwards when the version that it names has lost its tag.
    git(lab.bare, ['tag', '--delete', 'v0.2.0']);
    expect((await lab.run(old, tagRef('v0.1.2'))).moves).toMatchObject([
      { outcome: 'superseded', from: `source-${second}` },
    ]);
    expect(lab.moves('refs/heads/main')).toEqual([published(lab, 'refs/tags/v0.1.0'), highest]);
  });

  test('whose dev branch names a commit that a squash merge has removed: it does not move, and each hint works', async () => {
    await using lab = await openLab();
    const [kept, gone] = [lab.commit(), lab.commit()];
    await lab.run(gone, BRANCH);
    const removed = join(lab.scratch(), 'removed.git');
    git(lab.directory, ['clone', '--quiet', '--bare', '.', removed]);
    git(lab.directory, ['reset', '--quiet', '--hard', kept]);
    git(lab.directory, ['reflog', 'expire', '--expire=now', '--all']);
    git(lab.directory, ['gc', '--quiet', '--prune=now']);
    const { moves } = await lab.run(kept, BRANCH);
    expect(moves).toMatchObject([
      {
        outcome: 'blocked',
        from: `source-${gone}`,
        problem: { code: 'go-ancestry-unknown', rerun: 'after-fix' },
      },
    ]);
    expect(lab.moves(DEV)).toHaveLength(1);
    const { hint = '' } = moves[0]?.problem ?? {};
    expect(hint).toContain('git fetch --all');
    // The commit is on another branch.
    git(lab.directory, ['fetch', '--quiet', removed, 'main']);
    expect((await lab.run(kept, BRANCH)).moves).toMatchObject([{ outcome: 'superseded' }]);
    // It is gone: the command of the hint (run in the tests of the command).
    expect(hint).toMatch(
      new RegExp(
        `ameide-release move-pointer go:\\S+@dev --to source-${kept} --from source-${gone}$`,
      ),
    );
  });

  describe('traces', () => {
    test('many commits at the same time, although git fetches one at a time', async () => {
      await using lab = await openLab();
      const shas = [lab.commit(), lab.commit(), lab.commit()];
      for (const sha of shas) await lab.run(sha, BRANCH);
      const { publisher, plan, step } = await lab.open(shas[0] ?? '', BRANCH);
      const name = plan.coordinates[0]?.name ?? '';
      const found = await Promise.all(
        shas.map((sha) =>
          publisher.inspect(
            { coordinate: { ecosystem: 'go', name, version: `source-${sha}` } },
            step,
          ),
        ),
      );
      expect(found.flat()).toMatchObject(shas.map((sha) => ({ state: 'same-source', sha })));
    });

    test('a pseudo-version with the commit’s own time, and no other', async () => {
      await using lab = await openLab();
      const sha = lab.commit();
      await lab.run(sha, BRANCH);
      const { resolved = '' } = await lab.trace(`source-${sha}`);
      expect(await lab.trace(resolved)).toMatchObject({ state: 'same-source', sha });
      // Another time than the commit's: `go` refuses it.
      expect(await lab.trace(resolved.replace('-2025', '-2024'))).toMatchObject({
        state: 'absent',
        problem: { code: 'go-invalid-version' },
      });
      expect(await lab.trace('v1.0.0')).toMatchObject({ state: 'absent' });
      expect(await lab.trace(`source-${'0'.repeat(40)}`)).toMatchObject({ state: 'absent' });
      // Its tag is deleted, and the branch still holds it.
      git(lab.bare, ['tag', '--delete', `source-${sha}`]);
      expect(await lab.trace(resolved)).toMatchObject({ state: 'same-source', sha });
    });
  });

  test('whose host gives away only what a ref names: the commit of an annotated tag is read by that tag', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, tagRef('v0.1.0'));
    const commit = published(lab, 'refs/tags/v0.1.0');
    for (const ref of Object.keys(lab.refs())) git(lab.bare, ['update-ref', '-d', ref]);
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
    git(lab.bare, [...who, 'tag', '--annotate', '--message', 'By hand', 'v0.1.0', commit]);
    // git's own host gives away all that it has in version 2 of the protocol, whatever it is told.
    git(lab.bare, ['config', 'uploadpack.allowReachableSHA1InWant', 'false']);
    const { processes, ...ports } = lab.ports;
    if (processes === undefined) throw new Error('the lab has processes');
    const old: typeof processes = {
      ...processes,
      run: ({ argv: [program, ...args], ...command }) =>
        processes.run({ ...command, argv: [program, '-c', 'protocol.version=0', ...args] }),
    };
    lab.argv.length = 0;
    expect(await lab.trace('v0.1.0', { ports: { ...ports, processes: old } })).toMatchObject({
      state: 'same-source',
      sha,
      digest: commit,
    });
    const fetched = lab.argv.filter((argv) => argv.includes('fetch')).map((argv) => argv.at(-1));
    expect(fetched).toEqual([commit, 'refs/tags/v0.1.0']);
  });

  test('is asked with few requests and few processes', async () => {
    await using lab = await openLab();
    const [first, second] = [lab.commit(), lab.commit()];
    await lab.run(first, tagRef('v0.1.0'));
    lab.tag('v0.1.0', first);
    const run = await lab.open(second, tagRef('v0.2.0'));
    const { publisher, plan } = run;
    const count = async (work: () => Promise<unknown>): Promise<string> => {
      lab.proxy.clear();
      lab.argv.length = 0;
      await work();
      const networked = lab.argv.filter((argv) =>
        argv.some((word) => ['ls-remote', 'fetch', 'push'].includes(word)),
      );
      return `${lab.proxy.requests.length} requests, ${networked.length} git commands to the host, ${lab.argv.length - networked.length} here`;
    };
    // The engine's preflight asks all at once: one list of refs serves both.
    expect(
      await count(() =>
        Promise.all([
          publisher.check(plan, run.step),
          publisher.inspect({ plan }, run.step),
          publisher.pointers?.(plan, run.step),
        ]),
      ),
    ).toBe('2 requests, 1 git commands to the host, 0 here');
    const made: Built[] = [];
    // The release before it, which is the parent. The list is known since the preflight.
    expect(await count(async () => made.push(await run.build()))).toBe(
      '2 requests, 1 git commands to the host, 4 here',
    );
    const [built] = made;
    if (built === undefined) throw new Error('not built');
    // git's own look at the refs, and the pack.
    expect(await count(() => publisher.publish(plan, built, run.step))).toBe(
      '2 requests, 1 git commands to the host, 0 here',
    );
    expect(await count(() => publisher.inspect({ plan, built }, run.step))).toBe(
      '1 requests, 1 git commands to the host, 0 here',
    );
    expect(await count(async () => publisher.promote?.(plan, run.step))).toBe(
      // The list is known. It is read back: a hook may undo an accepted push.
      '3 requests, 2 git commands to the host, 0 here',
    );
    expect(lab.refs()).toMatchObject({ 'refs/heads/main': built.artifacts[0]?.digest });
    // Everything is there: what does not move is read again, as no push would show that it moved.
    const again = await lab.open(second, tagRef('v0.2.0'));
    expect(
      await count(() =>
        Promise.all([
          again.publisher.check(again.plan, again.step),
          again.publisher.inspect({ plan: again.plan }, again.step),
          again.publisher.pointers?.(again.plan, again.step),
        ]),
      ),
    ).toBe('2 requests, 1 git commands to the host, 0 here');
    expect(await count(async () => again.publisher.promote?.(again.plan, again.step))).toBe(
      '1 requests, 1 git commands to the host, 0 here',
    );
    // Its dev build, as trace asks: what the release retracts is in the go.mod that the source has.
    const traced = await lab.open(second, BRANCH);
    expect(
      await count(async () => {
        const findings = await traced.publisher.inspect({ plan: traced.plan }, traced.step);
        expect(findings).toMatchObject([{ state: 'identical', resolved: 'v0.2.0' }]);
      }),
    ).toMatch(/^1 requests, 1 git commands to the host, /);
  });
});
