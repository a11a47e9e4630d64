import { needs } from '@ameide/local-registries/components';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab, outcomeOf } from './lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await createLab();
});

afterEach(async () => {
  expect(lab.world.github.violations()).toEqual([]);
  await lab[Symbol.asyncDispose]();
});

const writes = (): number => lab.world.proxy.mutating().length;

needs('git')('a release', () => {
  test('is a draft with every file until it is promoted, and then published with the tag', async () => {
    const sha = lab.commit();
    const { build, plan, publisher, step } = await lab.open(sha, '1.0.0');
    expect(plan).toMatchObject({
      publisher: 'github:ameideio/ameide',
      registry: lab.world.proxy.url,
      coordinates: [{ ecosystem: 'github', name: 'ameideio/ameide', version: 'v1.0.0' }],
      pointers: [{ pointer: 'latest', version: 'v1.0.0' }],
    });
    const built = await build();
    expect(built.artifacts.map(({ name }) => name)).toEqual([
      'commit',
      'LICENSE.txt',
      'configuration-1.0.0.tar.gz',
    ]);
    await publisher.publish(plan, built, step);
    const [draft] = await lab.world.releases();
    expect(draft).toMatchObject({ draft: true, assets: [{}, {}] });
    expect(await lab.world.latest()).toBeUndefined();
    const shown = await fetch(`${lab.world.github.apiUrl}/repos/ameideio/ameide/releases`);
    expect(await shown.json()).toEqual([]);
    expect(await publisher.inspect({ plan }, step)).toMatchObject([
      { state: 'same-source', sha, files: [{ state: 'identical' }, { state: 'identical' }] },
    ]);
    expect(await publisher.promote?.(plan, step)).toMatchObject([{ outcome: 'moved' }]);
    expect(await lab.world.latest()).toBe('v1.0.0');
    expect(await publisher.inspect({ plan, built }, step)).toMatchObject([{ state: 'identical' }]);
  });

  test('of a dev build is none: it asks GitHub nothing', async () => {
    const sha = lab.commit();
    const report = await lab.run(sha, 'refs/heads/main', { token: '' });
    expect(report).toMatchObject({ problems: [], published: [], findings: [], moves: [] });
    expect(report.plan).toMatchObject({ coordinates: [], pointers: [] });
    const { build } = await lab.open(sha, 'refs/heads/main');
    expect(await build()).toEqual({ artifacts: [], assets: [] });
    expect(lab.world.proxy.requests).toEqual([]);
  });

  test('of a candidate is a prerelease, and never the latest', async () => {
    const sha = lab.commit();
    expect(outcomeOf(await lab.run(sha, '1.0.0-rc.1'))).toEqual(['published']);
    expect(await lab.world.releases()).toMatchObject([
      { tag_name: 'v1.0.0-rc.1', draft: false, prerelease: true },
    ]);
    expect(await lab.world.latest()).toBeUndefined();
    const before = writes();
    expect(outcomeOf(await lab.run(sha, '1.0.0-rc.1'))).toEqual(['already-there']);
    expect(writes()).toBe(before);
  });

  test('that a candidate cannot publish is reported by its tag', async () => {
    const sha = lab.commit();
    const { plan, publisher, step } = await lab.open(sha, '1.0.0-rc.1');
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      {
        pointer: { pointer: 'v1.0.0-rc.1', version: 'v1.0.0-rc.1' },
        outcome: 'blocked',
        problem: { code: 'github-draft-missing', rerun: 'safe' },
      },
    ]);
  });

  test('without files is the tag with its notes', async () => {
    const sha = lab.commit();
    const options = { assets: [] };
    expect(outcomeOf(await lab.run(sha, '1.0.0', options))).toEqual(['published', 'latest moved']);
    const before = writes();
    const again = await lab.run(sha, '1.0.0', options);
    expect(outcomeOf(again)).toEqual(['already-there', 'latest already']);
    expect(writes()).toBe(before);
  });

  test('takes the tag that is there, annotated too', async () => {
    const sha = lab.commit();
    lab.git('tag', '-a', '-m', 'One', 'v1.0.0', sha);
    await lab.world.api('POST', '/git/refs', {
      ref: 'refs/tags/v1.0.0',
      sha: lab.git('rev-parse', 'v1.0.0'),
    });
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    expect(await lab.world.tag('v1.0.0')).toBe(lab.git('rev-parse', 'v1.0.0'));
  });

  test('never moves a tag: one of another commit is a conflict, before anything is written', async () => {
    const [sha, other] = [lab.commit(), lab.commit()];
    await lab.world.api('POST', '/git/refs', { ref: 'refs/tags/v1.0.0', sha: other });
    const { findings, problems } = await lab.run(sha, '1.0.0');
    expect(findings).toMatchObject([{ state: 'conflict', sha: other }]);
    expect(problems).toMatchObject([{ code: 'github-tag-conflict', kind: 'conflict' }]);
    const { build, plan, publisher, step } = await lab.open(sha, '1.0.0');
    const published = await publisher.publish(plan, await build(), step);
    expect(published).toMatchObject([{ outcome: 'conflict' }]);
    expect(await publisher.promote?.(plan, step)).toMatchObject([{ outcome: 'blocked' }]);
    expect(writes()).toBe(0);
  });
});

needs('git')('a release that is published already', () => {
  test('is published again if somebody has deleted its tag', async () => {
    const sha = lab.commit();
    await lab.run(sha, '1.0.0');
    await lab.world.api('DELETE', '/git/refs/tags/v1.0.0');
    expect(await lab.world.releases()).toMatchObject([{ draft: true }]);
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    expect(await lab.world.releases()).toMatchObject([{ draft: false }]);
    expect(await lab.world.tag('v1.0.0')).toBe(sha);
  });

  test.each([false, true])('without a file is a conflict (immutable: %s)', async (immutable) => {
    const sha = lab.commit();
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: immutable });
    await lab.world.api('POST', '/releases', { tag_name: 'v1.0.0', target_commitish: sha });
    const { problems } = await lab.run(sha, '1.0.0');
    expect(problems).toMatchObject([{ code: 'github-release-incomplete', kind: 'conflict' }]);
    expect(problems[0]?.message.includes('immutable')).toBe(immutable);
    expect(problems[0]?.message).toContain('LICENSE.txt, configuration-1.0.0.tar.gz');
    const { build, plan, publisher, step } = await lab.open(sha, '1.0.0');
    const published = await publisher.publish(plan, await build(), step);
    expect(published).toMatchObject([{ outcome: 'conflict', problem: { rerun: 'never' } }]);
    expect(writes()).toBe(0);
  });

  test('with other bytes is a conflict, and stays', async () => {
    const sha = lab.commit();
    const assets = [{ file: 'LICENSE' }];
    await lab.run(sha, '1.0.0', { assets });
    const other = { assets: [{ file: 'config/base.yaml', name: 'LICENSE' }] };
    const before = await lab.world.snapshot();
    const { build, plan, publisher, step } = await lab.open(sha, '1.0.0', other);
    const built = await build();
    expect(await publisher.inspect({ plan, built }, step)).toMatchObject([
      { state: 'conflict', problem: { code: 'github-asset-conflict' } },
    ]);
    expect(await publisher.publish(plan, built, step)).toMatchObject([{ outcome: 'conflict' }]);
    expect(await lab.world.snapshot()).toEqual(before);
  });

  test('that is immutable is found again, and written to no more', async () => {
    const sha = lab.commit();
    await lab.world.github.createRepository('ameideio/ameide', { immutableReleases: true });
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    expect(await lab.world.releases()).toMatchObject([{ immutable: true, draft: false }]);
    const before = writes();
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['already-there', 'latest already']);
    expect(writes()).toBe(before);
  });
});

needs('git')('the mark "latest"', () => {
  test('stays on the higher version when an older line gets a fix, at every moment', async () => {
    const [first, second, fix] = [lab.commit(), lab.commit(), lab.commit()];
    await lab.run(first, '0.1.0');
    await lab.run(second, '0.2.0');
    expect(await lab.world.latest()).toBe('v0.2.0');
    const seen: (string | undefined)[] = [];
    const { build, plan, publisher, step } = await lab.open(fix, '0.1.1');
    await publisher.publish(plan, await build(), step);
    seen.push(await lab.world.latest());
    expect(await publisher.promote?.(plan, step)).toMatchObject([
      { outcome: 'superseded', from: 'v0.2.0' },
    ]);
    seen.push(await lab.world.latest());
    expect(seen).toEqual(['v0.2.0', 'v0.2.0']);
    const published = await lab.world.releases();
    expect(published.map(({ draft, tag_name }) => [tag_name, draft])).toEqual([
      ['v0.1.1', false],
      ['v0.2.0', false],
      ['v0.1.0', false],
    ]);
    const patches = lab.world.proxy.requests.filter(({ method }) => method === 'PATCH');
    expect(patches, 'one request publishes and marks').toHaveLength(3);
  });

  test('stays on what is no version of ours, and the release is published', async () => {
    const [first, second] = [lab.commit(), lab.commit()];
    await lab.world.api('POST', '/releases', { tag_name: 'nightly', target_commitish: first });
    const { moves, problems } = await lab.run(second, '1.0.0');
    expect(moves).toMatchObject([{ outcome: 'blocked', from: 'nightly' }]);
    expect(problems).toMatchObject([
      { code: 'github-latest-unknown', hint: expect.stringContaining('--from nightly') },
    ]);
    expect(await lab.world.latest()).toBe('nightly');
    expect((await lab.world.releases()).map(({ draft }) => draft)).toEqual([false, false]);
  });

  test('is never taken with latest: false', async () => {
    const [first, second] = [lab.commit(), lab.commit()];
    await lab.world.api('POST', '/releases', { tag_name: 'other-v9.0.0', target_commitish: first });
    const report = await lab.run(second, '1.0.0', { latest: false });
    expect(outcomeOf(report)).toEqual(['published']);
    expect(await lab.world.latest()).toBe('other-v9.0.0');
    const { publisher } = await lab.open(second, '1.0.0', { latest: false });
    expect(publisher.managesPointer?.('latest')).toBe(false);
  });

  test('names stable versions only, and a person can move it', async () => {
    const [first, second] = [lab.commit(), lab.commit()];
    await lab.run(first, '1.0.0');
    await lab.run(second, '1.1.0');
    const { plan, publisher, step } = await lab.open(second, '1.1.0');
    expect(publisher.managesPointer?.('latest', 'v1.0.0')).toBe(true);
    expect(publisher.managesPointer?.('latest', 'v1.0.0-rc.1')).toBe(false);
    expect(publisher.managesPointer?.('v1.0.0')).toBe(false);
    const pointer = { ...plan.pointers[0], version: 'v1.0.0' } as never;
    const move = await publisher.movePointer?.(plan, { pointer, from: 'v1.1.0' }, step);
    expect(move).toMatchObject({ outcome: 'moved', from: 'v1.1.0' });
    expect(await lab.world.latest()).toBe('v1.0.0');
    expect(await publisher.pointers?.(plan, step)).toMatchObject([
      { version: 'v1.0.0', sha: first },
    ]);
    const missing = { ...plan.pointers[0], version: 'v7.0.0' } as never;
    expect(
      await publisher.movePointer?.(plan, { pointer: missing, from: 'v1.0.0' }, step),
    ).toMatchObject({ outcome: 'blocked', problem: { code: 'github-draft-missing' } });
  });
});

describe('before anything is published', () => {
  const codes = async (options: Parameters<Lab['run']>[2], sha = lab.commit()) => {
    const { plan, publisher, step } = await lab.open(sha, '1.0.0', options);
    const problems = await publisher.check(plan, step);
    expect(writes()).toBe(0);
    return problems.map(({ code, kind }) => `${code} ${kind}`);
  };

  needs('git')('the check', () => {
    test('says that a repository is missing, or hidden', async () => {
      const repository = 'ameideio/nothing';
      expect(await codes({ repository })).toEqual(['github-not-found incomplete']);
      await lab.world.github.createRepository('ameideio/secret', { private: true });
      const token = lab.world.github.createToken({ repositories: 'none' });
      const options = { repository: 'ameideio/secret', token };
      expect(await codes(options)).toEqual(['github-not-found incomplete']);
    });

    test.each([
      ['a user', false],
      ['an app', true],
    ])('says that the token of %s may only read', async (_, isInstallation) => {
      const token = lab.world.github.createToken({ repositories: 'read', isInstallation });
      expect(await codes({ token })).toEqual(['github-forbidden authentication']);
    });

    test('takes the token of an app, of which GitHub says that it has no permissions', async () => {
      const token = lab.world.github.createToken({ repositories: 'push', isInstallation: true });
      const sha = lab.commit();
      expect(await codes({ token }, sha)).toEqual([]);
      expect(outcomeOf(await lab.run(sha, '1.0.0', { token }))).toEqual([
        'published',
        'latest moved',
      ]);
    });

    test('says that there is no token, or a wrong one', async () => {
      expect(await codes({ token: '' })).toEqual(['github-no-token authentication']);
      expect(await codes({ token: 'ghp_wrong' })).toEqual(['github-unauthorized authentication']);
      const ports = { env: { GH_ENTERPRISE_TOKEN: lab.world.github.token } };
      const { token: _, ...options } = lab.world.options({ ports });
      const sha = lab.commit();
      const { github } = await import('../src/index.ts');
      const publisher = await github(options).open({} as never);
      const { plan, step } = await lab.open(sha, '1.0.0');
      expect(publisher.takesCommonToken).toBe(true);
      expect(await publisher.check(plan, step)).toEqual([]);
    });

    test('says that the commit is not on GitHub, or the repository is archived', async () => {
      await using other = await createLab();
      const options = {
        baseUrl: `${other.world.proxy.url}/api/v3`,
        token: other.world.github.token,
      };
      const sha = lab.commit({ 'only-here': 'x' });
      expect(await codes(options, sha)).toEqual(['github-commit-missing incomplete']);
      await lab.world.github.createRepository('ameideio/ameide', { archived: true });
      expect(await codes({}, sha)).toEqual(['github-archived incomplete']);
    });
  });
});
