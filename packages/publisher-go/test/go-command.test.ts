import { readdirSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, MODULE, NOON, openLab, tagRef } from './lab.ts';

const PUBLISHED = { problems: [], published: [{ outcome: 'published' }] };

/** `20251113153211` of Unix seconds. */
const stamp = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\D/g, '').slice(0, 14);
const resolvedOf = async (lab: Lab, sha: string, options = {}): Promise<string | undefined> =>
  (await lab.trace(`source-${sha}`, options)).resolved;

needs('go', 'git')('the go command', () => {
  test('resolves a mirror’s dev builds, candidates and releases to the versions that we report', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });

    // Committed in India: Go's time stamp is UTC all the same.
    const first = lab.commit({}, '2025-11-13T21:02:11+05:30');
    const dev = await lab.run(first, BRANCH);
    expect(dev).toMatchObject({ ...PUBLISHED, moves: [{ outcome: 'moved' }] });
    const listed = await go.list(`${MODULE}@source-${first}`);
    expect(listed.Version).toBe(dev.findings[0]?.resolved);
    expect(listed.Version).toBe(`v0.0.0-${stamp(NOON)}-${dev.findings[0]?.digest?.slice(0, 12)}`);
    expect(listed).toMatchObject({
      Time: '2025-11-13T15:32:11Z',
      Origin: { VCS: 'git', Hash: dev.findings[0]?.digest },
    });
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(listed.Version);
    expect(await go.consume(MODULE, `source-${first}`)).toBe(listed.Version);

    const candidate = lab.commit();
    lab.tag('v0.1.0-rc.1');
    expect(await lab.run(candidate, tagRef('v0.1.0-rc.1'))).toMatchObject({
      ...PUBLISHED,
      moves: [],
    });
    expect(await go.list(`${MODULE}@v0.1.0-rc.1`)).toMatchObject({
      Version: 'v0.1.0-rc.1',
      Origin: { Ref: 'refs/tags/v0.1.0-rc.1' },
    });
    expect((await go.list(`${MODULE}@source-${candidate}`)).Version).toBe('v0.1.0-rc.1');
    expect(await resolvedOf(lab, candidate)).toBe('v0.1.0-rc.1');

    const afterCandidate = lab.commit();
    await lab.run(afterCandidate, BRANCH);
    expect(await resolvedOf(lab, afterCandidate)).toMatch(/^v0\.1\.0-rc\.1\.0\./);
    expect((await go.list(`${MODULE}@dev`)).Version).toBe(await resolvedOf(lab, afterCandidate));

    // The dev build comes first, as on a tag that is pushed with its branch.
    const released = lab.commit();
    await lab.run(released, BRANCH);
    lab.tag('v0.1.0');
    expect(await lab.run(released, tagRef('v0.1.0'))).toMatchObject({
      ...PUBLISHED,
      moves: [{ outcome: 'moved', pointer: { pointer: 'main' } }],
    });
    expect(await go.list(`${MODULE}@v0.1.0`)).toMatchObject({
      Version: 'v0.1.0',
      Time: new Date((NOON + 240) * 1000).toISOString().replace('.000', ''),
    });
    expect((await go.list(`${MODULE}@latest`)).Version).toBe('v0.1.0');
    expect(await go.consume(MODULE, 'latest')).toBe('v0.1.0');

    // Two commits of one second: their mirror commits differ, so their pseudo-versions do.
    const [one, two] = [lab.commit({}, NOON + 3600), lab.commit({}, NOON + 3600)];
    for (const sha of [one, two]) await lab.run(sha, BRANCH);
    const versions = await Promise.all([one, two].map((sha) => resolvedOf(lab, sha)));
    expect(versions.map((version) => version?.slice(0, -12))).toEqual(
      Array(2).fill(`v0.1.1-0.${stamp(NOON + 3600)}-`),
    );
    expect(new Set(versions).size).toBe(2);
    expect([
      (await go.list(`${MODULE}@source-${one}`)).Version,
      (await go.list(`${MODULE}@source-${two}`)).Version,
    ]).toEqual(versions);
    // What go resolved leads back to the source commit, and an older name of a commit stays good.
    expect(await lab.trace(versions[1] ?? '')).toMatchObject({ state: 'same-source', sha: two });
    expect((await go.list(`${MODULE}@${listed.Version}`)).Version).toBe(listed.Version);
    expect(await lab.trace(listed.Version)).toMatchObject({ state: 'same-source', sha: first });
  });

  test('resolves a mirror of major version 2, beside the first', async () => {
    await using lab = await openLab();
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });
    const v1 = lab.commit();
    lab.tag('v1.4.0');
    await lab.run(v1, tagRef('v1.4.0'));
    const v2 = lab.commit({ 'packages/sdk/go.mod': `module ${MODULE}/v2\n\ngo 1.21\n` });
    const dev = await lab.run(v2, BRANCH);
    expect(dev.findings[0]?.resolved).toMatch(/^v2\.0\.0-2025/);
    expect((await go.list(`${MODULE}/v2@dev`)).Version).toBe(dev.findings[0]?.resolved);
    lab.tag('v2.0.0');
    expect(await lab.run(v2, tagRef('v2.0.0'))).toMatchObject({
      ...PUBLISHED,
      moves: [{ outcome: 'moved', from: 'v1.4.0' }],
    });
    const after = lab.commit();
    const next = await lab.run(after, BRANCH);
    expect(next.findings[0]?.resolved).toMatch(/^v2\.0\.1-0\./);
    expect((await go.list(`${MODULE}/v2@source-${after}`)).Version).toBe(
      next.findings[0]?.resolved,
    );
    expect(await go.consume(`${MODULE}/v2`, 'v2.0.0')).toBe('v2.0.0');
    expect((await go.list(`${MODULE}@latest`)).Version).toBe('v1.4.0');
  });

  test('resolves a mirror of a folder for major version 2, and leaves that folder out of the first', async () => {
    await using lab = await openLab({
      files: {
        'packages/sdk/v2/go.mod': `module ${MODULE}/v2\n\ngo 1.21\n`,
        'packages/sdk/v2/sdk.go': 'package ameide\n\nconst Answer = 42\n',
        'packages/sdk/tools/go.mod': 'module example.org/tools\n',
        'packages/sdk/tools/tools.go': 'package tools\n',
      },
    });
    const go = openGo(lab.scratch(), { [MODULE]: lab.host.url + '/ameideio/ameide-sdk-go' });
    const first = lab.commit();
    lab.tag('v1.4.0');
    await lab.run(first, tagRef('v1.4.0'));
    const next = lab.commit();
    lab.tag('v2.0.0');
    expect(await lab.run(next, tagRef('v2.0.0'), { directory: 'packages/sdk/v2' })).toMatchObject({
      ...PUBLISHED,
      moves: [{ outcome: 'moved', from: 'v1.4.0' }],
    });
    expect(await go.consume(`${MODULE}/v2`, 'v2.0.0')).toBe('v2.0.0');
    expect(await go.consume(MODULE, 'latest')).toBe('v1.4.0');
    const { Dir = '' } = JSON.parse(
      await go.run(['mod', 'download', '-json', `${MODULE}@v1.4.0`]),
    ) as { readonly Dir?: string };
    expect(readdirSync(Dir).toSorted()).toEqual(['go.mod', 'sdk.go']);
    // A fix of the first major version comes later: main stays where it is.
    git(lab.directory, ['checkout', '--quiet', '-b', 'release-1', 'v1.4.0']);
    const fix = lab.commit();
    lab.tag('v1.4.1');
    expect(await lab.run(fix, tagRef('v1.4.1'))).toMatchObject({
      ...PUBLISHED,
      moves: [{ outcome: 'superseded', from: 'v2.0.0' }],
    });
    expect(await go.consume(MODULE, 'latest')).toBe('v1.4.1');
    expect(await go.consume(`${MODULE}/v2`, 'latest')).toBe('v2.0.0');
  });

  describe('takes a module in place', () => {
    const HOME = 'github.com/ameideio/ameide';
    const cases = [
      {
        title: 'in a sub-directory',
        directory: 'packages/sdk',
        modulePath: `${HOME}/packages/sdk`,
        prefix: 'packages/sdk/',
        base: '0.1.0',
        before: 'v0.0.0-',
        after: 'v0.1.1-0.',
      },
      {
        title: 'in the root',
        directory: '.',
        modulePath: HOME,
        prefix: '',
        base: '0.1.0',
        before: 'v0.0.0-',
        after: 'v0.1.1-0.',
      },
      {
        title: 'of major version 2',
        directory: 'packages/sdk',
        modulePath: `${HOME}/packages/sdk/v2`,
        prefix: 'packages/sdk/',
        base: '2.0.0',
        before: 'v2.0.0-',
        after: 'v2.0.1-0.',
      },
      {
        title: 'in a folder for major version 2',
        directory: 'sdk/v2',
        modulePath: `${HOME}/sdk/v2`,
        prefix: 'sdk/',
        base: '2.0.0',
        before: 'v2.0.0-',
        after: 'v2.0.1-0.',
      },
    ];
    test.each(cases)('$title', async ({ directory, modulePath, prefix, base, before, after }) => {
      const at = directory === '.' ? '' : `${directory}/`;
      const files = {
        [`${at}go.mod`]: `module ${modulePath}\n\ngo 1.21\n`,
        [`${at}sdk.go`]: 'package ameide\n\nconst Answer = 42\n',
      };
      await using lab = await openLab({ files, mirror: 'ameideio/ameide' });
      const go = openGo(lab.scratch(), { [HOME]: lab.host.url + '/ameideio/ameide' });
      const options = { directory, inPlace: true };
      const push = (): string => git(lab.directory, ['push', '--quiet', lab.bare, 'main']);

      const first = lab.commit();
      push();
      const dev = await lab.run(first, BRANCH, options);
      const version = `${before}${stamp(NOON + 60)}-${first.slice(0, 12)}`;
      expect(dev).toMatchObject({
        problems: [],
        published: [{ outcome: 'already-there', coordinate: { version } }],
        findings: [{ state: 'identical', sha: first }],
      });
      expect(await go.list(`${modulePath}@${first}`)).toMatchObject({
        Version: version,
        Origin: { Hash: first },
      });
      expect(await lab.trace(version, options)).toMatchObject({ state: 'same-source', sha: first });

      const tag = `v${base}`;
      lab.proxy.clear();
      expect(await lab.run(first, tagRef(tag), options)).toMatchObject({
        ...PUBLISHED,
        findings: [{ state: 'identical', sha: first }],
      });
      expect(lab.refs()).toEqual({
        'refs/heads/main': first,
        [`refs/tags/${prefix}${tag}`]: first,
      });
      expect(lab.proxy.mutating()).toHaveLength(1);
      expect(await lab.run(first, tagRef(tag), options)).toMatchObject({
        published: [{ outcome: 'already-there' }],
      });
      expect(lab.proxy.mutating()).toHaveLength(1);
      expect(await go.list(`${modulePath}@${tag}`)).toMatchObject({
        Version: tag,
        Origin: { Hash: first, Ref: `refs/tags/${prefix}${tag}` },
      });
      expect(await go.consume(modulePath, tag)).toBe(tag);
      expect(await lab.trace(tag, options)).toMatchObject({ state: 'same-source', sha: first });
      expect(await lab.trace('v9.9.9', options)).toMatchObject({ state: 'absent' });

      git(lab.directory, ['tag', `${prefix}${tag}`, first]);
      const second = lab.commit();
      push();
      const next = await lab.run(second, BRANCH, options);
      expect(next.findings[0]?.coordinate.version).toBe(
        `${after}${stamp(NOON + 120)}-${second.slice(0, 12)}`,
      );
      expect((await go.list(`${modulePath}@main`)).Version).toBe(
        next.findings[0]?.coordinate.version,
      );
    });
  });
});
