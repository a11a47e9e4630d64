import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { type Go, openGo } from './go-command.ts';
import { BRANCH, git, type Lab, MODULE, openLab, tagRef } from './lab.ts';

const SDK = 'packages/sdk';
const generated = (n: number): string => `package ameide\n\nconst Generated = ${n}\n`;
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 5\n`;
const files = {
  '.gitignore': '*.pb.go\ngen/\n',
  [`${SDK}/use.go`]: 'package ameide\n\nvar Use = Generated\n',
};
/** What a generator does in the checkout. */
const generate =
  (path: string, text: string) =>
  (checkout: string): void => {
    const file = join(checkout, SDK, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };

const openMirrored = (lab: Lab): Go =>
  openGo(lab.scratch(), { [MODULE]: `${lab.host.url}/ameideio/ameide-sdk-go` });

/** Path, mode and text of each file of a commit of the mirror. */
const tree = (lab: Lab, ref: string): Record<string, string> =>
  Object.fromEntries(
    git(lab.bare, ['ls-tree', '-r', ref])
      .split('\n')
      .map((line) => line.split(/\s/))
      .map(([mode = '', , id = '', path = '']) => [
        path,
        `${mode} ${git(lab.bare, ['cat-file', 'blob', id])}`,
      ]),
  );

needs('git', 'go')('prepare makes a Go file that git ignores, beside those of a package', () => {
  const prepare = generate('a.pb.go', generated(1));

  test('and the definition does not name it: nothing is published, with and without a mirror', async () => {
    for (const inPlace of [false, true]) {
      const home = { [`${SDK}/go.mod`]: `module github.com/ameideio/ameide/${SDK}\n` };
      await using lab = await openLab({
        files: { ...files, ...(inPlace ? home : {}) },
        ...(inPlace ? { mirror: 'ameideio/ameide' } : {}),
      });
      const sha = lab.commit();
      const { problems } = await lab.run(sha, tagRef('v0.1.0'), { inPlace, prepare });
      expect(problems).toMatchObject([
        {
          code: 'go-not-in-commit',
          kind: 'incomplete',
          rerun: 'after-fix',
          path: `${SDK}/a.pb.go`,
        },
      ]);
      expect(problems[0]?.hint).toContain(
        inPlace ? 'through a mirror' : "fromCheckout: ['a.pb.go']",
      );
      expect(lab.refs()).toEqual({});
      const allow = [`${SDK}/a.pb.go`];
      expect((await lab.run(sha, tagRef('v0.1.0'), { inPlace, prepare, allow })).problems).toEqual(
        [],
      );
    }
  });

  test('and consumers could not compile what would be published', async () => {
    await using lab = await openLab({ files });
    const sha = lab.commit();
    await lab.run(sha, BRANCH);
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toContain('undefined: Generated');
  });

  test('and the definition names it: the mirror has it, consumers compile it, and a second run writes nothing', async () => {
    await using lab = await openLab({ files });
    const sha = lab.commit();
    const options = { fromCheckout: ['a.pb.go'], prepare };
    const run = await lab.run(sha, BRANCH, options);
    expect(run).toMatchObject({
      problems: [],
      published: [{ outcome: 'published' }],
      findings: [{ state: 'identical', sha }],
      moves: [{ outcome: 'moved' }],
    });
    expect(tree(lab, 'dev')).toMatchObject({
      'a.pb.go': `100644 ${generated(1).trim()}`,
      'use.go': expect.any(String) as string,
    });
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toBe('compiles');
    lab.proxy.clear();
    expect(await lab.run(sha, BRANCH, options)).toMatchObject({
      problems: [],
      published: [{ outcome: 'already-there' }],
      findings: [{ state: 'identical' }],
    });
    expect(lab.proxy.mutating()).toEqual([]);
    // Before a build nothing is known of the generated file: what is there is of our commit.
    const { publisher, plan, step } = await lab.open(sha, BRANCH, options);
    expect(await publisher.inspect({ plan }, step)).toMatchObject([{ state: 'same-source', sha }]);
  });

  test('and its release comes after its dev build: one mirror commit for both', async () => {
    await using lab = await openLab({ files });
    const sha = lab.commit();
    const options = { fromCheckout: ['a.pb.go'], prepare };
    await lab.run(sha, BRANCH, options);
    expect(await lab.run(sha, tagRef('v0.1.0'), options)).toMatchObject({ problems: [] });
    const { 'refs/heads/dev': commit, ...rest } = lab.refs();
    expect(rest).toEqual({
      'refs/heads/main': commit,
      'refs/tags/v0.1.0': commit,
      [`refs/tags/source-${sha}`]: commit,
    });
  });

  test('and it differs from run to run: the second one is a conflict, and nothing moves', async () => {
    await using lab = await openLab({ files });
    const sha = lab.commit();
    const fromCheckout = ['a.pb.go'];
    await lab.run(sha, BRANCH, { fromCheckout, prepare });
    const before = lab.refs();
    const other = { fromCheckout, prepare: generate('a.pb.go', generated(2)) };
    expect(await lab.run(sha, tagRef('v0.1.0'), other)).toMatchObject({
      problems: [
        {
          code: 'go-mirror-altered',
          kind: 'conflict',
          hint: expect.stringContaining('prepare') as string,
        },
      ],
      moves: [],
    });
    expect(lab.refs()).toEqual(before);
  });

  test('and somebody has pushed another committed file under our commit’s name: a conflict, before any build', async () => {
    await using lab = await openLab({ files });
    const sha = lab.commit();
    const options = { fromCheckout: ['a.pb.go'], prepare };
    await lab.run(sha, BRANCH, options);
    const theirs = lab.scratch();
    git(theirs, ['clone', '--quiet', '--branch=dev', lab.bare, 'x']);
    const work = join(theirs, 'x');
    writeFileSync(join(work, 'use.go'), 'package ameide\n\nvar Use = "evil"\n');
    git(work, ['commit', '--quiet', '--all', '--amend', '--no-edit']);
    git(work, ['push', '--quiet', '--force', 'origin', `HEAD:refs/tags/source-${sha}`]);
    const { publisher, plan, step } = await lab.open(sha, BRANCH, options);
    expect(await publisher.inspect({ plan }, step)).toMatchObject([
      { state: 'conflict', problem: { code: 'go-mirror-altered' } },
    ]);
  });
});

needs('git', 'go')('fromCheckout', () => {
  test('takes whole folders, with the executable bit, instead of what the commit has there', async () => {
    await using lab = await openLab({
      files: {
        ...files,
        [`${SDK}/gen/old.go`]: 'package gen\n',
        [`${SDK}/use.go`]: `package ameide\n\nimport "${MODULE}/gen"\n\nvar Use = gen.G\n`,
      },
    });
    const sha = lab.commit();
    const prepare = (checkout: string): void => {
      const gen = join(checkout, SDK, 'gen');
      rmSync(gen, { recursive: true });
      generate('gen/new.go', 'package gen\n\nconst G = 1\n')(checkout);
      generate('gen/deep/run.sh', '#!/bin/sh\n')(checkout);
      chmodSync(join(gen, 'deep/run.sh'), 0o755);
    };
    const { problems } = await lab.run(sha, BRANCH, { fromCheckout: ['gen/'], prepare });
    expect(problems).toEqual([]);
    expect(tree(lab, 'dev')).toMatchObject({
      'gen/new.go': expect.stringMatching(/^100644/) as string,
      'gen/deep/run.sh': '100755 #!/bin/sh',
    });
    expect(Object.keys(tree(lab, 'dev'))).not.toContain('gen/old.go');
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toBe('compiles');
  });

  test('makes a link the file that it leads to', async () => {
    await using lab = await openLab({ files: { ...files, 'shared/a.go': generated(1) } });
    mkdirSync(join(lab.directory, SDK), { recursive: true });
    symlinkSync('../../shared/a.go', join(lab.directory, SDK, 'linked.go'));
    const sha = lab.commit();
    const refused = await lab.run(sha, BRANCH);
    expect(refused.problems).toMatchObject([
      { code: 'go-link', kind: 'input', path: `${SDK}/linked.go` },
    ]);
    expect(refused.problems[0]?.hint).toContain("fromCheckout: ['linked.go']");
    expect((await lab.run(sha, BRANCH, { fromCheckout: ['linked.go'] })).problems).toEqual([]);
    expect(tree(lab, 'dev')['linked.go']).toBe(`100644 ${generated(1).trim()}`);
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toBe('compiles');
  });

  const wrong: Readonly<
    Record<string, readonly [prepare: (checkout: string) => void, code: string, path: string]>
  > = {
    'a path that is not there': [() => undefined, 'go-not-in-checkout', `${SDK}/gen`],
    'an empty folder': [
      (checkout) => mkdirSync(join(checkout, SDK, 'gen')),
      'go-not-in-checkout',
      `${SDK}/gen`,
    ],
    'a link that leads out of the checkout': [
      (checkout) => symlinkSync('/etc', join(checkout, SDK, 'gen')),
      'go-checkout-link',
      `${SDK}/gen`,
    ],
    'a link to a folder': [
      (checkout) => {
        generate('gen/a.go', 'package gen\n')(checkout);
        symlinkSync('..', join(checkout, SDK, 'gen/up'));
      },
      'go-checkout-link',
      `${SDK}/gen/up`,
    ],
    'a file that usually holds credentials': [
      generate('gen/.npmrc', 'x'),
      'built-secret-file',
      `${SDK}/gen/.npmrc`,
    ],
    'a private key': [
      generate('gen/a.pem', ['-----BEGIN', 'PRIVATE', 'KEY-----\n'].join(' ')),
      'built-secret-file',
      `${SDK}/gen/a.pem`,
    ],
    'a Git LFS pointer': [
      generate('gen/model.bin', POINTER),
      'lfs-content-missing',
      `${SDK}/gen/model.bin`,
    ],
    'a name that go cannot take': [generate('gen/a:b', 'x'), 'go-file-name', `${SDK}/gen/a:b`],
    'an import of what is still missing': [
      generate('gen/a.go', `package gen\n\nimport _ "${MODULE}/gen/none"\n`),
      'go-package-missing',
      `${SDK}/gen/a.go`,
    ],
  };
  test.each(Object.entries(wrong))(
    'names %s: nothing is published',
    async (_title, [prepare, code, path]) => {
      await using lab = await openLab();
      const sha = lab.commit();
      const { problems } = await lab.run(sha, BRANCH, { fromCheckout: ['gen'], prepare });
      expect(problems).toMatchObject([
        { code, kind: 'incomplete', rerun: 'after-fix', path, effect: 'none' },
      ]);
      expect(lab.refs()).toEqual({});
    },
  );

  test('publishes a Git LFS pointer that allow names, and plan notes what only the build can check', async () => {
    await using lab = await openLab();
    const sha = lab.commit();
    const options = {
      fromCheckout: ['gen'],
      allow: [`${SDK}/gen/model.bin`],
      prepare: generate('gen/model.bin', POINTER),
    };
    const { problems, events } = await lab.run(sha, BRANCH, options);
    expect(problems).toEqual([]);
    expect(events.filter(({ isNote }) => isNote).map(({ message }) => message)).toEqual([
      `go:${MODULE}: the mirror takes gen from the checkout, as prepare leaves it. Only the build can check these files, and only then is the id of the mirror's commit known.`,
    ]);
    expect(tree(lab, 'dev')['gen/model.bin']).toBe(`100644 ${POINTER.trim()}`);
  });
});

needs('git', 'go')('what differs in a checkout', () => {
  test('by attributes of the root is in the mirror as a checkout has it; by its own folder’s, as the commit has it', async () => {
    const text = 'one\ntwo\n';
    await using lab = await openLab({
      files: {
        '.gitattributes':
          '*.http text eol=crlf\n*.latin working-tree-encoding=ISO-8859-1\n*.id ident\n',
        [`${SDK}/testdata/.gitattributes`]: '*.http text eol=crlf\n',
        [`${SDK}/testdata/own.http`]: text,
        [`${SDK}/a.http`]: text,
        [`${SDK}/a.latin`]: 'caf\u00e9\n',
        [`${SDK}/a.id`]: '$Id$\n',
        [`${SDK}/a.txt`]: text,
      },
    });
    const sha = lab.commit();
    expect((await lab.run(sha, BRANCH)).problems).toEqual([]);
    const go = openMirrored(lab);
    const { Dir } = JSON.parse(await go.run(['mod', 'download', '-json', `${MODULE}@dev`])) as {
      Dir: string;
    };
    const checkout = lab.scratch();
    git(checkout, ['clone', '--quiet', lab.directory, 'x']);
    for (const path of ['a.http', 'a.latin', 'a.id', 'a.txt', 'testdata/own.http'])
      expect([path, readFileSync(join(Dir, path))]).toEqual([
        path,
        readFileSync(join(checkout, 'x', SDK, path)),
      ]);
    expect(git(lab.bare, ['cat-file', 'blob', 'dev:testdata/own.http'])).not.toContain('\r');
    // A clone of the mirror is clean.
    git(checkout, ['clone', '--quiet', '--branch=dev', lab.bare, 'y']);
    expect(git(join(checkout, 'y'), ['status', '--porcelain'])).toBe('');
  });

  test('a submodule that the clone has is in the mirror with its files', async () => {
    await using lab = await openLab({
      files: {
        [`${SDK}/use.go`]:
          'package ameide\n\nimport _ "embed"\n\n//go:embed protos/a.proto\nvar A string\n',
      },
    });
    lab.commit();
    const protos = lab.scratch();
    git(protos, ['init', '--quiet', '--initial-branch=main']);
    writeFileSync(join(protos, 'a.proto'), 'syntax = "proto3";\n');
    git(protos, ['add', '--all']);
    git(protos, ['commit', '--quiet', '--message=protos']);
    git(lab.directory, [
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      protos,
      `${SDK}/protos`,
    ]);
    git(lab.directory, ['commit', '--quiet', '--message=submodule']);
    const sha = git(lab.directory, ['rev-parse', 'HEAD']);
    expect(await lab.validate(sha, { inPlace: true })).toMatchObject([
      { code: 'go-embed-missing' },
    ]);
    expect((await lab.run(sha, BRANCH)).problems).toEqual([]);
    expect(Object.keys(tree(lab, 'dev'))).toEqual(['go.mod', 'protos/a.proto', 'sdk.go', 'use.go']);
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toBe('compiles');
  });

  test('a submodule whose files are Git LFS pointers is refused: nothing is published', async () => {
    await using lab = await openLab();
    lab.commit();
    const models = lab.scratch();
    git(models, ['init', '--quiet', '--initial-branch=main']);
    writeFileSync(join(models, 'model.bin'), POINTER);
    git(models, ['add', '--all']);
    git(models, ['commit', '--quiet', '--message=models']);
    const add = ['submodule', '--quiet', 'add', models, `${SDK}/models`];
    git(lab.directory, ['-c', 'protocol.file.allow=always', ...add]);
    git(lab.directory, ['commit', '--quiet', '--message=submodule']);
    const sha = git(lab.directory, ['rev-parse', 'HEAD']);
    expect((await lab.run(sha, BRANCH)).problems).toMatchObject([
      { code: 'lfs-content-missing', path: `${SDK}/models/model.bin` },
    ]);
    expect(lab.refs()).toEqual({});
  });

  const refused = (path: string) => [{ code: 'go-file-name', path: `${SDK}/protos/${path}` }];
  test.each([
    ['a newline', 'data/new\nline.txt', refused('data/new\nline.txt')],
    ['a backslash', 'data/a\\b.txt', refused('data/a\\b.txt')],
    ['bytes that are not UTF-8', 'data/\xff.txt', refused('data/\uFFFD.txt')],
    // It is no part of the module.
    ['a newline, in a module of its own', 'nested/new\nline.txt', []],
  ])(
    'a submodule with %s in a file name is mirrored, or refused with its path',
    async (_, name, problems) => {
      await using lab = await openLab();
      lab.commit();
      const protos = lab.scratch();
      git(protos, ['init', '--quiet', '--initial-branch=main']);
      for (const folder of ['data', 'nested']) mkdirSync(join(protos, folder));
      writeFileSync(join(protos, 'nested/go.mod'), 'module example.org/nested\n');
      writeFileSync(Buffer.from(`${protos}/${name}`, 'latin1'), 'x');
      git(protos, ['add', '--all']);
      git(protos, ['commit', '--quiet', '--message=protos']);
      const add = ['submodule', '--quiet', 'add', protos, `${SDK}/protos`];
      git(lab.directory, ['-c', 'protocol.file.allow=always', ...add]);
      git(lab.directory, ['commit', '--quiet', '--message=submodule']);
      const run = await lab.run(git(lab.directory, ['rev-parse', 'HEAD']), BRANCH);
      expect(run.problems).toMatchObject(problems);
      if (problems.length > 0) return;
      const mirrored = git(lab.bare, ['ls-tree', '-r', '-z', '--name-only', 'dev']).split('\0');
      expect(mirrored).toContain(`protos/${name}`);
    },
  );
});

describe('files that prepare leaves and that consumers do not need', () => {
  const harmless: Readonly<Record<string, (checkout: string) => void>> = {
    'a test': generate('a_test.go', 'package ameide\n'),
    'a file that a build constraint leaves out': generate(
      'tool.go',
      '//go:build ignore\n\npackage main\n',
    ),
    'a folder that is no package of the module': generate(
      'node_modules/flatted/golang/flatted.go',
      'package flatted\n',
    ),
    'what is no source file': generate('report.txt', 'x'),
  };
  needs('git')('are left out:', () => {
    test.each(Object.entries(harmless))('%s', async (_title, prepare) => {
      await using lab = await openLab();
      expect((await lab.run(lab.commit(), BRANCH, { prepare })).problems).toEqual([]);
      expect(Object.keys(tree(lab, 'dev'))).toEqual(['go.mod', 'sdk.go']);
    });
  });
});

needs(
  'git',
  'git-lfs',
  'go',
)('a file that Git LFS stores', () => {
  const content = 'large content\n'.repeat(100);
  /** Commits the pointer and keeps the content in the clone's own store, as `git add` does with git-lfs. */
  const commit = (lab: Lab): string => {
    lab.commit();
    const lfs = (...args: string[]): string =>
      git(lab.directory, ['lfs', ...args], { HOME: lab.scratch() });
    lfs('install', '--local');
    lfs('track', '*.bin');
    mkdirSync(join(lab.directory, SDK), { recursive: true });
    writeFileSync(join(lab.directory, SDK, 'data.bin'), content);
    git(lab.directory, ['add', '--all']);
    git(lab.directory, ['commit', '--quiet', '--message=data']);
    return git(lab.directory, ['rev-parse', 'HEAD']);
  };
  const embedding = {
    [`${SDK}/data.go`]:
      'package ameide\n\nimport _ "embed"\n\n//go:embed data.bin\nvar Data string\n',
    [`${SDK}/data.txt`]: 'not in git lfs\n',
  };

  test('is in the mirror with its content, which the checkout has', async () => {
    await using lab = await openLab({ files: embedding });
    const sha = commit(lab);
    expect(git(lab.directory, ['cat-file', 'blob', `HEAD:${SDK}/data.bin`])).toMatch(
      /^version https:\/\/git-lfs/,
    );
    const run = await lab.run(sha, BRANCH);
    expect(run).toMatchObject({ problems: [], published: [{ outcome: 'published' }] });
    expect(tree(lab, 'dev')['data.bin']).toBe(`100644 ${content.trim()}`);
    expect(await openMirrored(lab).compile(MODULE, 'dev')).toBe('compiles');
  });

  test('whose content this clone lacks is refused offline; and after the build, where the content is damaged', async () => {
    await using lab = await openLab({ files: embedding });
    const sha = commit(lab);
    const oid =
      /sha256:(\w+)/.exec(git(lab.directory, ['show', `HEAD:${SDK}/data.bin`]))?.[1] ?? '';
    const stored = join(lab.directory, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid);
    chmodSync(stored, 0o644);
    writeFileSync(stored, content.replace('large', 'LARGE'));
    const missing = { code: 'lfs-content-missing', path: `${SDK}/data.bin` };
    expect(await lab.validate(sha)).toEqual([]);
    expect((await lab.run(sha, BRANCH)).problems).toMatchObject([
      { ...missing, kind: 'incomplete' },
    ]);
    rmSync(stored);
    expect(await lab.validate(sha)).toMatchObject([{ ...missing, kind: 'input' }]);
    expect(lab.refs()).toEqual({});
  });

  test('is published as it is where it has no such attribute: a pointer that a test needs', async () => {
    await using lab = await openLab({
      files: { ...embedding, [`${SDK}/data.bin/x.txt`]: POINTER },
    });
    lab.commit();
    const sha = lab.commit({ '.gitattributes': '*.bin filter=lfs\n*.txt -filter\n' });
    expect((await lab.run(sha, BRANCH)).problems).toEqual([]);
    expect(tree(lab, 'dev')['data.bin/x.txt']).toBe(`100644 ${POINTER.trim()}`);
  });

  test('is refused in place, offline, as go gives consumers the pointer', async () => {
    const home = 'github.com/ameideio/ameide';
    const goMod = { [`${SDK}/go.mod`]: `module ${home}/${SDK}\n\ngo 1.21\n` };
    await using lab = await openLab({
      files: { ...embedding, ...goMod },
      mirror: 'ameideio/ameide',
    });
    const sha = commit(lab);
    git(lab.directory, ['push', '--quiet', '--no-verify', lab.bare, 'main']);
    const { publisher, plan, step } = await lab.open(sha, BRANCH, { inPlace: true });
    expect(await publisher.validate?.(plan, step)).toMatchObject([
      {
        code: 'go-lfs-file',
        kind: 'input',
        path: `${SDK}/data.bin`,
        message: expect.stringMatching(/^go:.* would publish .*, which is a Git LFS pointer: go /),
        hint: `Keep the file in git itself, or publish the module through a mirror. If the pointer is meant to be published: allow: ['${SDK}/data.bin'].`,
      },
    ]);
    const allowed = await lab.open(sha, BRANCH, { inPlace: true, allow: [`${SDK}/data.bin`] });
    expect(await allowed.publisher.validate?.(allowed.plan, allowed.step)).toEqual([]);
    const go = openGo(lab.scratch(), { [home]: `${lab.host.url}/ameideio/ameide` });
    const answer = JSON.parse(
      await go.run(['mod', 'download', '-json', `${home}/${SDK}@${sha}`]),
    ) as { Dir: string };
    expect(readFileSync(join(answer.Dir, 'data.bin'), 'utf8')).toMatch(
      /^version https:\/\/git-lfs/,
    );
  });
});
