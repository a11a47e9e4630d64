import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createProcesses } from '@ameide/publisher-kit';
import {
  createTestRepository,
  type FileContent,
  type LiteralOptions,
  literalSource,
  writeInto,
} from '@ameide/publisher-kit/testing';
import { failed, ok, type Problem, problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../src/image/store.ts';
import { type GhcrOptions, ghcr } from '../src/index.ts';
import type { GhcrBuilt } from '../src/plan.ts';
import { DATETIME, release, SHA, step, stepWith, tree } from './release.ts';

const FILES = {
  'sdk/index.js': 'export {};\n',
  'sdk/lib/a.txt': 'a\n',
  'sdk/node_modules/x/index.js': 'left out',
  'other.txt': 'left out',
};

const OPTIONS: GhcrOptions = {
  image: 'ghcr.io/a/b',
  files: 'sdk',
  platform: 'linux/amd64',
  ports: { env: process.env },
};

async function build(
  options: Partial<GhcrOptions> = {},
  files: Readonly<Record<string, FileContent>> = FILES,
  datetime = DATETIME,
): Promise<GhcrBuilt> {
  const { problems, value } = await tryBuild(options, files, datetime);
  if (problems !== undefined) throw new Error(problems[0].message);
  return value;
}

async function tryBuild(
  options: Partial<GhcrOptions>,
  files: Readonly<Record<string, FileContent>>,
  datetime = DATETIME,
) {
  const publisher = await ghcr({ ...OPTIONS, ...options }).open(tree());
  return publisher.build(publisher.plan(release({ datetime })), await step(files));
}

/** What `plan` says of a commit with these files. */
async function validate(
  files: Readonly<Record<string, FileContent>>,
  options: Partial<GhcrOptions> = {},
  more: LiteralOptions = {},
): Promise<readonly Problem[]> {
  const source = literalSource(files, more);
  const publisher = await ghcr({ ...OPTIONS, ...options }).open(source);
  return publisher.validate(publisher.plan(release()), stepWith({ source }));
}

/** The layer's files as GNU tar shows them: kind and mode, time in UTC, name. */
async function listLayer(built: GhcrBuilt): Promise<readonly string[]> {
  const argv = ['--utc', '--full-time', '--numeric-owner', '-tvzf', '-'];
  const printed = execFileSync('tar', argv, { input: await blob(built, 1), encoding: 'utf8' });
  const line = /^(\S+) 0\/0 +(\d+) (\S+ \S+) (.*)$/gm;
  return [...printed.matchAll(line)].map(([, mode, , time, name]) => `${mode} ${time} ${name}`);
}

async function blob({ blobs }: GhcrBuilt, index: number): Promise<Buffer> {
  const { path, digest, size } = blobs[index] ?? { path: '', digest: '', size: 0 };
  const bytes = await readFile(path);
  expect([digestOf(bytes), bytes.length]).toEqual([digest, size]);
  return bytes;
}

test('more files than a process may have open are packed', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`${index}.txt`, `${index}`]),
  );
  const { checkout, workspace } = await step(files);
  const source = (path: string): string => new URL(`../src/${path}`, import.meta.url).href;
  const script = `
    import { listFolder } from '${source('folder/list-folder.ts')}';
    import { writeTarGz } from '@ameide/publisher-kit';
    const [folder, target] = process.argv.slice(1);
    const entries = (await listFolder(folder, () => false))
      .map(({ absolute, path }) => ({ path, content: { file: absolute.toString() } }));
    await writeTarGz(target, entries);
    console.log(entries.length);
  `;
  const limited = ['sh', '-c', 'ulimit -n 256 && exec "$0" "$@"', process.execPath] as const;
  const { stdoutText, stderrText } = await createProcesses().run({
    argv: [...limited, '--input-type=module', '-e', script, checkout, join(workspace, 'a.tar.gz')],
    cwd: import.meta.dirname,
  });
  expect([stdoutText, stderrText]).toEqual(['1000\n', '']);
});

describe('an image from files', () => {
  test('is the same on every machine: golden digests', async () => {
    const built = await build();
    expect(built.blobs.map(({ digest }) => digest)).toMatchInlineSnapshot(`
      [
        "sha256:49e47f378f13e6b4c66f8b5ab2b55a279105012bac160c5e9ee31421d18d24de",
        "sha256:6d78b371764bf6d0fe8a5e8a71d02904031075a8a5cf555faa02310c17caf92a",
      ]
    `);
    expect(built.manifest.digest).toMatchInlineSnapshot(
      `"sha256:2a2d835e4ffa2758f30f156cebe0fe3174f674afe8ef3d873b09bb6d61532362"`,
    );
    expect(built.artifacts).toEqual([
      {
        coordinate: { ecosystem: 'oci', name: 'ghcr.io/a/b', version: SHA },
        name: 'application/vnd.oci.image.manifest.v1+json',
        digest: built.manifest.digest,
        size: built.blobs.reduce((sum, { size }) => sum + size, built.manifest.size),
      },
    ]);
    expect((await build()).manifest.digest).toBe(built.manifest.digest);
  });

  test('says in labels and annotations where it comes from', async () => {
    const built = await build({
      labels: { 'org.opencontainers.image.title': 'The SDK', 'org.example.team': 'sdk' },
    });
    const config = JSON.parse((await blob(built, 0)).toString()) as Record<string, never>;
    const labels = {
      'org.example.team': 'sdk',
      'org.opencontainers.image.created': '2025-11-13T15:32:11Z',
      'org.opencontainers.image.revision': SHA,
      'org.opencontainers.image.source': 'https://github.com/ameideio/ameide',
      'org.opencontainers.image.title': 'The SDK',
      'org.opencontainers.image.version': `0.1.0-dev.${DATETIME}+g71e210b`,
    };
    const layer = gunzipSync(await blob(built, 1));
    expect(config).toEqual({
      created: '2025-11-13T15:32:11Z',
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      history: [{ created: '2025-11-13T15:32:11Z', created_by: 'ameide-release files sdk' }],
    });
    expect(JSON.parse(await readFile(built.manifest.path, 'utf8'))).toMatchObject({
      schemaVersion: 2,
      annotations: labels,
    });
  });

  test('puts the files where they are wanted, with the commit’s time', async () => {
    const time = '2025-11-13 15:32:11';
    expect(await listLayer(await build())).toEqual([
      `-rw-r--r-- ${time} index.js`,
      `drwxr-xr-x ${time} lib/`,
      `-rw-r--r-- ${time} lib/a.txt`,
    ]);
    const elsewhere = await listLayer(await build({ path: '/opt/sdk/' }));
    expect(elsewhere.map((line) => line.split(' ')[3])).toEqual([
      'opt/',
      'opt/sdk/',
      'opt/sdk/index.js',
      'opt/sdk/lib/',
      'opt/sdk/lib/a.txt',
    ]);
  });

  test('two versions of one size have different times, so that a web server’s ETag changes', async () => {
    const [first, second] = await Promise.all([
      build({}, { 'sdk/index.html': 'version 1' }),
      build({}, { 'sdk/index.html': 'version 2' }, '20251113153212'),
    ]);
    expect(await listLayer(first)).toEqual(['-rw-r--r-- 2025-11-13 15:32:11 index.html']);
    expect(await listLayer(second)).toEqual(['-rw-r--r-- 2025-11-13 15:32:12 index.html']);
  });

  test('takes a file of more than 2 GiB', { timeout: 120_000 }, async () => {
    const built = await build({ build: ['truncate', '--size', '2049M', 'large.bin'] });
    const lines = await listLayer(built);
    expect(lines.filter((line) => line.endsWith(' large.bin'))).toHaveLength(1);
  });

  test('keeps links, and names that only Linux can hold in one folder', async () => {
    const built = await build(
      {},
      {
        'sdk/lib/libx.so.1': 'the library',
        'sdk/lib/libx.so': { link: 'libx.so.1' },
        'sdk/self': { link: '.' },
        'sdk/dead': { link: 'nowhere' },
        'sdk/README': '',
        'sdk/Readme': '',
        'sdk/a\\b': '',
      },
    );
    expect((await listLayer(built)).map((line) => line.replace(/ \S+ \S+/, ''))).toEqual([
      '-rw-r--r-- README',
      '-rw-r--r-- Readme',
      '-rw-r--r-- a\\\\b',
      'lrwxrwxrwx dead -> nowhere',
      'drwxr-xr-x lib/',
      'lrwxrwxrwx lib/libx.so -> libx.so.1',
      '-rw-r--r-- lib/libx.so.1',
      'lrwxrwxrwx self -> .',
    ]);
  });

  test('takes the platform that is asked for', async () => {
    const config = JSON.parse(
      (await blob(await build({ platform: 'linux/arm/v7' }), 0)).toString(),
    ) as unknown;
    expect(config).toMatchObject({ os: 'linux', architecture: 'arm', variant: 'v7' });
  });

  test('runs the build first, in the environment of the release', async () => {
    const script =
      'require("fs").writeFileSync("made.txt", process.env.AMEIDE_SHA + process.cwd().slice(-4))';
    const publisher = await ghcr({ ...OPTIONS, build: [process.execPath, '-e', script] }).open(
      tree(),
    );
    const one = stepWith({ files: FILES, environment: { AMEIDE_SHA: SHA } });
    const { value } = await publisher.build(publisher.plan(release()), one);
    if (value === undefined) throw new Error('not built');
    expect(gunzipSync(await blob(value, 1)).toString()).toContain(`${SHA}/sdk`);
  });

  test('does not run a program again that has run for another image', async () => {
    const script = 'require("fs").writeFileSync("made.txt", "made", { flag: "ax" })';
    const given = stepWith({ files: FILES });
    const keys: unknown[] = [];
    const layers: Buffer[] = [];
    for (const image of ['ghcr.io/a/b', 'ghcr.io/a/c']) {
      const options = { ...OPTIONS, image, build: [process.execPath, '-e', script] as const };
      const publisher = await ghcr(options).open(tree());
      const plan = publisher.plan(release());
      keys.push(publisher.buildKey?.(plan));
      const { value } = await publisher.build(plan, { ...given, hasRun: layers.length > 0 });
      if (value === undefined) throw new Error('not built');
      layers.push(await blob(value, 1));
    }
    expect(keys).toEqual([expect.stringContaining('sdk'), keys[0]]);
    expect(layers[1]).toEqual(layers[0]);
  });

  test('a failed build is a problem', async () => {
    const codes = async (...argv: [string, ...string[]]): Promise<unknown> =>
      (await tryBuild({ build: argv }, FILES)).problems?.map(({ code }) => code);
    expect(await codes(process.execPath, '-e', 'process.exit(3)')).toEqual(['ghcr-build-failed']);
    expect(await codes('/no/such/program')).toEqual(['ghcr-build-not-found']);
  });
});

describe('an image from a bundle', () => {
  const bundle = {
    name: 'configuration',
    description: 'Ameide configuration',
    files: (plan: { version: string; sha: string }) =>
      Promise.resolve(
        ok([{ path: 'plan.json', content: new TextEncoder().encode(JSON.stringify(plan)) }]),
      ),
  };

  test('carries the files and the description', async () => {
    const publisher = await ghcr
      .bundle('ghcr.io/ameideio/configuration', { path: '/etc/ameide' })
      .open(tree(), bundle);
    const plan = publisher.plan(release({ channel: 'release' }));
    const result = await publisher.build(plan, await step());
    if (result.value === undefined) throw new Error(result.problems[0].message);
    const built = result.value as GhcrBuilt;
    expect(gunzipSync(await blob(built, 1)).toString()).toMatch(
      new RegExp(
        `etc/ameide/plan\\.json[^]*{"version":"0.1.0-dev.${DATETIME}\\+g71e210b","sha":"${SHA}"}`,
      ),
    );
    expect(JSON.parse(await readFile(built.manifest.path, 'utf8'))).toMatchObject({
      annotations: {
        'org.opencontainers.image.description': 'Ameide configuration',
        'org.opencontainers.image.version': `0.1.0-dev.${DATETIME}+g71e210b`,
      },
    });
  });

  test.each(['files', 'bundle'] as const)(
    'of %s: nothing in it tells the channel that built it',
    async (kind) => {
      const image = 'ghcr.io/ameideio/sdk';
      const publisher =
        kind === 'files'
          ? await ghcr({ image, files: 'sdk' }).open(tree())
          : await ghcr.bundle(image).open(tree(), bundle);
      const digests = ['dev', 'candidate', 'release'] as const;
      const built = digests.map(async (channel) => {
        const made = await step({ 'sdk/index.js': '' });
        const result = await publisher.build(publisher.plan(release({ channel })), made);
        return (result.value as GhcrBuilt | undefined)?.manifest.digest;
      });
      const [one, ...others] = await Promise.all(built);
      expect(others).toEqual([one, one]);
    },
  );

  test('of a folder: validate reports what its maker refuses and whiteouts, and a build allows what it allows', async () => {
    const refused = problem({ code: 'x', kind: 'input', message: 'No.' });
    const publisher = await ghcr.bundle('ghcr.io/a/b').open(tree(), {
      name: 'configuration',
      directory: 'conf',
      allow: ['conf/.env'],
      paths: ['a/.wh.b', '.env'],
      validate: async (publisher) => [{ ...refused, message: publisher }],
      files: async () => ok([{ path: '.env', content: new Uint8Array() }]),
    });
    const plan = publisher.plan(release());
    expect(await publisher.validate?.(plan, await step())).toMatchObject([
      { code: 'x', message: 'oci:ghcr.io/a/b' },
      { code: 'ghcr-whiteout', kind: 'input', path: 'conf/a/.wh.b' },
    ]);
    expect(await publisher.build(plan, await step())).toHaveProperty('value');
  });

  test('returns the bundle’s own problem', async () => {
    const problem = {
      code: 'configuration-invalid',
      message: 'No.',
      kind: 'input',
      effect: 'none',
      rerun: 'after-fix',
    } as const;
    const publisher = await ghcr
      .bundle('ghcr.io/a/b')
      .open(tree(), { ...bundle, files: () => Promise.resolve(failed(problem)) });
    expect(await publisher.build(publisher.plan(release()), await step())).toEqual(failed(problem));
  });
});

test('the workspace is an OCI image layout', async () => {
  const publisher = await ghcr(OPTIONS).open(tree());
  const there = await step({ ...FILES, 'sdk/ümläut.txt': '' });
  const result = await publisher.build(publisher.plan(release()), there);
  if (result.value === undefined) throw new Error(result.problems[0].message);
  const index = JSON.parse(await readFile(join(there.workspace, 'index.json'), 'utf8')) as unknown;
  expect(index).toMatchObject({ manifests: [{ digest: result.value.manifest.digest }] });
});

describe('plan says of the commit', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n';

  test.each([
    ['secret-file', '.npmrc', ''],
    ['secret-file', '.env.production', ''],
    ['secret-file', 'lib/.netrc', ''],
    ['secret-file', 'id_ed25519', ''],
    ['secret-file', 'tls.key', key],
    ['ghcr-link', 'out', { link: '../other' }],
    ['ghcr-link', 'lib/out', { link: '../../other' }],
    ['ghcr-link', 'passwd', { link: '/etc/passwd' }],
    ['ghcr-link', 'bin/tsc', { link: '../node_modules/typescript/bin/tsc' }],
  ])('%s: %s, unless it is allowed', async (code, name, content) => {
    const path = `sdk/${name}`;
    const files = { 'sdk/index.js': '', [path]: content };
    const problems = await validate(files);
    expect(problems).toMatchObject([{ code, kind: 'input', path, rerun: 'after-fix' }]);
    expect(problems[0]?.message).toMatch(/^oci:ghcr\.io\/a\/b would /);
    expect(problems[0]?.hint).toContain(`allow: ['${path}']`);
    expect(await validate(files, { allow: [path] })).toEqual([]);
  });

  test.each(['.wh.index.js', 'lib/.wh..wh..opq', '.wh.lib/index.js'])(
    'ghcr-whiteout: an image takes %s for a removal',
    async (name) => {
      const files = { [`sdk/${name}`]: '' };
      const about = { code: 'ghcr-whiteout', path: `sdk/${name}` };
      expect(await validate(files)).toMatchObject([{ ...about, kind: 'input' }]);
      const { problems } = await tryBuild({}, files);
      expect(problems).toMatchObject([{ ...about, kind: 'incomplete', rerun: 'after-fix' }]);
    },
  );

  test('everything at once, and only of what is published', async () => {
    const secrets = { '.env': '', 'other/.env': '', 'sdk/node_modules/a/.npmrc': '' };
    const links = { 'other/out': { link: '/etc' }, 'sdk/node_modules/b': { link: '../../b' } };
    const fine = { 'sdk/.env.example': '', 'sdk/env': '', 'sdk/A': '', 'sdk/a': '' };
    expect(await validate({ ...secrets, ...links, ...fine })).toEqual([]);
    const both = { 'sdk/.env': '', 'sdk/.wh.x': '', 'sdk/out': { link: '/etc' } };
    expect((await validate(both)).map(({ code }) => code).toSorted()).toEqual([
      'ghcr-link',
      'ghcr-whiteout',
      'secret-file',
    ]);
  });

  test('content that the clone lacks, unless it is allowed or outside of the directory', async () => {
    const files = { 'sdk/model.bin': '', 'sdk/proto/a.proto': '' };
    const missing = [
      { path: 'sdk/model.bin', reason: 'lfs' },
      { path: 'sdk/proto', reason: 'submodule' },
      { path: 'other.bin', reason: 'lfs' },
    ] as const;
    const source = { ...literalSource(files, { missing }) };
    const listed = await source.list('sdk');
    const proto = { path: 'sdk/proto', mode: 'submodule', objectId: SHA } as const;
    const withSubmodule = { ...source, list: async () => [...listed.slice(0, 1), proto] };
    const codes = async (allow: readonly string[]): Promise<readonly string[]> => {
      const publisher = await ghcr({ ...OPTIONS, allow }).open(withSubmodule);
      const one = stepWith({ source: withSubmodule });
      const problems = await publisher.validate(publisher.plan(release()), one);
      return problems.map(({ code }) => code);
    };
    expect(await codes([])).toEqual(['lfs-content-missing', 'submodule-missing']);
    expect(await codes(['sdk/proto'])).toEqual(['lfs-content-missing']);
    expect(await codes(['sdk/proto', 'sdk/model.bin'])).toEqual([]);
  });
});

describe('a build that makes files that the commit does not have', () => {
  const making = (script: string): Partial<GhcrOptions> => ({
    build: [process.execPath, '-e', `const fs = require("fs"); ${script}`],
  });

  test.each([
    ['built-secret-file', 'sdk/.npmrc', 'fs.writeFileSync(".npmrc", "")'],
    ['ghcr-whiteout', 'sdk/.wh.x', 'fs.writeFileSync(".wh.x", "")'],
    ['ghcr-link', 'sdk/out', 'fs.symlinkSync("/etc", "out")'],
    ['ghcr-file-name', 'sdk/\uFFFD', 'fs.writeFileSync(Buffer.from([0xff]), "")'],
    [
      'ghcr-special-file',
      'sdk/fifo.pem',
      'require("child_process").execFileSync("mkfifo", ["fifo.pem"])',
    ],
  ])('%s: nothing is packed', async (code, path, script) => {
    const { problems } = await tryBuild(making(script), FILES);
    expect(problems).toMatchObject([{ code, path, kind: 'incomplete', rerun: 'after-fix' }]);
  });

  test('is packed when it is allowed', async () => {
    const allow = ['sdk/.npmrc', 'sdk/out'];
    const script = 'fs.writeFileSync(".npmrc", ""); fs.symlinkSync("/etc", "out")';
    const built = await build({ ...making(script), allow });
    expect((await listLayer(built)).map((line) => line.split(' ')[3])).toEqual([
      '.npmrc',
      'index.js',
      'lib/',
      'lib/a.txt',
      'out',
    ]);
  });
});

test('a name that is not UTF-8 counts only where it would be published', async () => {
  await using repository = createTestRepository();
  writeInto(repository.directory, 'sdk/index.js', '');
  writeInto(repository.directory, 'image/Dockerfile', 'FROM scratch\n');
  execFileSync('sh', ['-c', `: > "$(printf 'caf\\351')"`], { cwd: repository.directory });
  const codes = async (files: string, sha: string): Promise<unknown> => {
    const source = (await repository.open()).source(sha as never);
    const publisher = await ghcr({ ...OPTIONS, files }).open(source);
    return publisher.validate(publisher.plan(release({ sha })), stepWith({ source }));
  };
  const sha = repository.commit();
  expect(await codes('sdk', sha)).toEqual([]);
  expect(await codes('', sha)).toMatchObject([{ code: 'file-name', path: 'caf\uFFFD' }]);
});
