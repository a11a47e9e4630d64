import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import type { ArtifactContents, Rehearsal } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { openGo } from './go-command.ts';
import { BRANCH, git, type Lab, type LabOptions, MODULE, openLab, tagRef } from './lab.ts';

const SDK = 'packages/sdk';

async function rehearse(
  lab: Lab,
  sha: string,
  ref: string,
  options?: LabOptions,
): Promise<Rehearsal> {
  const { build, plan, publisher, step } = await lab.open(sha, ref, options);
  return publisher.rehearse(plan, await build(), step);
}

const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

const digests = (one: ArtifactContents | undefined): Record<string, string> =>
  Object.fromEntries((one?.files ?? []).map(({ path, digest }) => [path, digest]));

/** The version that a rehearsal compares with. */
const compared = ({ published }: Rehearsal): string | undefined =>
  published.value?.map(({ coordinate }) => coordinate.version).join();

/** Removes, changes, adds a file of the module, and makes one executable. */
function change(lab: Lab): string {
  rmSync(join(lab.directory, SDK, 'gone.txt'));
  chmodSync(join(lab.directory, SDK, 'run.sh'), 0o755);
  return lab.commit({ [`${SDK}/changed.txt`]: 'after\n', [`${SDK}/added.txt`]: 'new\n' });
}

/** The files that `change` has changed. */
const CHANGED = {
  'gone.txt': undefined,
  'added.txt': digestOf('new\n'),
  'changed.txt': digestOf('after\n'),
  'change.go': expect.any(String) as string,
};

const FILES = {
  [`${SDK}/gone.txt`]: 'gone\n',
  [`${SDK}/run.sh`]: '#!/bin/sh\n',
  [`${SDK}/changed.txt`]: 'before\n',
};

needs('git')('a mirror is rehearsed', () => {
  test('before anything is published: its files, and none to compare them with', async () => {
    await using lab = await openLab({ files: FILES });
    mkdirSync(join(lab.directory, SDK), { recursive: true });
    symlinkSync('run.sh', join(lab.directory, SDK, 'link'));
    const sha = lab.commit();
    const { build, plan, publisher, step } = await lab.open(sha, BRANCH);
    const made = await build();
    const { built, published } = await publisher.rehearse(plan, made, step);
    expect(published).toEqual({ value: [] });
    const [artifact] = built;
    expect(built).toEqual([
      {
        coordinate: { ecosystem: 'go', name: MODULE, version: `source-${sha}` },
        part: 'module',
        digest: made.artifacts[0]?.digest,
        manifest: `module ${MODULE}\n\ngo 1.21\n`,
        files: artifact?.files,
      },
    ]);
    expect(artifact?.files).toContainEqual({
      path: 'link',
      size: 6,
      digest: digestOf('run.sh'),
      kind: 'symlink',
      target: 'run.sh',
    });
    expect(artifact?.files.map(({ path }) => path)).toEqual(
      git(lab.directory, ['ls-tree', '-r', '--name-only', `${sha}:${SDK}`]).split('\n'),
    );
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('after a release: what was added, removed and changed since', async () => {
    await using lab = await openLab({ files: FILES });
    await lab.run(lab.commit(), tagRef('v0.1.0'));
    lab.proxy.clear();
    const rehearsal = await rehearse(lab, change(lab), tagRef('v0.2.0'));
    expect(compared(rehearsal)).toBe('v0.1.0');
    const [built, [published] = []] = [rehearsal.built[0], rehearsal.published.value];
    expect(published?.digest).toBe(lab.refs()['refs/tags/v0.1.0']);
    const [after, before] = [digests(built), digests(published)];
    expect(after).toEqual({ ...before, ...CHANGED });
    const script = { path: 'run.sh', size: 10, digest: digestOf('#!/bin/sh\n') };
    expect(published?.files).toContainEqual(script);
    expect(built?.files).toContainEqual({ ...script, kind: 'executable' });
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('on another machine than the one that built it', async () => {
    await using lab = await openLab({ files: FILES });
    await lab.run(lab.commit(), tagRef('v0.1.0'));
    const sha = change(lab);
    const here = await lab.open(sha, tagRef('v0.2.0'));
    const made = await here.build();
    const folder = lab.scratch();
    await here.publisher.save(made, folder, here.step);
    const there = await lab.open(sha, tagRef('v0.2.0'));
    const { value: loaded } = await there.publisher.load(there.plan, folder, there.step);
    if (loaded === undefined) throw new Error('it loads');
    const rehearsal = await there.publisher.rehearse(there.plan, loaded, there.step);
    expect(rehearsal).toEqual(await here.publisher.rehearse(here.plan, made, here.step));
    expect(compared(rehearsal)).toBe('v0.1.0');
  });

  test.each([BRANCH, tagRef('v0.1.0')])(
    'when %s is published: everything is equal',
    async (ref) => {
      await using lab = await openLab({ files: FILES });
      const sha = lab.commit();
      await lab.run(sha, ref);
      await lab.run(lab.commit(), BRANCH, { branches: { dev: 'other' } });
      const { built, published } = await rehearse(lab, sha, ref);
      expect(published).toEqual({ value: built });
    },
  );

  test('with the files that its branch names, else with those of the version before it', async () => {
    await using lab = await openLab();
    const versions = ['v0.1.0', 'v0.2.0', 'v0.3.0-rc.1'];
    for (const version of versions) {
      await lab.run(lab.commit(), tagRef(version));
      lab.tag(version);
    }
    const sha = lab.commit();
    const compare = async (ref: string): Promise<string | undefined> =>
      compared(await rehearse(lab, sha, ref));
    // Nobody has published a dev build yet.
    expect(await compare(BRANCH)).toBe('v0.3.0-rc.1');
    const dev = lab.commit();
    await lab.run(dev, BRANCH);
    expect(await compare(BRANCH)).toBe(`source-${dev}`);
    expect(await compare(tagRef('v0.3.0'))).toBe('v0.2.0');
    // `main` stays where it is: this is a fix of an older line.
    expect(await compare(tagRef('v0.1.5'))).toBe('v0.1.0');
    // A person has moved main back: that is what `@main` gives.
    git(lab.bare, ['update-ref', 'refs/heads/main', lab.refs()['refs/tags/v0.1.0'] ?? '']);
    expect(await compare(tagRef('v0.3.0'))).toBe('v0.1.0');
    git(lab.bare, ['update-ref', '-d', 'refs/heads/main']);
    expect(await compare(tagRef('v0.3.0'))).toBe('v0.2.0');
    expect(await compare(tagRef('v0.1.5'))).toBe('v0.1.0');
    expect(await compare(tagRef('v0.0.1'))).toBe('');
    expect(await compare(tagRef('v0.3.0-rc.2'))).toBe('v0.3.0-rc.1');
  });

  test('without a version that is retracted, unless its branch still names it', async () => {
    await using lab = await openLab();
    await lab.run(lab.commit(), tagRef('v0.1.0'));
    const goMod = `module ${MODULE}\n\ngo 1.21\n\nretract v0.2.0\n`;
    await lab.run(lab.commit({ [`${SDK}/go.mod`]: goMod }), tagRef('v0.2.0'));
    const sha = lab.commit();
    expect(compared(await rehearse(lab, sha, tagRef('v0.3.0')))).toBe('v0.2.0');
    git(lab.bare, ['update-ref', '-d', 'refs/heads/main']);
    expect(compared(await rehearse(lab, sha, tagRef('v0.3.0')))).toBe('v0.1.0');
  });

  test('with what people pushed by hand, if that is taken over', async () => {
    await using lab = await openLab();
    await lab.run(lab.commit(), tagRef('v0.1.0'));
    const { 'refs/tags/v0.1.0': tagged = '' } = lab.refs();
    const tree = git(lab.bare, ['mktree']);
    const takeOver = git(lab.bare, ['commit-tree', '-p', tagged, '-m', 'By hand', tree]);
    git(lab.bare, ['update-ref', 'refs/heads/main', takeOver]);
    const sha = lab.commit();
    const release = await rehearse(lab, sha, tagRef('v0.2.0'), { takeOver });
    expect(release.published.value).toMatchObject([
      { coordinate: { version: takeOver }, digest: takeOver, manifest: '', files: [] },
    ]);
    expect(compared(await rehearse(lab, sha, BRANCH, { takeOver }))).toBe('v0.1.0');
  });

  describe('although the host', () => {
    const refused = { kind: 'status', status: 401, body: 'no' } as const;
    const down = { kind: 'status', status: 500 } as const;
    const garbage = { kind: 'status', status: 200, body: 'hello\n' } as const;
    test.each([
      ['refuses', refused, 'go-unauthorized'],
      ['is down', down, 'go-unreachable'],
      ['answers nonsense', garbage, 'go-git-failed'],
      ['breaks off', { kind: 'truncate' } as const, 'go-unreachable'],
    ])('%s: what it has is unknown, never absent', async (_, fault, code) => {
      let failing: 'list' | 'files' | undefined;
      const isFailing = (path: string): boolean =>
        failing === 'list'
          ? path.includes('/info/refs')
          : failing === 'files' && path.endsWith('/git-upload-pack');
      await using lab = await openLab({
        proxy: { fault: ({ path }) => (isFailing(path) ? fault : undefined) },
      });
      await lab.run(lab.commit(), tagRef('v0.1.0'));
      for (const where of ['list', 'files'] as const) {
        const { build, plan, publisher, step } = await lab.open(lab.commit(), tagRef('v0.2.0'));
        const made = await build();
        failing = where;
        const { built, published } = await publisher.rehearse(plan, made, step);
        const [finding] = await publisher.inspect({ plan }, step);
        failing = undefined;
        expect(built).toHaveLength(1);
        expect.soft([where, published.problems?.map((one) => one.code)]).toEqual([where, [code]]);
        if (where === 'list') expect(published.problems?.[0]?.kind).toBe(finding?.problem?.kind);
      }
    });
  });

  test('although the host has lost a file of what it published', async () => {
    await using lab = await openLab({ files: FILES });
    await lab.run(lab.commit(), tagRef('v0.1.0'));
    const id = git(lab.bare, ['rev-parse', 'v0.1.0:changed.txt']);
    rmSync(join(lab.bare, 'objects', id.slice(0, 2), id.slice(2)));
    const { published } = await rehearse(lab, change(lab), tagRef('v0.2.0'));
    expect(published.problems).toMatchObject([{ code: 'go-git-failed', kind: 'incomplete' }]);
  });

  test('although nobody could unpack what the mirror has', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const { build, plan, publisher, step } = await lab.open(sha, tagRef('v0.1.0'));
    const made = await build();
    // A tree as git itself never writes it.
    const file = join(lab.scratch(), 'tree');
    writeFileSync(file, 'text\n');
    const blob = git(lab.bare, ['hash-object', '-w', file]);
    writeFileSync(file, Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]));
    const tree = git(lab.bare, ['hash-object', '-w', '-t', 'tree', '--literally', file]);
    const theirs = git(lab.bare, ['commit-tree', '-m', 'By hand', tree]);
    git(lab.bare, ['update-ref', 'refs/tags/v0.1.0', theirs]);
    const { published } = await publisher.rehearse(plan, made, step);
    expect(published.problems).toMatchObject([
      { code: 'go-git-failed', message: expect.stringContaining("invalid path '..'") as string },
    ]);
  });
});

needs('git')('in place is rehearsed', () => {
  const options = { inPlace: true } as const;
  const push = (lab: Lab, ...what: string[]): string =>
    git(lab.directory, ['push', '--quiet', '--force', lab.bare, 'main', ...what]);
  const release = async (lab: Lab, version: string, sha = lab.commit()): Promise<string> => {
    push(lab, `${sha}:refs/tags/${SDK}/${version}`);
    return sha;
  };

  test('a release: none before it, then what was added, removed and changed since the one before', async () => {
    await using lab = await openLab({ files: FILES });
    const first = lab.commit();
    push(lab);
    const { built, published } = await rehearse(lab, first, tagRef('v0.1.0'), options);
    expect(published).toEqual({ value: [] });
    expect(built).toMatchObject([
      {
        coordinate: { ecosystem: 'go', name: MODULE, version: 'v0.1.0' },
        part: 'module',
        digest: first,
        manifest: `module ${MODULE}\n\ngo 1.21\n`,
      },
    ]);
    await release(lab, 'v0.1.0', first);
    expect(await rehearse(lab, first, tagRef('v0.1.0'), options)).toEqual({
      built,
      published: { value: built },
    });
    const second = change(lab);
    const next = await rehearse(lab, second, tagRef('v0.2.0'), options);
    expect(next.published).toEqual({ value: built });
    const [after, before] = [digests(next.built[0]), digests(built[0])];
    expect(after).toEqual({ ...before, ...CHANGED });
    expect(lab.proxy.mutating()).toEqual([]);
  });

  test('with the highest version before it, also one that the host alone has', async () => {
    await using lab = await openLab({
      files: { 'packages/other/go.mod': 'module example.org/other\n' },
    });
    const start = lab.commit();
    await release(lab, 'v0.0.9', start);
    await release(lab, 'v0.1.0');
    await release(lab, 'v0.2.0-rc.1');
    // Another module's, and what is no version of this one.
    push(
      lab,
      ...['packages/other/v0.1.9', 'v0.1.8', `${SDK}/v2.0.0`, `${SDK}/v0.1`].map(
        (tag) => `HEAD:refs/tags/${tag}`,
      ),
    );
    const sha = lab.commit();
    const compare = async (ref: string): Promise<string | undefined> =>
      compared(await rehearse(lab, sha, ref, options));
    expect(await compare(tagRef('v0.2.0'))).toBe('v0.1.0');
    expect(await compare(tagRef('v0.2.0-rc.2'))).toBe('v0.2.0-rc.1');
    expect(await compare(tagRef('v0.0.9'))).toBe('v0.0.9');
    expect(await compare(BRANCH)).toBe('');
    git(lab.directory, ['fetch', '--quiet', '--tags', lab.bare]);
    expect(await compare(BRANCH)).toBe('v0.2.0-rc.1');
    // Released on a branch that this clone does not have.
    await using elsewhere: TestRepository = createTestRepository();
    elsewhere.git('pull', '--quiet', lab.bare, 'main');
    elsewhere.commit({ files: { [`${SDK}/fix.txt`]: 'fix\n' }, message: 'fix' });
    elsewhere.git('push', '--quiet', lab.bare, `HEAD:refs/tags/${SDK}/v0.1.1`);
    const { published } = await rehearse(lab, sha, tagRef('v0.2.0'), options);
    expect(published.value).toMatchObject([{ coordinate: { version: 'v0.1.1' } }]);
    expect(digests(published.value?.[0])['fix.txt']).toBe(digestOf('fix\n'));
    // From before the module was in that folder.
    const root = git(lab.directory, ['commit-tree', '-m', 'root', git(lab.directory, ['mktree'])]);
    await release(lab, 'v0.1.2', root);
    expect(await compare(tagRef('v0.2.0'))).toBe('v0.1.1');
  });

  test('without a retracted version', async () => {
    await using lab = await openLab();
    const goMod = `module ${MODULE}\n\ngo 1.21\n\nretract v0.2.0\n`;
    for (const [version, files] of [
      ['v0.1.0', {}],
      ['v0.2.0', { [`${SDK}/go.mod`]: goMod }],
    ] as const) {
      await release(lab, version, lab.commit(files));
    }
    git(lab.directory, ['fetch', '--quiet', '--tags', lab.bare]);
    expect(compared(await rehearse(lab, lab.commit(), tagRef('v0.3.0'), options))).toBe('v0.1.0');
  });

  test.each([
    ['refuses', { kind: 'status', status: 401, body: 'no' } as const, 'go-unauthorized'],
    ['is down', { kind: 'status', status: 500 } as const, 'go-unreachable'],
    [
      'answers nonsense',
      { kind: 'status', status: 200, body: 'hello\n' } as const,
      'go-git-failed',
    ],
  ])('although the host %s: what it has is unknown, never absent', async (_, fault, code) => {
    let isFailing = false;
    await using lab = await openLab({ proxy: { fault: () => (isFailing ? fault : undefined) } });
    const { build, plan, publisher, step } = await lab.open(
      lab.commit(),
      tagRef('v0.1.0'),
      options,
    );
    const made = await build();
    isFailing = true;
    const { built, published } = await publisher.rehearse(plan, made, step);
    const [finding] = await publisher.inspect({ plan }, step);
    expect(built).toHaveLength(1);
    expect(published.problems).toMatchObject([{ code, kind: finding?.problem?.kind }]);
    expect(finding?.problem?.code).toBe(code);
  });

  test('although the host has lost a file of the version before it', async () => {
    await using lab = await openLab({ files: FILES });
    await using elsewhere: TestRepository = createTestRepository();
    const sha = lab.commit();
    push(lab);
    elsewhere.git('pull', '--quiet', lab.bare, 'main');
    elsewhere.commit({ files: { [`${SDK}/fix.txt`]: 'fix\n' }, message: 'fix' });
    elsewhere.git('push', '--quiet', lab.bare, `HEAD:refs/tags/${SDK}/v0.1.0`);
    const id = elsewhere.git('rev-parse', `HEAD:${SDK}/fix.txt`);
    rmSync(join(lab.bare, 'objects', id.slice(0, 2), id.slice(2)));
    const { published } = await rehearse(lab, sha, tagRef('v0.2.0'), options);
    expect(published.problems).toMatchObject([{ code: 'go-git-failed', kind: 'incomplete' }]);
  });

  test('although this clone lacks a file of it, as a partial clone may', async () => {
    await using lab = await openLab({ files: FILES });
    const first = lab.commit();
    await release(lab, 'v0.1.0', first);
    const id = git(lab.directory, ['rev-parse', `${first}:${SDK}/changed.txt`]);
    const sha = change(lab);
    rmSync(join(lab.directory, '.git/objects', id.slice(0, 2), id.slice(2)));
    const { published } = await rehearse(lab, sha, tagRef('v0.2.0'), options);
    expect(published.problems).toMatchObject([
      {
        code: 'go-git-failed',
        kind: 'incomplete',
        message: expect.stringContaining(`Could not read v0.1.0 of ${lab.url}: `) as string,
        hint: expect.stringContaining('git fetch --refetch --no-filter') as string,
      },
    ]);
  });
});

needs('git', 'go')('next to the go command', () => {
  const home = 'github.com/ameideio/ameide';
  const module = `${home}/${SDK}`;
  const files = {
    LICENSE: 'All rights reserved.\n',
    '.gitattributes': '*.bat text eol=crlf\n*.lfs filter=lfs -text\n',
    [`${SDK}/go.mod`]: `module ${module}\n\ngo 1.24\n`,
    [`${SDK}/.gitattributes`]: 'hidden.txt export-ignore\nid.txt export-subst\n',
    [`${SDK}/hidden.txt`]: 'hidden\n',
    [`${SDK}/id.txt`]: '$Format:%H$\n',
    [`${SDK}/run.bat`]: 'echo 1\necho 2\n',
    [`${SDK}/nested/go.mod`]: `module ${module}/nested\n`,
    [`${SDK}/nested/nested.go`]: 'package nested\n',
    [`${SDK}/vendor/modules.txt`]: '# nothing\n',
    [`${SDK}/vendor/example.org/a/a.go`]: 'package a\n',
    [`${SDK}/a/very/long/${'path/'.repeat(30)}ünïcode.txt`]: 'long\n',
    'packages/other/other.go': 'package other\n',
  };

  test('in place: the files, and their bytes, of the module that go downloads', async () => {
    await using lab = await openLab({ files, mirror: 'ameideio/ameide' });
    mkdirSync(join(lab.directory, SDK), { recursive: true });
    symlinkSync('../other/other.go', join(lab.directory, SDK, 'link.go'));
    const allow = [`${SDK}/link.go`];
    const sha = lab.commit();
    git(lab.directory, ['push', '--quiet', lab.bare, 'main', `main:refs/tags/${SDK}/v0.1.0`]);
    const go = openGo(lab.scratch(), { [home]: `${lab.host.url}/ameideio/ameide` });
    const { published } = await rehearse(lab, sha, tagRef('v0.1.0'), { inPlace: true, allow });
    const { Dir = '' } = JSON.parse(
      await go.run(['mod', 'download', '-json', `${module}@v0.1.0`]),
    ) as { readonly Dir?: string };
    const downloaded = readdirSync(Dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name));
    expect(digests(published.value?.[0])).toEqual(
      Object.fromEntries(
        downloaded.map((path) => [path.slice(Dir.length + 1), digestOf(readFileSync(path))]),
      ),
    );
    expect(downloaded.length).toBeGreaterThan(5);
  });
});
