import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createProcesses } from '@ameide/publisher-kit';
import { failed, ok } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../src/image/store.ts';
import { ghcr } from '../src/index.ts';
import type { GhcrBuilt } from '../src/plan.ts';
import { DATETIME, release, SHA, step, tree } from './release.ts';

const FILES = {
  'sdk/index.js': 'export {};\n',
  'sdk/lib/a.txt': 'a\n',
  'sdk/node_modules/x/index.js': 'left out',
  'other.txt': 'left out',
};

async function build(
  options: Partial<Parameters<typeof ghcr>[0]> = {},
  files: Readonly<Record<string, string>> = FILES,
): Promise<GhcrBuilt> {
  const publisher = await ghcr({
    image: 'ghcr.io/a/b',
    files: 'sdk',
    ports: { env: process.env },
    ...options,
  }).open(tree());
  const result = await publisher.build(publisher.plan(release()), await step(files));
  if (result.value === undefined) throw new Error(result.problems[0].message);
  return result.value as GhcrBuilt;
}

async function blob(built: GhcrBuilt, index: number): Promise<Buffer> {
  const { path, digest, size } = built.blobs[index] ?? { path: '', digest: '', size: 0 };
  const bytes = await readFile(path);
  expect([digestOf(bytes), bytes.length]).toEqual([digest, size]);
  return bytes;
}

test('more files than a process may have open are packed, and sent to an engine', async () => {
  const { checkout } = await step(
    Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`sdk/${index}.txt`, `${index}`]),
    ),
  );
  const context = new URL('../src/engine/context.ts', import.meta.url).href;
  const script = `
    import { readFolder, writeTarGz } from '@ameide/publisher-kit';
    import { folderEntries } from '${new URL('../src/image/pack.ts', import.meta.url).href}';
    import { packContext } from '${context}';
    const [folder] = process.argv.slice(1);
    const entries = folderEntries(await readFolder(folder));
    await writeTarGz(folder + '.tar.gz', entries);
    console.log(entries.length, (await packContext(folder, 'Dockerfile', 0)).length > 1000 * 512);
  `;
  const argv = [
    'sh',
    '-c',
    'ulimit -n 256 && exec "$0" "$@"',
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    join(checkout, 'sdk'),
  ] as const;
  const { stdoutText, stderrText } = await createProcesses().run({
    argv,
    cwd: import.meta.dirname,
  });
  expect([stdoutText, stderrText]).toEqual(['1000 true\n', '']);
});

describe('an image from files', () => {
  test('is the same on every machine: golden digests', async () => {
    const built = await build();
    expect(built.blobs.map(({ digest }) => digest)).toMatchInlineSnapshot(`
      [
        "sha256:f2925eaa9a1c07f27f698ae1259f3656d789997df8ed30533271b1ef78c337fc",
        "sha256:ad2ac40806682fd85432666f48836020511e40b3cdd5a7cfe29b1e41b887bb2a",
      ]
    `);
    expect(built.manifest.digest).toMatchInlineSnapshot(
      `"sha256:29a68102a7627d820f707607ea7f542e3fa070bbb76ba249c283c7343d66a339"`,
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

  test('puts the files where they are wanted and leaves out what is nobody’s', async () => {
    const names = async (path?: string): Promise<string[]> => {
      const tar = gunzipSync(await blob(await build(path === undefined ? {} : { path }), 1));
      const found: string[] = [];
      for (let at = 0; at < tar.length && tar[at] !== 0; ) {
        found.push(tar.toString('utf8', at, at + 100).replace(/\0.*$/s, ''));
        at +=
          512 + Math.ceil(Number.parseInt(tar.toString('utf8', at + 124, at + 135), 8) / 512) * 512;
      }
      return found;
    };
    expect(await names()).toEqual(['index.js', 'lib/', 'lib/a.txt']);
    expect(await names('/opt/sdk/')).toEqual([
      'opt/',
      'opt/sdk/',
      'opt/sdk/index.js',
      'opt/sdk/lib/',
      'opt/sdk/lib/a.txt',
    ]);
  });

  test('takes the platform that is asked for', async () => {
    const config = JSON.parse(
      (await blob(await build({ platform: 'linux/arm/v7' }), 0)).toString(),
    ) as unknown;
    expect(config).toMatchObject({ os: 'linux', architecture: 'arm', variant: 'v7' });
  });

  test.each(['.npmrc', '.env', '.env.production', 'lib/.netrc', 'id_ed25519', '.NPMRC'])(
    'refuses to pack %s',
    async (name) => {
      await expect(build({}, { ...FILES, [`sdk/${name}`]: 'token' })).rejects.toThrow(
        'ghcr-secret-file',
      );
    },
  );

  test('refuses to pack a private key', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n';
    await expect(build({}, { ...FILES, 'sdk/tls.key': key })).rejects.toThrow('ghcr-secret-file');
  });

  test.each(['.env.example', 'env', 'npmrc'])('packs %s', async (name) => {
    await expect(build({}, { ...FILES, [`sdk/${name}`]: '' })).resolves.toBeDefined();
  });

  test('refuses a link that leaves the directory', async () => {
    const publisher = await ghcr({ image: 'ghcr.io/a/b', files: 'sdk' }).open(tree());
    const there = await step(FILES);
    await symlink('/etc/passwd', join(there.checkout, 'sdk', 'passwd'));
    await expect(publisher.build(publisher.plan(release()), there)).rejects.toMatchObject({
      name: 'InvalidInputError',
      code: 'symlink',
    });
  });

  test('runs the build first, told the commit’s time', async () => {
    const script =
      'require("fs").writeFileSync("made.txt", process.env.SOURCE_DATE_EPOCH + process.cwd().slice(-4))';
    const built = await build({ build: [process.execPath, '-e', script] });
    expect(gunzipSync(await blob(built, 1)).toString()).toContain('1763047931/sdk');
  });

  test('a failed build is a problem', async () => {
    await expect(build({ build: [process.execPath, '-e', 'process.exit(3)'] })).rejects.toThrow(
      'ghcr-build-failed',
    );
    await expect(build({ build: ['/no/such/program'] })).rejects.toThrow('ghcr-build-not-found');
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
      new RegExp(`etc/ameide/plan\\.json[^]*{"version":"0.1.0","sha":"${SHA}"}`),
    );
    expect(JSON.parse(await readFile(built.manifest.path, 'utf8'))).toMatchObject({
      annotations: {
        'org.opencontainers.image.description': 'Ameide configuration',
        'org.opencontainers.image.version': '0.1.0',
      },
    });
  });

  test('hands on the bundle’s own problem', async () => {
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
  const publisher = await ghcr({ image: 'ghcr.io/a/b', files: 'sdk' }).open(tree());
  const there = await step(FILES);
  await writeFile(join(there.checkout, 'sdk', 'ümläut.txt'), '');
  const result = await publisher.build(publisher.plan(release()), there);
  if (result.value === undefined) throw new Error(result.problems[0].message);
  const index = JSON.parse(await readFile(join(there.workspace, 'index.json'), 'utf8')) as unknown;
  expect(index).toMatchObject({
    manifests: [{ digest: (result.value as GhcrBuilt).manifest.digest }],
  });
});
