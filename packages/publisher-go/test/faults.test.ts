import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { BRANCH, git, type Lab, MODULE, openLab, tagRef } from './lab.ts';

const DEV = 'refs/heads/dev';

/** Holds every push (its pack, not its look at the refs) back until `parties` of them have come. */
function barrier(
  parties: number,
): (request: { readonly method: string; readonly path: string }) => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async ({ method, path }) => {
    if (method !== 'POST' || !path.endsWith('/git-receive-pack')) return;
    arrived += 1;
    if (arrived >= parties) open();
    await opened;
  };
}

/** The source commit behind every value that a branch of the mirror ever had. */
const history = (lab: Lab, ref: string): (string | undefined)[] =>
  lab
    .moves(ref)
    .map(
      (commit) => /Source-Commit: (\w+)/.exec(git(lab.bare, ['cat-file', 'commit', commit]))?.[1],
    );

needs('git')('a mirror, when', () => {
  test('two runs publish one commit at once: one tag each, and both succeed', async () => {
    await using lab = await openLab({ proxy: { onRequest: barrier(2) } });
    const sha = lab.commit();
    const both = await Promise.all([lab.run(sha, BRANCH), lab.run(sha, BRANCH)]);
    for (const run of both)
      expect(run).toMatchObject({ problems: [], findings: [{ state: 'identical', sha }] });
    expect(lab.moves(`refs/tags/source-${sha}`)).toHaveLength(1);
    expect(lab.moves(DEV)).toHaveLength(1);
  });

  test('a branch and its release tag are pushed at once: neither calls the other’s tag a conflict', async () => {
    await using lab = await openLab({ proxy: { onRequest: barrier(2) } });
    const sha = lab.commit();
    const [dev, release] = await Promise.all([
      lab.run(sha, BRANCH),
      lab.run(sha, tagRef('v0.1.0')),
    ]);
    expect(dev).toMatchObject({ problems: [], findings: [{ state: 'identical' }] });
    expect(release).toMatchObject({ problems: [], findings: [{ state: 'identical' }] });
    const { [DEV]: commit, ...rest } = lab.refs();
    expect(rest).toEqual({
      'refs/heads/main': commit,
      'refs/tags/v0.1.0': commit,
      [`refs/tags/source-${sha}`]: commit,
    });
  });

  test('another run makes another commit of ours: modules that name this build are not published', async () => {
    await using lab = await openLab();
    const members = [
      { ecosystem: 'go', name: 'example.org/other', mirror: 'https://git.example.org/other.git' },
    ] as const;
    const sha = lab.commit();
    const run = await lab.open(sha, BRANCH, { members });
    const built = await run.build();
    git(lab.directory, ['push', '--quiet', lab.bare, `${sha}:refs/heads/source`]);
    const message = `other parents\n\nSource-Commit: ${sha}`;
    const other = git(lab.bare, ['commit-tree', `${sha}:packages/sdk`, '-m', message]);
    git(lab.bare, ['tag', `source-${sha}`, other]);
    expect(await run.publisher.publish(run.plan, built, run.step)).toMatchObject([
      { outcome: 'incomplete', problem: { code: 'go-built-elsewhere', rerun: 'safe' } },
    ]);
    // The next run names what the mirror has.
    expect(await lab.run(sha, BRANCH, { members })).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
      findings: [{ digest: other }],
    });
  });

  test.each([0, 1])(
    'two commits race for the dev branch: it never moves backwards (%i goes first)',
    async (first) => {
      // Both see no branch; the pushes are let through one after the other.
      let race: ((path: string) => Promise<void>) | undefined;
      await using lab = await openLab({
        proxy: { onRequest: ({ method, path }) => (method === 'POST' ? race?.(path) : undefined) },
      });
      const commits = [lab.commit(), lab.commit()];
      const opened = await Promise.all(commits.map((sha) => lab.open(sha, BRANCH)));
      for (const { publisher, plan, step, build } of opened) {
        const built = await build();
        await publisher.publish(plan, built, step);
      }
      let waiting: (() => void)[] = [];
      race = async (path) => {
        if (!path.endsWith('/git-receive-pack') || race === undefined) return;
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length < 2) return;
          race = undefined;
          if (first === 1) waiting = waiting.toReversed();
          waiting[0]?.();
          // The second goes on once the first has landed.
          const wait = (): void =>
            void (lab.refs()[DEV] === undefined ? setTimeout(wait, 5) : waiting[1]?.());
          wait();
        });
      };
      const moves = await Promise.all(
        opened.map(
          ({ publisher, plan, step }) =>
            publisher.promote?.(plan, step) ?? Promise.reject(new Error('it promotes')),
        ),
      );
      expect(moves[1]?.[0]?.outcome).toBe('moved');
      expect(['moved', 'superseded']).toContain(moves[0]?.[0]?.outcome);
      const values = history(lab, DEV);
      expect(values.at(-1)).toBe(commits[1]);
      expect(values.indexOf(commits[1])).toBe(values.length - 1);
    },
  );

  test('the branch moves between the read and the push: the move is decided again', async () => {
    let steal: (() => void) | undefined;
    await using lab = await openLab({
      proxy: {
        onRequest: ({ method, path }) => {
          if (method !== 'POST' || !path.endsWith('/git-receive-pack')) return;
          steal?.();
          steal = undefined;
        },
      },
    });
    const [first, second, third] = [lab.commit(), lab.commit(), lab.commit()];
    await lab.run(first, BRANCH);
    await lab.run(third, BRANCH, { branches: { dev: 'other' } });
    const theirs = lab.refs()[`refs/tags/source-${third}`] ?? '';
    const { publisher, plan, step, build } = await lab.open(second, BRANCH);
    const built = await build();
    await publisher.publish(plan, built, step);
    steal = () => void git(lab.bare, ['update-ref', DEV, theirs]);
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      { outcome: 'superseded', from: `source-${third}` },
    ]);
    expect(history(lab, DEV)).toEqual([first, third]);
  });

  test('others keep moving the branch: the run gives up after some attempts and says to run again', async () => {
    let moving = false;
    let others: readonly string[] = [];
    await using lab = await openLab({
      proxy: {
        onRequest: ({ method, path }) => {
          if (!moving || method !== 'POST' || !path.endsWith('/git-receive-pack')) return;
          const current = git(lab.bare, ['rev-parse', DEV]);
          git(lab.bare, ['update-ref', DEV, others.find((commit) => commit !== current) ?? '']);
        },
      },
    });
    const [a, b, c] = [lab.commit(), lab.commit(), lab.commit()];
    for (const sha of [a, b]) await lab.run(sha, BRANCH);
    others = lab.moves(DEV);
    const { publisher, plan, step, build } = await lab.open(c, BRANCH);
    const built = await build();
    await publisher.publish(plan, built, step);
    git(lab.bare, ['update-ref', '-d', `refs/tags/source-${c}`]);
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'go-not-published', rerun: 'safe' } },
    ]);
    await publisher.publish(plan, built, step);
    moving = true;
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'go-branch-busy', rerun: 'safe' } },
    ]);
    expect(history(lab, DEV)).not.toContain(c);
  });

  test('another run has put the version on another commit with the same content: that commit is reported', async () => {
    await using lab = await openLab();
    const [before, sha] = [lab.commit(), lab.commit()];
    await lab.run(before, tagRef('v0.1.0'));
    // Made without a look at the tag before it, so its parent is another.
    const { publisher, plan, step, build } = await lab.open(sha, tagRef('v0.2.0'));
    const built = await build();
    lab.tag('v0.1.0', before);
    await lab.run(sha, tagRef('v0.2.0'));
    const theirs = lab.refs()['refs/tags/v0.2.0'];
    git(lab.bare, ['tag', '--delete', `source-${sha}`]);
    expect(built.artifacts[0]?.digest).not.toBe(theirs);
    expect(await publisher.publish(plan, built, step)).toMatchObject([
      { outcome: 'published', digest: theirs },
    ]);
    expect(await publisher.inspect({ plan, built }, step)).toMatchObject([
      { state: 'same-source', sha, digest: theirs },
    ]);
    expect(lab.moves('refs/tags/v0.2.0')).toEqual([theirs]);
  });

  test('a run is killed between its tags and its branch: the next one moves the branch alone', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const { publisher, plan, step, build } = await lab.open(sha, tagRef('v0.1.0'));
    const built = await build();
    await publisher.publish(plan, built, step);
    expect(Object.keys(lab.refs())).toEqual([`refs/tags/source-${sha}`, 'refs/tags/v0.1.0']);
    lab.proxy.clear();
    expect(await lab.run(sha, tagRef('v0.1.0'))).toMatchObject({
      published: [{ outcome: 'already-there' }],
      moves: [{ outcome: 'moved' }],
    });
    expect(lab.proxy.mutating()).toHaveLength(1);
  });

  describe('the answer to a push is', () => {
    const faults = {
      'a 503 before it got there': { kind: 'status', status: 503 },
      'a 503 after it was taken': { kind: 'status', status: 503, forward: true },
      'lost before it got there': { kind: 'reset' },
      'lost after it was taken': { kind: 'reset', forward: true },
      'cut in half': { kind: 'truncate' },
    } as const;
    test.each(
      Object.entries(faults).flatMap(([title, fault]) =>
        [1, 2].map((step) => [title, step, fault] as const),
      ),
    )(
      '%s (push %i): the run ends well, and a further one sends nothing',
      async (_title, at, fault) => {
        await using lab = await openLab({
          proxy: { fault: ({ step, count }) => (step === at && count <= at ? fault : undefined) },
        });
        const sha = lab.commit();
        expect(await lab.run(sha, tagRef('v0.1.0'))).toMatchObject({
          problems: [],
          published: [{ outcome: 'published' }],
          findings: [{ state: 'identical' }],
          moves: [{ outcome: expect.stringMatching(/^(?:moved|already)$/) as string }],
        });
        expect(lab.moves('refs/tags/v0.1.0')).toHaveLength(1);
        expect(lab.moves('refs/heads/main')).toHaveLength(1);
        lab.proxy.clear();
        expect((await lab.run(sha, tagRef('v0.1.0'))).published).toMatchObject([
          { outcome: 'already-there' },
        ]);
        expect(lab.proxy.mutating()).toEqual([]);
      },
    );
  });

  test('the host does not answer any more after a push: the outcome is unknown, never absent', async () => {
    let isDown = false;
    const fault = ({
      path,
    }: {
      readonly path: string;
    }): { readonly kind: 'reset'; readonly forward?: boolean } | undefined => {
      if (path.endsWith('/git-receive-pack')) {
        isDown = true;
        return { kind: 'reset', forward: true };
      }
      return isDown ? { kind: 'reset' } : undefined;
    };
    await using lab = await openLab({ proxy: { fault } });
    const sha = lab.commit();
    const { publisher, plan, step, build, tryBuild } = await lab.open(sha, BRANCH);
    const built = await build();
    const published = await publisher.publish(plan, built, step);
    expect(published).toMatchObject([
      {
        outcome: 'unknown',
        problem: { code: 'go-outcome-unknown', kind: 'unknown', rerun: 'safe' },
      },
    ]);
    expect(await publisher.inspect({ plan }, step)).toMatchObject([
      { state: 'unknown', problem: { code: 'go-unreachable' } },
    ]);
    expect(await publisher.pointers?.(plan, step)).toMatchObject([
      { problem: { code: 'go-unreachable' } },
    ]);
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      { outcome: 'blocked', problem: { code: 'go-unreachable' } },
    ]);
    expect(await tryBuild()).toMatchObject({ problems: [{ code: 'go-unreachable' }] });
  });

  test('the host does not answer any more after the push of a branch: it may have moved', async () => {
    let isDown = false;
    const fault = ({ method, path }: { readonly method: string; readonly path: string }) => {
      isDown ||= isPromoting && method === 'POST' && path.endsWith('/git-receive-pack');
      return isDown ? ({ kind: 'reset', forward: true } as const) : undefined;
    };
    let isPromoting = false;
    await using lab = await openLab({ proxy: { fault } });
    const { publisher, plan, step, build } = await lab.open(lab.commit(), BRANCH);
    await publisher.publish(plan, await build(), step);
    isPromoting = true;
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      {
        outcome: 'blocked',
        problem: { code: 'go-outcome-unknown', kind: 'unknown', effect: 'unknown', rerun: 'safe' },
      },
    ]);
  });

  test('a hook of the host refuses: the problem says so in its words', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, BRANCH, { branches: { dev: 'other' } });
    refuseBy(lab, 'refs/heads/');
    expect((await lab.run(sha, BRANCH)).moves).toMatchObject([
      {
        outcome: 'blocked',
        problem: { code: 'go-branch-refused', rerun: 'after-fix', coordinate: `go:${MODULE}@dev` },
      },
    ]);
    refuseBy(lab, 'refs/tags/');
    expect((await lab.run(sha, tagRef('v0.1.0'))).problems).toMatchObject([
      { code: 'go-push-refused', kind: 'incomplete', rerun: 'after-fix' },
    ]);
  });
});

function refuseBy(lab: Lab, prefix: string): void {
  const hook = `#!/bin/sh\ncase "$1" in ${prefix}*) echo "protected: $1" >&2; exit 1;; esac\n`;
  git(lab.bare, ['config', 'core.hooksPath', 'hooks']);
  mkdirSync(join(lab.bare, 'hooks'), { recursive: true });
  writeFileSync(join(lab.bare, 'hooks', 'update'), hook, { mode: 0o755 });
}
