import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { sha512Integrity } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { sizeProblem } from '../src/build.ts';
import { npm } from '../src/npm.ts';
import { run } from './support/client.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';
import { problemsOf, valueOf } from './support/result.ts';
import { makeStep, type StepOptions } from './support/step.ts';
import { readTarball } from './support/tarball.ts';

const MANIFEST = {
  name: '@x/a',
  version: '0.0.0',
  type: 'module',
  exports: { '.': './index.js' },
  bin: './cli.js',
  files: ['lib', 'index.js', 'cli.js'],
};
const FILES = {
  'packages/a/index.js': 'export {};\n',
  'packages/a/cli.js': '#!/usr/bin/env node\n',
  'packages/a/lib/deep/ü.js': 'export {};\n',
  'packages/a/README.md': '# a\n',
  'packages/a/LICENSE': 'Apache-2.0\n',
  'packages/a/test/a.test.js': '',
  'packages/a/.env': 'TOKEN=1',
};

interface BuildOptions {
  readonly files?: StepOptions['files'];
  readonly manifest?: object;
  readonly npm?: object;
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes the checkout before the build. */
  readonly prepare?: (folder: string) => void;
}

async function build(options: BuildOptions = {}) {
  const files = {
    ...(options.files ?? FILES),
    'packages/a/package.json': options.manifest ?? MANIFEST,
  };
  const publisher = await npm({ directory: 'packages/a', ...options.npm }).open(
    literalSource(files),
  );
  const { environment = {} } = options;
  const step = makeStep({ files, environment });
  options.prepare?.(join(step.checkout, 'packages/a'));
  const plan = publisher.plan(makeRelease({ channel: releaseChannel('0.1.0') }));
  return { step, plan, result: await publisher.build(plan, step) };
}

const node = (script: string) => [process.execPath, '-e', script];

describe('the tarball', () => {
  test('holds what npm pack lists, under the rewritten manifest', async () => {
    const { plan, result, step } = await build();
    const { tarball, artifacts } = valueOf(result);
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
    const packed = JSON.parse(entries.get('package/package.json')?.text ?? '') as object;
    expect(packed).toEqual({ ...MANIFEST, version: '0.1.0', gitHead: SHA });
    expect(packed).toEqual(plan.manifest);
  });

  test('has npm’s fixed time, no owner, and executable bits where they belong', async () => {
    const { result } = await build({
      prepare: (folder) => chmodSync(join(folder, 'lib/deep/ü.js'), 0o700),
    });
    const entries = await readTarball(valueOf(result).tarball);
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

  test('is the same byte for byte with other times, modes and order of the files', async () => {
    const first = valueOf((await build()).result);
    const reversed = Object.fromEntries(Object.entries(FILES).toReversed());
    const prepare = (folder: string): void => {
      utimesSync(join(folder, 'index.js'), 1, 1);
      chmodSync(join(folder, 'index.js'), 0o600);
    };
    const second = valueOf((await build({ files: reversed, prepare })).result);
    expect(readFileSync(second.tarball).equals(readFileSync(first.tarball))).toBe(true);
    expect(first.artifacts[0]?.digest).toMatchInlineSnapshot(
      `"sha512-Zgh6aX/dQ4aFqLgcgetYy2743ToEq5/xsXdCkjxVVN0ah69wjX2CdpZ2m50WETl6zGJqOfMLVvs6nw7irtIKgg=="`,
    );
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
    const { result } = await build({
      manifest: { ...MANIFEST, files: ['*.js'], scripts },
      npm: { build: node(script) },
      prepare: (folder) => rmSync(join(folder, 'index.js')),
    });
    const entries = await readTarball(valueOf(result).tarball);
    expect(entries.get('package/index.js')?.text).toBe('built in a');
    expect([...entries.keys()]).not.toContain('package/ran.js');
  });

  test('is not run again where it has run for another registry', async () => {
    const files = { ...FILES, 'packages/a/package.json': MANIFEST };
    const script = "require('node:fs').writeFileSync('index.js', 'built', { flag: 'ax' })";
    const step = makeStep({ files });
    rmSync(join(step.checkout, 'packages/a/index.js'));
    const tarballs: Buffer[] = [];
    const keys: unknown[] = [];
    for (const registry of ['https://one.example', 'https://two.example']) {
      const [program, ...args] = node(script);
      const build = [program ?? '', ...args] as const;
      const options = { directory: 'packages/a', registry, build };
      const publisher = await npm(options).open(literalSource(files));
      const plan = publisher.plan(makeRelease({ channel: releaseChannel('0.1.0') }));
      keys.push(publisher.buildKey?.(plan));
      const { tarball } = valueOf(
        await publisher.build(plan, { ...step, hasRun: tarballs.length > 0 }),
      );
      tarballs.push(readFileSync(tarball));
    }
    expect(keys).toEqual([expect.stringContaining('packages/a'), keys[0]]);
    expect(tarballs[1]).toEqual(tarballs[0]);
  });

  test('sees no token', async () => {
    const [before, name] = [process.env['NPM_TOKEN'], 'packages/a/index.js'];
    process.env['NPM_TOKEN'] = 'npm_planted_secret';
    try {
      const { result, step } = await build({
        npm: {
          build: node("require('node:fs').writeFileSync('index.js', JSON.stringify(process.env))"),
          token: 'npm_planted_secret',
        },
      });
      valueOf(result);
      expect(readFileSync(join(step.checkout, name), 'utf8')).toContain('PATH');
      expect(readFileSync(join(step.checkout, name), 'utf8')).not.toContain('npm_planted_secret');
    } finally {
      if (before === undefined) delete process.env['NPM_TOKEN'];
      else process.env['NPM_TOKEN'] = before;
    }
  });

  test('sees the environment that the release gives to every program', async () => {
    const script =
      "require('node:fs').writeFileSync('index.js', process.env.AMEIDE_SHA + ' ' + process.env.SOURCE_DATE_EPOCH)";
    const environment = { AMEIDE_SHA: SHA, SOURCE_DATE_EPOCH: '1763047931' };
    const { result } = await build({ npm: { build: node(script) }, environment });
    const entries = await readTarball(valueOf(result).tarball);
    expect(entries.get('package/index.js')?.text).toBe(`${SHA} 1763047931`);
  });

  test('that fails is a problem, with what it printed', async () => {
    const { result, step } = await build({
      npm: { build: node("console.error('no compiler'); process.exit(3)") },
    });
    expect(problemsOf(result)).toMatchObject([
      {
        code: 'npm-build-failed',
        kind: 'incomplete',
        effect: 'none',
        message: expect.stringContaining('no compiler'),
        coordinate: 'npm:@x/a@0.1.0',
      },
    ]);
    expect(step.events).toContainEqual({ publisher: 'npm:@x/a', message: 'no compiler' });
  });

  test('may change the package.json, as with npm; the version and the commit stay the release’s', async () => {
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
      writeFileSync('package.json', JSON.stringify({ ...manifest, version: '9.9.9', exports: './lib/made.js' }));
      writeFileSync('lib/made.js', '');`;
    const { plan, result } = await build({ npm: { build: node(script) } });
    const entries = await readTarball(valueOf(result).tarball);
    expect(JSON.parse(entries.get('package/package.json')?.text ?? '')).toEqual({
      ...plan.manifest,
      exports: './lib/made.js',
    });
    expect([...entries.keys()]).toContain('package/lib/made.js');
  });

  test.each([
    ['another name', { ...MANIFEST, name: '@x/b' }, 'npm-name'],
    ['private', { ...MANIFEST, private: true }, 'npm-private'],
  ])('that makes the package.json that of %s is refused', async (_, manifest, code) => {
    const prepare = (folder: string): void =>
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    expect(problemsOf((await build({ prepare })).result)).toMatchObject([
      { code, kind: 'incomplete', rerun: 'after-fix' },
    ]);
  });
});

describe('what must not be published', () => {
  test('files that may hold secrets, each by its path in the repository', async () => {
    const prepare = (folder: string): void => {
      for (const path of ['lib/id_rsa', 'lib/.netrc', '.env.example'])
        writeFileSync(join(folder, path), 'x');
    };
    const manifest = { ...MANIFEST, files: ['*', 'lib'] };
    const { result, step } = await build({ manifest, prepare });
    expect(problemsOf(result)).toMatchObject(
      ['packages/a/.env', 'packages/a/lib/.netrc', 'packages/a/lib/id_rsa'].map((path) => ({
        code: 'built-secret-file',
        kind: 'incomplete',
        rerun: 'after-fix',
        path,
        hint: expect.stringContaining(`allow: ['${path}']`),
      })),
    );
    expect(() => readFileSync(join(step.workspace, 'x-a-0.1.0.tgz'))).toThrow('ENOENT');
    const allow = ['packages/a/.env', 'packages/a/lib/.netrc', 'packages/a/lib/id_rsa'];
    valueOf((await build({ manifest, prepare, npm: { allow } })).result);
  });

  test('names that would be lines of a log are quoted', async () => {
    const { result } = await build({ manifest: { ...MANIFEST, bin: 'x\n::error::y' } });
    expect(problemsOf(result)[0]?.message).toContain(String.raw`package: "x\n::error::y".`);
  });

  test.each([
    ['the package.json', 'package.json', 'packages/a/package.json', undefined],
    ['the folder', '.', 'packages/a/package.json', undefined],
    ['the checkout’s .git', '../../.git', '.git', 'no-checkout'],
  ])(
    'if prepare removed %s, the problem names it and says to keep it',
    async (_title, removed, field, code = 'invalid-input') => {
      const prepare = (folder: string): void => rmSync(join(folder, removed), { recursive: true });
      const { result } = await build({ prepare, npm: { build: node('1') } });
      expect(problemsOf(result)).toMatchObject([
        {
          code,
          kind: 'incomplete',
          rerun: 'after-fix',
          coordinate: 'npm:@x/a@0.1.0',
          message: expect.stringContaining(field),
          hint: expect.stringContaining('so that it does not remove'),
        },
      ]);
    },
  );

  test.each([
    ['that are one file on another system', 'lib/A.js', 'path-collision'],
    ['that no archive can hold', 'lib/a\\b.js', 'file-name'],
  ])('files with names %s', async (_, name, code) => {
    const prepare = (folder: string): void => {
      writeFileSync(join(folder, 'lib/a.js'), '');
      writeFileSync(join(folder, name), '');
    };
    expect(problemsOf((await build({ prepare })).result)).toMatchObject([
      { code, kind: 'incomplete', coordinate: 'npm:@x/a@0.1.0' },
    ]);
  });

  test('an empty folder in place of a file', async () => {
    const { result } = await build({
      prepare: (folder) => {
        rmSync(join(folder, 'index.js'));
        mkdirSync(join(folder, 'index.js'));
      },
    });
    expect(problemsOf(result)).toMatchObject([{ code: 'npm-missing-file' }]);
  });
});

test('a tarball that npm clients could not send is refused after the build', async () => {
  const { plan } = await build();
  expect(sizeProblem(plan, 371 * 2 ** 20)).toBeUndefined();
  expect(sizeProblem(plan, 373 * 2 ** 20)).toMatchObject({
    code: 'npm-package-too-large',
    kind: 'incomplete',
    rerun: 'after-fix',
  });
});

needs('npm')('a name that only Linux can hold', () => {
  test('is packed where it is allowed, as npm packs it', async () => {
    const names = ['lib/a\\b.js', 'lib/new\nline.js', 'lib/tab\t.js', 'lib/del\x7f.js'];
    const prepare = (folder: string): void => {
      for (const name of names) writeFileSync(join(folder, name), name);
    };
    const refused = problemsOf((await build({ prepare })).result);
    expect(refused).toMatchObject([{ code: 'file-name' }]);
    const allow = names.map((name) => `packages/a/${name}`);
    const { result, step } = await build({ prepare, npm: { allow } });
    const ours = await readTarball(valueOf(result).tarball);
    const folder = join(step.checkout, 'packages/a');
    const packed = [
      'npm',
      'pack',
      '--ignore-scripts',
      '--pack-destination',
      step.workspace,
    ] as const;
    await run([...packed, '--json'], folder, { HOME: step.workspace });
    const theirs = await readTarball(join(step.workspace, 'x-a-0.0.0.tgz'));
    for (const name of names)
      expect(ours.get(`package/${name}`)?.text).toBe(theirs.get(`package/${name}`)?.text ?? '');
    expect([...ours.keys()].toSorted()).toEqual([...theirs.keys()].toSorted());
  });
});
