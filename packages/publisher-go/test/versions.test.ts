import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import type { VersionList } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { BRANCH, git, type Lab, type LabOptions, MODULE, openLab, tagRef } from './lab.ts';

const about = { ecosystem: 'go', name: MODULE };

async function listOf(lab: Lab, options?: LabOptions): Promise<VersionList | undefined> {
  const { plan, publisher, step } = await lab.open('HEAD', BRANCH, options);
  const { problems, value } = (await publisher.versions?.(plan, step)) ?? {};
  expect(problems).toBeUndefined();
  return value;
}

/** Writes the refs of a bare repository that has packed none. */
function packRefs(bare: string, refs: readonly (readonly [string, string])[]): void {
  const lines = refs.map(([ref, sha]) => `${sha} ${ref}\n`).toSorted();
  writeFileSync(join(bare, 'packed-refs'), lines.join(''), { flag: 'wx' });
}

needs('git')('a mirror', () => {
  test('lists commits and releases, and what its branches name', async () => {
    await using lab = await openLab();
    expect(
      await listOf({ ...lab, open: async (...what) => (lab.commit(), lab.open(...what)) }),
    ).toEqual({ versions: [], pointers: [] });
    const released = lab.commit();
    lab.tag('v0.1.0', released);
    await lab.run(released, tagRef('v0.1.0'));
    const dev = lab.commit();
    await lab.run(dev, BRANCH);
    const refs = lab.refs();
    const [first, second] = [released, dev].map((sha) => refs[`refs/tags/source-${sha}`] ?? '');
    if (first === undefined || second === undefined) throw new Error('both are published');
    // What others made: a version of another major, a name, a version on a commit of their own.
    const byHand = git(lab.bare, ['commit-tree', '-m', 'By hand', git(lab.bare, ['mktree'])]);
    packRefs(lab.bare, [
      ['refs/tags/v2.0.0', second],
      ['refs/tags/nightly', second],
      ['refs/heads/topic', second],
      ['refs/tags/v0.0.9', byHand],
    ]);
    lab.proxy.clear();
    const list = await listOf(lab);
    expect(lab.reads().map(({ path }) => path.replace(/^.*\.git/, ''))).toEqual([
      '/info/refs?service=git-upload-pack',
    ]);
    const byVersion = (a: { coordinate: { version: string } }, b: typeof a): number =>
      a.coordinate.version < b.coordinate.version ? -1 : 1;
    expect(list?.versions.toSorted(byVersion)).toEqual(
      [
        { coordinate: { ...about, version: `source-${released}` }, sha: released, digest: first },
        { coordinate: { ...about, version: `source-${dev}` }, sha: dev, digest: second },
        { coordinate: { ...about, version: 'v0.1.0' }, sha: released, digest: first },
        { coordinate: { ...about, version: 'v0.0.9' }, digest: byHand },
      ].toSorted(byVersion),
    );
    const named = (pointer: string, version: string, sha: string, digest: string) => ({
      pointer: { ...about, pointer, version },
      version,
      sha,
      digest,
    });
    expect(list?.pointers).toEqual([
      named('main', 'v0.1.0', released, first),
      named('dev', `source-${dev}`, dev, second),
    ]);
  });

  test('of three hundred tags is one list of refs', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    await lab.run(sha, BRANCH);
    const commit = lab.refs()[`refs/tags/source-${sha}`] ?? '';
    const commits = Array.from({ length: 200 }, (_, n) => n.toString(16).padStart(40, '0'));
    const versions = Array.from({ length: 100 }, (_, n) => `v0.1.${n}`);
    packRefs(
      lab.bare,
      [...commits.map((one) => `source-${one}`), ...versions].map((tag) => [tagRef(tag), commit]),
    );
    lab.proxy.clear();
    const list = await listOf(lab);
    expect(lab.reads()).toHaveLength(1);
    expect(list?.versions.map(({ coordinate }) => coordinate.version).toSorted()).toEqual(
      [...commits, sha]
        .map((one) => `source-${one}`)
        .concat(versions)
        .toSorted(),
    );
  });

  test('that does not answer, or refuses, is a problem', async () => {
    let status = 503;
    await using lab = await openLab({ proxy: { fault: () => ({ kind: 'status', status }) } });
    lab.commit();
    const { plan, publisher, step } = await lab.open('HEAD', BRANCH);
    for (const next of [503, 401, 404]) {
      status = next;
      const { problems, value } = (await publisher.versions?.(plan, step)) ?? {};
      const [finding] = await publisher.inspect({ plan }, step);
      expect(value).toBeUndefined();
      expect(finding?.problem?.code).toMatch(/^go-/);
      expect(problems?.map(({ code, message }) => ({ code, message }))).toEqual([
        { code: finding?.problem?.code, message: finding?.problem?.message },
      ]);
    }
  });
});

needs('git')('in place', () => {
  test('the tags of the module’s folder are listed, and that there are other versions', async () => {
    await using lab = await openLab();
    const first = lab.commit();
    const second = lab.commit();
    git(lab.directory, ['push', '--quiet', lab.bare, 'main']);
    const options: LabOptions = { inPlace: true };
    expect(await listOf(lab, options)).toEqual({ versions: [], pointers: [], isPartial: true });
    git(lab.directory, ['tag', '-a', '-m', 'annotated', 'packages/sdk/v0.2.0-rc.1', second]);
    lab.tag('packages/sdk/v0.1.0', first);
    for (const tag of [
      'v9.0.0',
      'packages/core/v0.1.0',
      'packages/sdk/v2.0.0',
      'packages/sdk/vNext',
    ])
      lab.tag(tag, first);
    git(lab.directory, ['push', '--quiet', '--tags', lab.bare]);
    const listed = (version: string, sha: string) => ({
      coordinate: { ...about, version },
      sha,
      digest: sha,
    });
    expect(await listOf(lab, options)).toEqual({
      versions: [listed('v0.2.0-rc.1', second), listed('v0.1.0', first)],
      pointers: [],
      isPartial: true,
    });
    // A person who retracts something starts there.
    const { plan, publisher, step } = await lab.open('HEAD', BRANCH, options);
    const asked = await publisher.versions?.(plan, step, { withdrawn: true });
    expect(asked?.value?.retracting).toEqual({
      tag: 'packages/sdk/v0.1.0',
      version: 'v0.1.0',
      folder: 'packages/sdk',
    });
  });
});
