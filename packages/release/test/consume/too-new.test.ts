import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { startConsumeWorld } from './world.ts';

needs('git', 'pnpm')('a release of today, which pnpm does not trust yet', () => {
  test('stops consume: a frozen install would refuse the lockfile', {
    timeout: 120_000,
  }, async () => {
    await using world = await startConsumeWorld(({ npm }) => ({
      '.npmrc': `registry=${npm}\n`,
      'pnpm-workspace.yaml': 'minimumReleaseAge: 0\npackages: [web]\n',
      'web/package.json': '{ "name": "web", "dependencies": { "@example/sdk": "0.1.0" } }\n',
    }));
    await world.release('0.1.0');
    await world.run('', 'pnpm', 'install', '--lockfile-only');
    world.git.write(
      'pnpm-workspace.yaml',
      "minimumReleaseAgeExclude: ['@example/sdk@0.1.0']\npackages: [web]\n",
    );
    world.git.commit('The lockfile');
    await world.release('0.2.0');
    const report = await world.consume();
    expect(report).toMatchObject({ exitCode: 3, written: false });
    expect(report.problems).toMatchObject([
      { code: 'consume-lockfile-too-new', path: 'pnpm-workspace.yaml' },
    ]);
    expect(world.git.git('status', '--porcelain')).toBe('');
    world.git.write(
      'pnpm-workspace.yaml',
      "minimumReleaseAgeExclude: ['@example/*']\npackages: [web]\n",
    );
    expect(await world.consume()).toMatchObject({ exitCode: 0, written: true });
    await world.run('', 'pnpm', 'install', '--frozen-lockfile');
  });
});
