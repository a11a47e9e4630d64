import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, MODULE, openLab, tagRef } from './lab.ts';

/** A mirror that people pushed to by hand: v0.3.0, and a commit after it on main. */
async function byHand(lab: Lab): Promise<{ readonly tagged: string; readonly main: string }> {
  await using hand: TestRepository = createTestRepository();
  const tagged = hand.commit({
    files: { 'go.mod': `module ${MODULE}\n\ngo 1.21\n`, 'sdk.go': 'package ameide\n' },
    message: 'Version 0.3.0',
  });
  hand.git('tag', '--annotate', '--message', 'v0.3.0', 'v0.3.0');
  const main = hand.commit({ files: { 'README.md': 'By hand\n' }, message: 'By hand' });
  hand.git('push', '--quiet', lab.bare, 'main', 'v0.3.0');
  return { tagged, main };
}

const parentOf = (lab: Lab, commit: string): string => git(lab.bare, ['rev-parse', `${commit}^@`]);
const MAIN = 'refs/heads/main';

needs('git', 'go')('a mirror that somebody else began', () => {
  test('is taken over from exactly the commit that is named', async () => {
    await using lab = await openLab();
    const { main } = await byHand(lab);
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });
    const options = { takeOver: main };
    const first = lab.commit();
    // A dev build comes after v0.3.0, and its tag does not touch main.
    const dev = await lab.run(first, BRANCH, options);
    expect(dev).toMatchObject({ problems: [], moves: [{ outcome: 'moved' }] });
    expect(dev.findings[0]?.resolved).toMatch(/^v0\.3\.1-0\./);
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(dev.findings[0]?.resolved);
    expect(lab.refs()[MAIN]).toBe(main);

    lab.tag('v0.4.0');
    expect(await lab.run(first, tagRef('v0.4.0'), options)).toMatchObject({
      problems: [],
      moves: [{ outcome: 'moved', from: main }],
    });
    const { [MAIN]: released = '' } = lab.refs();
    expect(parentOf(lab, released)).toBe(main);
    expect(await go.consume(MODULE, 'latest')).toBe('v0.4.0');
    expect((await go.list(`${MODULE}@v0.3.0`)).Version).toBe('v0.3.0');

    // From then on nothing differs with or without the option.
    const second = lab.commit();
    const next = await lab.run(second, BRANCH, options);
    expect(next.findings[0]?.resolved).toMatch(/^v0\.4\.1-0\./);
    expect(parentOf(lab, lab.refs()['refs/heads/dev'] ?? '')).toBe(released);
    lab.tag('v0.5.0');
    expect(await lab.run(second, tagRef('v0.5.0'))).toMatchObject({
      problems: [],
      moves: [{ outcome: 'moved', from: 'v0.4.0' }],
    });
    lab.proxy.clear();
    expect((await lab.run(first, tagRef('v0.4.0'), options)).problems).toEqual([]);
    expect(lab.proxy.mutating()).toEqual([]);
    // A commit from before the first release still gets the commit that was taken over.
    git(lab.directory, ['checkout', '--quiet', '--orphan', 'side']);
    const side = lab.commit();
    const other = await lab.run(side, BRANCH, options);
    expect(other.published).toMatchObject([{ outcome: 'published' }]);
    expect(parentOf(lab, other.findings[0]?.digest ?? '')).toBe(main);
  });

  test('is left alone without the option, or if main has moved on', async () => {
    await using lab = await openLab();
    const { main, tagged } = await byHand(lab);
    const sha = lab.commit();
    lab.tag('v0.4.0');
    for (const options of [{}, { takeOver: tagged }]) {
      const { problems } = await lab.run(sha, tagRef('v0.4.0'), options);
      expect(problems).toMatchObject([
        {
          code: 'go-branch-not-ours',
          hint: expect.stringContaining(`takeOver: '${main}'`) as string,
        },
      ]);
    }
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('is refused before anything is built if it lacks the named commit, or has none at all', async () => {
    for (const fill of [byHand, async () => undefined]) {
      await using lab = await openLab();
      await fill(lab);
      const sha = lab.commit();
      const before = lab.refs();
      const { problems } = await lab.run(sha, BRANCH, { takeOver: 'a'.repeat(40) });
      expect(problems).toMatchObject([{ code: 'go-take-over-missing', effect: 'none' }]);
      expect(lab.refs()).toEqual(before);
    }
  });

  test('keeps its versions: ours must be higher', async () => {
    await using lab = await openLab();
    const { main } = await byHand(lab);
    const sha = lab.commit();
    lab.tag('v0.2.0');
    lab.tag('v0.3.0');
    expect((await lab.run(sha, tagRef('v0.2.0'), { takeOver: main })).problems).toMatchObject([
      { code: 'go-version-not-higher', message: expect.stringContaining('v0.3.0') as string },
    ]);
    expect((await lab.run(sha, tagRef('v0.3.0'), { takeOver: main })).problems).toMatchObject([
      { code: 'go-tag-exists' },
      { code: 'go-version-not-higher' },
    ]);
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('has the tags of the source before the commit: the parent is the named commit all the same', async () => {
    await using lab = await openLab();
    const { main } = await byHand(lab);
    lab.commit();
    lab.tag('v0.3.0');
    const sha = lab.commit();
    lab.tag('v0.4.0');
    expect(await lab.run(sha, tagRef('v0.4.0'), { takeOver: main })).toMatchObject({
      problems: [],
      moves: [{ outcome: 'moved' }],
    });
    expect(parentOf(lab, lab.refs()[MAIN] ?? '')).toBe(main);
  });

  test('never loses commits: a build from before that does not contain them is refused for main', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    expect((await lab.run(sha, BRANCH)).problems).toEqual([]);
    const { main } = await byHand(lab);
    lab.tag('v0.4.0');
    const before = lab.refs();
    expect((await lab.run(sha, tagRef('v0.4.0'), { takeOver: main })).problems).toMatchObject([
      { code: 'go-branch-not-ours', hint: expect.stringContaining('later commit') as string },
    ]);
    expect(lab.refs()).toEqual(before);
    const later = lab.commit();
    lab.tag('v0.5.0');
    expect(await lab.run(later, tagRef('v0.5.0'), { takeOver: main })).toMatchObject({
      problems: [],
      moves: [{ outcome: 'moved', from: main }],
    });
  });
});
