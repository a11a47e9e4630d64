import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { sha512Integrity } from '@ameide/publisher-kit';
import type { Built } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { versionMetadata } from '../src/pack/metadata.ts';
import type { NpmBuilt } from '../src/plan.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { literalSource } from './support/source.ts';
import { makeStep, type StepOptions } from './support/step.ts';
import { readTarball } from './support/tarball.ts';
import { invalidInput } from './support/thrown.ts';

const MANIFEST = {
  name: '@x/a',
  version: '0.0.0',
  type: 'module',
  exports: { '.': './index.js' },
  bin: './cli.js',
  files: ['lib', 'index.js', 'cli.js'],
};
const FILES = {
  'packages/a/package.json': MANIFEST,
  'packages/a/index.js': 'export {};\n',
  'packages/a/cli.js': '#!/usr/bin/env node\n',
  'packages/a/lib/deep/ü.js': 'export {};\n',
  'packages/a/README.md': '# a\n',
  'packages/a/LICENSE': 'Apache-2.0\n',
  'packages/a/test/a.test.js': '',
  'packages/a/.env': 'TOKEN=1',
};

async function build(
  options: {
    files?: StepOptions['files'];
    manifest?: object;
    npm?: object;
    prepare?: (folder: string) => void;
  } = {},
) {
  const manifest = options.manifest ?? MANIFEST;
  const publisher = await npm({ directory: 'packages/a', ...options.npm }).open(
    literalSource({ 'packages/a/package.json': manifest }),
  );
  const step = makeStep({ files: options.files ?? FILES });
  options.prepare?.(join(step.source, 'packages/a'));
  const plan = publisher.plan(makeRelease({ channel: releaseChannel('0.1.0') }));
  return { step, plan, result: await publisher.build(plan, step) };
}

function built(result: { built: Built } | { problem: unknown }): NpmBuilt {
  if ('built' in result) return result.built as NpmBuilt;
  throw new Error(JSON.stringify(result));
}

describe('the tarball', () => {
  test('holds what npm pack lists, under the rewritten manifest', async () => {
    const { result, step } = await build();
    const { tarball, artifacts } = built(result);
    expect(tarball).toBe(join(step.workspace, 'x-a-0.1.0.tgz'));
    const bytes = readFileSync(tarball);
    expect(artifacts).toEqual([
      {
        coordinate: { ecosystem: 'npm', name: '@x/a', version: '0.1.0' },
        name: 'x-a-0.1.0.tgz',
        digest: sha512Integrity(bytes),
        size: bytes.length,
      },
    ]);
    const entries = await readTarball(tarball);
    expect([...entries.keys()].toSorted()).toEqual(
      ['LICENSE', 'README.md', 'cli.js', 'index.js', 'lib/deep/ü.js', 'package.json'].map(
        (path) => `package/${path}`,
      ),
    );
    expect(JSON.parse(entries.get('package/package.json')?.text ?? '')).toEqual({
      ...MANIFEST,
      version: '0.1.0',
      gitHead: SHA,
    });
  });

  test('has npm’s fixed time, no owner, and executable bits where they belong', async () => {
    const { result } = await build({
      prepare: (folder) => chmodSync(join(folder, 'lib/deep/ü.js'), 0o700),
    });
    const entries = await readTarball(built(result).tarball);
    for (const { header } of entries.values()) {
      expect(header).toMatchObject({
        uid: 0,
        gid: 0,
        mtime: new Date('1985-10-26T08:15:00Z'),
        type: 'file',
      });
    }
    const modes = Object.fromEntries([...entries].map(([path, { header }]) => [path, header.mode]));
    expect(modes).toMatchObject({
      'package/cli.js': 0o755,
      'package/lib/deep/ü.js': 0o755,
      'package/index.js': 0o644,
    });
  });

  test('is the same byte for byte, whatever the times, modes and order of the files', async () => {
    const first = built((await build()).result);
    const reversed = Object.fromEntries(Object.entries(FILES).toReversed());
    const prepare = (folder: string): void => {
      utimesSync(join(folder, 'index.js'), 1, 1);
      chmodSync(join(folder, 'index.js'), 0o600);
    };
    const second = built((await build({ files: reversed, prepare })).result);
    expect(readFileSync(second.tarball).equals(readFileSync(first.tarball))).toBe(true);
    expect(first.artifacts[0]?.digest).toMatchInlineSnapshot(
      `"sha512-5UcWtSHeCNrdKPTF9Mg0Tm15QB2a10gkOft6KSyVmqaos/CJg3K1gGo4gyk/l+y8xruJwimziItKPAYnGPvQkw=="`,
    );
  });

  test('carries README and bin into the registry’s document', async () => {
    const { result, plan } = await build();
    const manifest = (plan as unknown as { manifest: object }).manifest;
    expect(await versionMetadata(manifest as never, readFileSync(built(result).tarball))).toEqual({
      ...manifest,
      bin: { a: './cli.js' },
      readme: '# a\n',
      readmeFilename: 'README.md',
    });
  });
});

describe('the build', () => {
  test('is the one program that is run, in the private copy; no lifecycle script is', async () => {
    const script =
      "require('node:fs').writeFileSync('index.js', 'built in ' + require('node:path').basename(process.cwd()))";
    const scripts = Object.fromEntries(
      ['prepublishOnly', 'prepack', 'prepare', 'postpack'].map((name) => [
        name,
        'echo ran > ran.js',
      ]),
    );
    const manifest = { ...MANIFEST, files: ['*.js'], scripts };
    const files = { ...FILES, 'packages/a/package.json': manifest };
    const { result } = await build({
      manifest,
      files,
      npm: { build: [process.execPath, '-e', script] },
      prepare: (folder) => rmSync(join(folder, 'index.js')),
    });
    const entries = await readTarball(built(result).tarball);
    expect(entries.get('package/index.js')?.text).toBe('built in a');
    expect([...entries.keys()]).not.toContain('package/ran.js');
  });

  test('sees no token', async () => {
    const [before, name] = [process.env['NPM_TOKEN'], 'packages/a/index.js'];
    process.env['NPM_TOKEN'] = 'npm_planted_secret';
    try {
      const script = "require('node:fs').writeFileSync('index.js', JSON.stringify(process.env))";
      const { result, step } = await build({
        npm: { build: [process.execPath, '-e', script], token: 'npm_planted_secret' },
      });
      expect('built' in result).toBe(true);
      expect(readFileSync(join(step.source, name), 'utf8')).toContain('PATH');
      expect(readFileSync(join(step.source, name), 'utf8')).not.toContain('npm_planted_secret');
    } finally {
      if (before === undefined) delete process.env['NPM_TOKEN'];
      else process.env['NPM_TOKEN'] = before;
    }
  });

  test('is told the commit’s time, so that its output is the same on any day', async () => {
    const script = "require('node:fs').writeFileSync('index.js', process.env.SOURCE_DATE_EPOCH)";
    const { result } = await build({ npm: { build: [process.execPath, '-e', script] } });
    const entries = await readTarball(built(result).tarball);
    expect(entries.get('package/index.js')?.text).toBe(
      String(Date.UTC(2025, 10, 13, 15, 32, 11) / 1000),
    );
  });

  test('that fails is a problem, with what it printed', async () => {
    const { result, step } = await build({
      npm: { build: [process.execPath, '-e', "console.error('no compiler'); process.exit(3)"] },
    });
    expect(result).toMatchObject({
      problem: {
        code: 'npm-build-failed',
        kind: 'incomplete',
        effect: 'none',
        message: expect.stringContaining('no compiler'),
        coordinate: 'npm:@x/a@0.1.0',
      },
    });
    expect(step.events).toContainEqual({ publisher: 'npm:@x/a', message: 'no compiler' });
  });

  test('that was forgotten shows in the files that are missing', async () => {
    const { result } = await build({ prepare: (folder) => rmSync(join(folder, 'index.js')) });
    expect(result).toMatchObject({
      problem: {
        code: 'npm-missing-file',
        kind: 'input',
        message: expect.stringContaining('index.js'),
      },
    });
  });
});

describe('what must not be published', () => {
  test('files that may hold secrets', async () => {
    const manifest = { ...MANIFEST, files: ['*', 'lib'] };
    const files = {
      ...FILES,
      'packages/a/package.json': manifest,
      'packages/a/lib/id_rsa': 'x',
      'packages/a/.npmrc': 'x',
      'packages/a/.env.example': 'x',
    };
    const { result, step } = await build({ manifest, files });
    expect(result).toMatchObject({
      problem: {
        code: 'npm-secret-file',
        kind: 'input',
        message: 'npm:@x/a@0.1.0 would publish .env, lib/id_rsa, which may hold secrets.',
      },
    });
    expect(() => readFileSync(join(step.workspace, 'x-a-0.1.0.tgz'))).toThrow('ENOENT');
  });

  test('symlinks and FIFOs are left out, as npm leaves them out', async () => {
    const { result } = await build({
      prepare: (folder) => {
        symlinkSync('/etc/hostname', join(folder, 'lib/host.js'));
        symlinkSync('../.env', join(folder, 'lib/settings.js'));
        symlinkSync('../test', join(folder, 'lib/test'));
        execFileSync('mkfifo', [join(folder, 'lib/pipe.js')]);
      },
    });
    const paths = [...(await readTarball(built(result).tarball)).keys()].filter((path) =>
      path.startsWith('package/lib/'),
    );
    expect(paths).toEqual(['package/lib/deep/ü.js']);
  });

  test('names that would be lines of a log are quoted', async () => {
    const { result: secret } = await build({
      files: { ...FILES, 'packages/a/lib/\n::error::x/id_rsa': 'x' },
    });
    expect(secret).toMatchObject({
      problem: {
        message: expect.stringContaining(String.raw`publish "lib/\n::error::x/id_rsa", which`),
      },
    });
    const { result: missing } = await build({ manifest: { ...MANIFEST, bin: 'x\n::error::y' } });
    expect(missing).toMatchObject({
      problem: { message: expect.stringContaining(String.raw`package: "x\n::error::y".`) },
    });
  });

  test('paths that are one file on another system', async () => {
    const files = { ...FILES, 'packages/a/lib/A.js': '', 'packages/a/lib/a.js': '' };
    expect(await invalidInput(async () => build({ files }))).toMatchObject({
      code: 'path-collision',
    });
  });

  test('an empty folder in place of a file', async () => {
    const { result } = await build({
      prepare: (folder) => {
        rmSync(join(folder, 'index.js'));
        mkdirSync(join(folder, 'index.js'));
      },
    });
    expect(result).toMatchObject({ problem: { code: 'npm-missing-file' } });
  });
});
