import { startGitHost } from '@ameide/local-registries';
import { goModule } from '@ameide/publisher-go';
import { expect, onTestFinished, test } from 'vitest';
import { readCommit } from '../src/commit/commit.ts';
import { createGitWorld } from './support/git-world.ts';
import { publish } from './support/run.ts';

// The mirror's tags have Go's own form; those of the source repository have the definition's.

test('a mirrored Go module of a release with a tag prefix: its dev builds come after the release', async () => {
  const host = await startGitHost({ repositories: ['example/go'] });
  onTestFinished(async () => host.stop());
  const git = createGitWorld();
  git.write('go/go.mod', 'module example.com/sdk\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  git.commit();
  git.git('tag', 'sdk/v0.1.0');
  const definition = { tagPrefix: 'sdk/v' };
  const mirror = `${host.url}/example/go.git`;
  const publishers = [goModule({ directory: 'go', mirror, token: host.token })];
  expect(await publish(publishers, { git, definition })).toMatchObject({
    exitCode: 0,
    artifacts: [{ coordinate: 'go:example.com/sdk@v0.1.0', outcome: 'published' }],
  });
  git.write('go/sdk.go', 'package sdk // more\n');
  git.commit('more', '2025-11-14T09:05:00Z');
  const report = await publish(publishers, { git, definition });
  expect(report).toMatchObject({ exitCode: 0 });
  expect(report.artifacts[0]?.resolved).toMatch(/^v0\.1\.1-0\.20251114090500-/);
});

test('a Go module in place has its own tag, also where the release tags have a prefix', async () => {
  const git = createGitWorld();
  git.write('sdk/go.mod', 'module example.com/repo/sdk\n\ngo 1.22\n');
  git.write('sdk/sdk.go', 'package sdk\n');
  git.commit();
  git.git('tag', 'train-0.1.0');
  const question = { base: { base: '0.1.0' }, tagPrefix: 'train-', goDirectory: 'sdk' };
  const { ref, versions } = await readCommit(await git.open(), question);
  expect([ref, versions.go]).toEqual([
    'refs/tags/train-0.1.0',
    { version: 'v0.1.0', tag: 'sdk/v0.1.0' },
  ]);
});
