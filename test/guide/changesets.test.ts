import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AmeideRepository,
  createAmeideRepository,
  type Registries,
  runAmeide,
  startRegistries,
} from '../../packages/release/test/support/ameide-world.ts';
import { applyDiff, type Block, blocksOf } from './page.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const blocks = await blocksOf(join(root, 'docs/changesets.md'));
const TIMEOUT = 240_000;
const WHO = { NAME: 'Reader', EMAIL: 'reader@example.com', DATE: '2025-11-14T09:05:00+00:00' };

let home: string;
let repository: AmeideRepository;
let registries: Registries;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ameide-guide-'));
  repository = await createAmeideRepository();
  registries = await startRegistries(repository);
  await repository.commit('The first commit', '2025-11-13T14:00:00+00:00');
  await repository.tag('v0.1.0');
  // A clone of GitHub's repository that pushes to one beside it.
  const remote = join(home, 'origin.git');
  repository.git('init', '--quiet', '--bare', remote);
  repository.git('config', 'remote.origin.pushurl', remote);
  repository.git('config', 'branch.main.remote', 'origin');
  repository.git('config', 'branch.main.merge', 'refs/heads/main');
  // What `pnpm exec ameide-release` finds: this workspace's program.
  const program = join(home, 'bin/ameide-release');
  await mkdir(dirname(program));
  const bin = join(root, 'packages/release/src/bin.ts');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  await chmod(program, 0o755);
  env = {
    ...registries.env,
    ...repository.trust.identity(),
    ...Object.fromEntries(
      Object.entries(WHO).flatMap(([name, value]) => [
        [`GIT_AUTHOR_${name}`, value],
        [`GIT_COMMITTER_${name}`, value],
      ]),
    ),
    PATH: `${dirname(program)}:${process.env['PATH']}`,
    npm_config_prefer_offline: 'true',
    NO_COLOR: '1',
  };
}, TIMEOUT);

afterAll(async () => {
  await registries.stop();
  await repository.remove();
  await rm(home, { recursive: true, force: true });
});

/** Does what a block of the page says, and returns what its commands print. */
async function follow({ language, text, file }: Block): Promise<string> {
  const path = join(repository.directory, file ?? '');
  if (language === 'sh') {
    const call = { cwd: repository.directory, env, maxBuffer: 1e8 };
    const { stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', text], call);
    return stdout + stderr;
  }
  await mkdir(dirname(path), { recursive: true });
  const content = language === 'diff' ? applyDiff(await readFile(path, 'utf8'), text) : text;
  await writeFile(path, content);
  return '';
}

needs(
  'git',
  'uv',
  'npm',
  'pnpm',
)('the page about changesets', () => {
  test(
    'leads to the letter from a changeset to a release on every registry',
    async () => {
      let output = '';
      const published: string[] = [];
      for (const block of blocks) {
        if (block.language === 'text') {
          for (const line of block.text.trim().split('\n')) expect(output).toContain(line);
          continue;
        }
        output = await follow(block);
        if (!block.text.includes('ameide-release publish')) continue;
        const { code, report } = await runAmeide(['plan'], repository, registries);
        expect(code).toBe(0);
        published.push(...(report?.artifacts ?? []).map(shown));
      }
      expect(published).toEqual([
        'npm:@ameideio/ameide-sdk-ts@0.2.0-dev.20251114090500',
        'pypi:ameide-sdk-python==0.2.0.dev20251114090500',
        'go:github.com/ameideio/ameide-sdk-go@source-<sha>',
        'oci:<host>/ameideio/ameide-sdk-ts:<sha>',
        'oci:<host>/ameideio/ameide-sdk-go:<sha>',
        'oci:<host>/ameideio/ameide-sdk-python:<sha>',
        'npm:@ameideio/configuration@0.2.0-dev.20251114090500',
        'oci:<host>/ameideio/configuration:<sha>',
        'npm:@ameideio/ameide-sdk-ts@0.2.0',
        'pypi:ameide-sdk-python==0.2.0',
        'go:github.com/ameideio/ameide-sdk-go@v0.2.0',
        'oci:<host>/ameideio/ameide-sdk-ts:<sha>',
        'oci:<host>/ameideio/ameide-sdk-ts:0.2.0',
        'oci:<host>/ameideio/ameide-sdk-go:<sha>',
        'oci:<host>/ameideio/ameide-sdk-go:0.2.0',
        'oci:<host>/ameideio/ameide-sdk-python:<sha>',
        'oci:<host>/ameideio/ameide-sdk-python:0.2.0',
        'npm:@ameideio/configuration@0.2.0',
        'oci:<host>/ameideio/configuration:<sha>',
        'oci:<host>/ameideio/configuration:0.2.0',
      ]);
      const answer = await fetch(`${registries.env['NPM_REGISTRY']}/@ameideio%2fameide-sdk-ts`);
      expect(await answer.json()).toMatchObject({
        'dist-tags': { dev: '0.2.0-dev.20251114090500', latest: '0.2.0' },
      });
    },
    TIMEOUT,
  );

  test('raises one file, which is pushed with its tag', async () => {
    const show = (...args: string[]): string[] =>
      repository
        .git(...args)
        .split('\n')
        .toSorted();
    expect(
      show('diff', '--name-only', 'HEAD~1', 'HEAD').filter(
        (path) => !path.startsWith('.changeset/'),
      ),
    ).toEqual(['packages/ameide_sdk_ts/CHANGELOG.md', 'packages/ameide_sdk_ts/package.json']);
    const head = repository.git('rev-parse', 'HEAD');
    expect(show('ls-remote', join(home, 'origin.git'))).toEqual(
      expect.arrayContaining([`${head}\trefs/heads/main`, `${head}\trefs/tags/v0.2.0`]),
    );
  });
});

/** What the registry has of our commit, without what differs from run to run. */
function shown({ coordinate, state }: { coordinate: string; state?: string }): string {
  const name = coordinate.replace(/127\.0\.0\.1:\d+/, '<host>').replace(/\b[0-9a-f]{40}$/, '<sha>');
  return state === 'same-source' || state === 'identical' ? name : `${state} ${name}`;
}
