import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningNpmRegistry, startNpmRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { tarGzMembers } from '@ameide/publisher-kit';
import { runGit } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MACHINE } from '../../packages/release/test/support/ameide-world.ts';
import { push } from './events.ts';
import { PASSED, runJobs } from './runner.ts';
import { readWorkflow } from './workflow-file.ts';

// This repository as its own workflow publishes it. Its job `test` is what runs this test.

const ROOT = join(import.meta.dirname, '../..');
const TIMEOUT = 300_000;

let home = '';
let registry: RunningNpmRegistry;

needs(
  'git',
  'npm',
  'pnpm',
)('our own workflow', () => {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'ameide-own-'));
    registry = await startNpmRegistry();
  });
  afterAll(async () => {
    await registry.stop();
    await rm(home, { recursive: true, force: true });
  });

  test('publishes every package of the files as they are now', { timeout: TIMEOUT }, async () => {
    const origin = join(home, 'origin');
    const sha = await commitFiles(origin);
    const workflow = await readWorkflow(join(ROOT, '.github/workflows/publish-packages.yml'));
    const event = push({ origin, ref: 'refs/heads/main', sha }, 'ameideio/ameide-publishing');
    const result = await runJobs(
      workflow,
      event,
      {
        home,
        env: { ...MACHINE, NPM_REGISTRY: registry.url, PATH: '/usr/bin:/bin' },
        secrets: { NPM_TOKEN: registry.token },
        packages: {},
      },
      { test: PASSED },
    );
    for (const { log, result: ended } of Object.values(result)) expect(ended, log).toBe('success');
    expect(result['build']?.secrets).toEqual([]);
    const { NPM_PUBLISHED_VERSION: version = '' } = result['version']?.outputs ?? {};
    expect(version).toMatch(/-dev\.20251113140000$/);
    const answer = await fetch(`${registry.url}/@ameide%2frelease`);
    const packument = (await answer.json()) as Packument;
    const tarball = await fetch(packument.versions[version]?.dist.tarball ?? '');
    const paths: string[] = [];
    for await (const { path } of tarGzMembers(await tarball.bytes())) paths.push(path);
    expect(paths).toContain('package/bundle/bin.js');
    expect(paths).toContain('package/dist/index.d.ts');
    expect(packument).toMatchObject({
      'dist-tags': { dev: version },
      versions: {
        [version]: {
          gitHead: sha,
          bin: { 'ameide-release': 'bundle/bin.js' },
          dependencies: { '@ameide/publisher-kit': `^${version}` },
        },
      },
    });
  });
});

interface Packument {
  readonly versions: Readonly<Record<string, { readonly dist: { readonly tarball: string } }>>;
}

/** A repository with one commit of the files that git would commit here. */
async function commitFiles(origin: string): Promise<string> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const files = runGit(ROOT, args)
    .split('\0')
    .filter((path) => path !== '');
  // A file that is deleted and not yet committed is still listed.
  for (const path of files)
    await cp(join(ROOT, path), join(origin, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  runGit(origin, ['init', '--quiet', '--initial-branch=main']);
  runGit(origin, ['add', '--all']);
  const date = '2025-11-13T14:00:00+00:00';
  runGit(origin, ['commit', '--quiet', '-m', 'All'], {
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  });
  return runGit(origin, ['rev-parse', 'HEAD']).trim();
}
