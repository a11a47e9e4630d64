import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ContentsReport } from '../src/report/contents.ts';
import {
  type AmeideRepository,
  createAmeideRepository,
  type PublishResult,
  publishAmeide,
  type Registries,
  runAmeide,
  startRegistries,
} from './support/ameide-world.ts';

// What a maintainer looks at before anything is sent, on the example monorepo and real registries. The
// tests are one story, in order.

const TIMEOUT = 240_000;
const NOTHING = { npm: 0, python: 0, oci: 0, git: 0 };
const PARTS = [
  'npm:@ameideio/ameide-sdk-ts package',
  'pypi:ameide-sdk-python wheel py3-none-any',
  'pypi:ameide-sdk-python sdist',
  'go:github.com/ameideio/ameide-sdk-go module',
  'oci:registry/ameideio/ameide-sdk-ts image linux/amd64',
  'oci:registry/ameideio/ameide-sdk-go image linux/amd64',
  'oci:registry/ameideio/ameide-sdk-python image linux/amd64',
  'npm:@ameideio/configuration package',
  'oci:registry/ameideio/configuration image linux/amd64',
];

let repository: AmeideRepository;
let registries: Registries;
let folder: string;

/** An image of files has the same for every platform, so one is enough. */
function contentsOf({ report }: PublishResult): Readonly<Record<string, ContentsReport>> {
  const contents = report?.contents ?? [];
  const chosen = contents.filter(({ part }) => !/^image (?!linux\/amd64$)/.test(part));
  return Object.fromEntries(
    chosen.map((one) => [
      `${one.publisher.replace(/127\.0\.0\.1:\d+/, 'registry')} ${one.part}`,
      one,
    ]),
  );
}

function changes(contents: ContentsReport | undefined): Readonly<Record<string, string>> {
  const changed = contents?.files.filter(({ change }) => change !== 'unchanged') ?? [];
  return Object.fromEntries(changed.map(({ path, change }) => [path, change ?? '']));
}

async function dryRun(...more: readonly string[]): Promise<PublishResult> {
  registries.clear();
  const result = await runAmeide(['publish', '--dry-run', ...more], repository, registries);
  expect(registries.mutating(), 'writing requests of a dry run').toEqual(NOTHING);
  return result;
}

const execute = promisify(execFile);

// Not `execFileSync`: the registries run in this process.
async function npm(cwd: string, args: readonly string[]): Promise<string> {
  const env = { ...registries.env, npm_config_registry: registries.env['NPM_REGISTRY'] };
  const { stdout } = await execute('npm', args, { cwd, env });
  return stdout;
}

const suite = needs('git', 'npm', 'pnpm', 'uv', 'go');

suite('a rehearsal of the example', () => {
  beforeAll(async () => {
    repository = await createAmeideRepository();
    registries = await startRegistries(repository);
    folder = await mkdtemp(join(tmpdir(), 'ameide-rehearsal-'));
    await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
    await repository.tag('v0.1.0');
  }, TIMEOUT);
  afterAll(async () => {
    await registries.stop();
    await repository.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    'before the first release: every file of every artifact, and no writing request',
    async () => {
      const result = await dryRun();
      expect(result).toMatchObject({ code: 0, report: { command: 'publish --dry-run' } });
      const contents = contentsOf(result);
      expect(Object.keys(contents).toSorted()).toEqual(PARTS.toSorted());
      expect(Object.values(contents).map(({ change }) => change)).toEqual(PARTS.map(() => 'new'));
      for (const token of registries.tokens)
        expect(result.stdout + result.stderr).not.toContain(token);
    },
    TIMEOUT,
  );

  test(
    'the files are those that the registries get',
    async () => {
      const before = contentsOf(await dryRun());
      expect((await publishAmeide(repository, registries)).code).toBe(0);
      const [packed] = JSON.parse(
        await npm(folder, ['pack', '--json', '@ameideio/ameide-sdk-ts@0.1.0']),
      );
      expect(before['npm:@ameideio/ameide-sdk-ts package']?.files.map(({ path }) => path)).toEqual(
        packed.files.map(({ path }: { readonly path: string }) => path).toSorted(),
      );
    },
    TIMEOUT,
  );

  test(
    'of what is published already: byte-identical',
    async () => {
      const result = await dryRun();
      expect(result.code).toBe(0);
      const found = Object.entries(contentsOf(result)).map(([name, { change }]) => [name, change]);
      // What is built by a program is built again only by `build`.
      expect(found.length).toBeGreaterThan(0);
      expect(found).toEqual(found.map(([name]) => [name, 'identical']));

      const built = await runAmeide(['build', '--out', join(folder, 'built')], repository, {
        ...registries,
        env: registries.env,
      });
      expect(built.code).toBe(0);
      const contents = contentsOf(built);
      expect(Object.keys(contents).toSorted()).toEqual(PARTS.toSorted());
      expect(Object.values(contents).map(({ change }) => change)).toEqual(
        PARTS.map(() => 'identical'),
      );
    },
    TIMEOUT,
  );

  test(
    'before the next release: what differs from the last, as npm diff and the other tools say',
    async () => {
      const sdk = join(repository.directory, 'packages/ameide_sdk_ts');
      await repository.raiseBase('0.2.0');
      await appendFile(join(sdk, 'README.md'), '\nOne more line.\n');
      const go = join(repository.directory, 'packages/ameide_sdk_go');
      await writeFile(join(go, 'more.go'), `package ${await goPackage(go)}\n`);
      const configuration = join(repository.directory, 'packages/ameide_configuration');
      await writeFile(join(configuration, 'more.json'), '{}\n');
      await repository.commit('The second commit', '2025-11-14T09:05:00+00:00');
      await repository.tag('v0.2.0');

      const out = join(folder, 'next');
      const built = await runAmeide(['build', '--out', out], repository, registries);
      expect(built.code).toBe(0);
      const result = await dryRun('--from', out);
      expect(result.code).toBe(0);
      const contents = contentsOf(result);
      expect(Object.keys(contents).toSorted()).toEqual(PARTS.toSorted());
      expect(contentsOf(built)).toEqual(contents);

      const package_ = contents['npm:@ameideio/ameide-sdk-ts package'];
      expect(package_?.before?.coordinate).toBe('npm:@ameideio/ameide-sdk-ts@0.1.0');
      const tarball = (await readdir(out, { recursive: true })).find((name) =>
        name.endsWith('ameide-sdk-ts-0.2.0.tgz'),
      );
      const diff = ['diff', '--diff-name-only', '--diff=@ameideio/ameide-sdk-ts@0.1.0'];
      const named = await npm(folder, [...diff, `--diff=file:${join(out, tarball ?? '')}`]);
      expect(Object.keys(changes(package_))).toEqual(named.trim().split('\n').toSorted());

      expect(changes(contents['go:github.com/ameideio/ameide-sdk-go module'])).toEqual({
        'more.go': 'added',
      });
      expect(changes(contents['oci:registry/ameideio/configuration image linux/amd64'])).toEqual({
        'index.json': 'changed',
        'more.json': 'added',
      });
      const wheel = contents['pypi:ameide-sdk-python wheel py3-none-any'];
      expect(changes(wheel)).toEqual({
        'ameide_sdk_python.dist-info/METADATA': 'changed',
        'ameide_sdk_python.dist-info/RECORD': 'changed',
      });
      expect(wheel?.manifestBefore).toContain('Version: 0.1.0');
      expect(wheel?.manifest).toContain('Version: 0.2.0');
    },
    TIMEOUT,
  );
});

async function goPackage(directory: string): Promise<string> {
  const text = await readFile(join(directory, 'client.go'), 'utf8');
  return /^package (\w+)/m.exec(text)?.[1] ?? '';
}
