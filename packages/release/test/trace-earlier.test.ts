import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startThreeRegistries,
  THREE_CONFIG,
  type ThreeRegistries,
} from './support/three-registries.ts';

// A repository whose packages were renamed and whose folders moved after they were published, on
// real registries: traced with the definition of today, and with that of the traced commit.

describe('a release from before its package was renamed', () => {
  let registries: ThreeRegistries;
  let git: TestRepository;
  let then: string;
  let earlier: { readonly directory: string };
  beforeAll(async () => {
    registries = await startThreeRegistries();
    git = createTestRepository({ origin: 'https://github.com/example/repo.git' });
    git.commit({ files: { 'README.md': '' }, time: '2025-11-14T08:00:00Z' });
    git.write('release.config.mjs', THREE_CONFIG);
    git.write('packages/sdk/package.json', { name: '@example/old', version: '0.1.0' });
    git.write('go/go.mod', 'module example.com/sdk\n\ngo 1.22\n');
    git.write('go/sdk.go', 'package sdk\n');
    then = git.commit({ time: '2025-11-14T09:00:00Z' });
    git.git('tag', 'v0.1.0');
    // A definition is loaded once in a process, so the two of this test have two folders.
    earlier = { directory: `${git.directory}-then` };
    git.git('worktree', 'add', '--quiet', earlier.directory, then);
    expect((await registries.run(earlier, 'publish')).code).toBe(0);
    git.git('mv', 'packages', 'libraries');
    git.write('libraries/sdk/package.json', { name: '@example/new', version: '0.2.0' });
    const config = THREE_CONFIG.replaceAll("'packages/sdk", "'libraries/sdk").replace(
      '/example/sdk',
      '/example/new',
    );
    git.write('release.config.mjs', config);
    git.commit({ time: '2025-11-14T09:01:00Z' });
  });
  afterAll(async () => {
    git.git('worktree', 'remove', '--force', earlier.directory);
    await Promise.all([registries, git].map(async (one) => one[Symbol.asyncDispose]()));
  });

  test('is found under the name that it has on a registry of the definition', async () => {
    for (const artifact of ['npm:@example/old@0.1.0', `oci:${registries.oci}/example/sdk:0.1.0`]) {
      const { report } = await registries.run(git, 'trace', artifact);
      expect(report).toMatchObject({
        exitCode: 0,
        sha: then,
        artifacts: [{ coordinate: artifact, state: 'same-source' }],
        notes: [expect.stringContaining('now; trace asked its registry all the same')],
      });
    }
  });

  test('is refused, not called unpublished, if no registry has that name: it may be mistyped', async () => {
    for (const artifact of [
      'npm:@example/odl@0.1.0',
      'npm:@example/old@0.1.1',
      `oci:${registries.oci}/example/odl:0.1.0`,
      'oci:other.example/example/sdk:0.1.0',
      'go:example.com/odl@v0.1.0',
      'pypi:old==0.1.0',
    ]) {
      const { code, report } = await registries.run(git, 'trace', artifact);
      expect({ artifact, code, report }).toMatchObject({
        code: 2,
        report: { problems: [{ code: 'unknown-coordinate' }] },
      });
    }
  });

  test('is traced by its commit with a note that the commit has another definition, or none', async () => {
    const notes = async (revision: string): Promise<string> =>
      (await registries.run(git, 'trace', revision)).report.notes.join('\n');
    expect(await notes(then)).toContain('has another release.config.mjs');
    const first = git.git('rev-list', '--max-parents=0', 'HEAD');
    expect(await notes(first)).toContain('has no release.config.mjs');
    expect(await notes('HEAD')).not.toContain('release.config.mjs');
  });

  test('is traced completely from a worktree of its commit, as the note says', async () => {
    const { report } = await registries.run(earlier, 'trace', then);
    expect(report).toMatchObject({ exitCode: 0, notes: [] });
    expect(report.artifacts.map(({ coordinate }: { coordinate: string }) => coordinate)).toEqual(
      expect.arrayContaining(['npm:@example/old@0.1.0', 'go:example.com/sdk@v0.1.0']),
    );
  });
});
