import { needs } from '@ameide/local-registries/components';
import { publisherContract } from '@ameide/publisher-kit/contract';
import { expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { clientSuite } from './support/client-suite.ts';
import { contractWorld } from './support/contract-world.ts';
import { runAt, started, startGiteaNpm } from './support/registries.ts';
import { makeRelease } from './support/release.ts';

// A real registry that has no page of one version and drops `gitHead`.
needs('gitea')('Gitea', () => {
  publisherContract('npm({ directory }) at Gitea', async () =>
    contractWorld(await startGiteaNpm(), '@x/sdk', (options) =>
      npm({ directory: 'packages/sdk', ...options }),
    ),
  );
  clientSuite(startGiteaNpm);

  test('refuses a deprecation, and the hint says so', async () => {
    const release = await runAt(await started(startGiteaNpm()), makeRelease());
    await release.publish();
    const [coordinate] = release.plan.coordinates;
    if (coordinate === undefined) throw new Error('a plan has a coordinate');
    const request = { coordinate, message: 'use another' };
    expect(await release.publisher.deprecate?.(release.plan, request, release.step)).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-rejected', hint: expect.stringContaining('Gitea') },
    });
  });
});
