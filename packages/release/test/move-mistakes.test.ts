import { runGit } from '@ameide/publisher-kit/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitWorld } from './support/git-world.ts';
import {
  startThreeRegistries,
  THREE_CONFIG,
  type ThreeRegistries,
} from './support/three-registries.ts';

// What a person mistypes at `move-pointer`, after two releases and a dev build, on real registries.

describe('a person who moves a pointer', () => {
  let registries: ThreeRegistries;
  beforeAll(async () => {
    registries = await startThreeRegistries();
  });
  afterAll(async () => registries[Symbol.asyncDispose]());

  async function twoReleases() {
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', 'https://github.com/example/repo.git');
    git.write('release.config.mjs', THREE_CONFIG);
    git.write('go/go.mod', 'module example.com/sdk\n\ngo 1.22\n');
    git.write('go/sdk.go', 'package sdk\n');
    const published = [];
    for (const [index, tag] of ['v0.1.0', 'v0.2.0', undefined].entries()) {
      const version = tag?.slice(1) ?? '0.2.0';
      git.write('packages/sdk/package.json', { name: '@example/sdk', version });
      git.commit(`commit ${index}`, `2025-11-14T09:0${index}:00Z`);
      if (tag !== undefined) git.git('tag', tag);
      const { code, report } = await registries.run(git, 'publish');
      expect(code).toBe(0);
      published.push(report);
    }
    return { git, dev: published[2], sha: git.git('rev-parse', 'HEAD') };
  }

  test('cannot give a stable name to a dev build or to another line, and moves by every name that the tables show', async () => {
    const { dev, git, sha } = await twoReleases();
    const npmDev = '0.2.1-dev.20251114090200';
    const goDev = dev.artifacts.find(({ publisher }: { publisher: string }) =>
      publisher.startsWith('go:'),
    ).resolved;
    expect(goDev).toMatch(/^v0\.2\.1-0\.\d{14}-[0-9a-f]{12}$/);
    const image = `oci:${registries.oci}/example/sdk`;
    const npmLatest = 'npm:@example/sdk@latest';
    const goMain = 'go:example.com/sdk@main';
    for (const [pointer, to, from] of [
      [npmLatest, npmDev, '0.2.0'],
      [npmLatest, sha, '0.2.0'],
      [`${image}:latest`, sha, '0.2.0'],
      [`${image}:0.2`, '0.1.0', '0.2.0'],
      [goMain, `source-${sha}`, 'v0.2.0'],
      [goMain, goDev, 'v0.2.0'],
    ] as const) {
      const { code, report } = await registries.run(
        git,
        'move-pointer',
        pointer,
        '--to',
        to,
        '--from',
        from,
      );
      expect({ pointer, code, problems: report.problems }).toMatchObject({
        code: 2,
        problems: [{ code: 'pointer-target' }],
      });
    }
    const tag = git.git('rev-parse', 'v0.1.0^{commit}');
    for (const [pointer, to, from] of [
      [npmLatest, '0.1.0', '0.2.0'],
      [`${image}:latest`, tag, '0.2.0'],
      [goMain, 'v0.1.0', 'v0.2.0'],
      ['go:example.com/sdk@dev', 'v0.2.0', goDev],
      ['go:example.com/sdk@dev', tag, 'v0.2.0'],
      ['go:example.com/sdk@dev', goDev, 'v0.1.0'],
    ] as const) {
      const { report } = await registries.run(
        git,
        'move-pointer',
        pointer,
        '--to',
        to,
        '--from',
        from,
      );
      expect(report).toMatchObject({ exitCode: 0, outcome: 'moved', problems: [] });
      expect((await registries.run(git, 'move-pointer', pointer, '--to', to)).report).toMatchObject(
        { outcome: 'already' },
      );
    }
    // Publishers do not know the definition's file: the command in the hint names it all the same.
    const config = `${git.directory}/release.config.mjs`;
    const asked = [npmLatest, '--to', '0.2.0', '--config', config];
    const { report } = await registries.run(git, 'move-pointer', ...asked);
    expect(report.problems[0].hint).toBe(
      `To move it: ameide-release -C ${git.directory} move-pointer --config ${config} ${npmLatest} --to 0.2.0 --from 0.1.0`,
    );
    expect(runGit(registries.mirror, ['rev-parse', 'dev'])).toContain(goDev.slice(-12));
    expect(runGit(registries.mirror, ['rev-parse', 'main'])).toBe(
      runGit(registries.mirror, ['rev-parse', 'v0.1.0']),
    );
  });
});
