import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RunningOciRegistry,
  startCraneRegistry,
  startDistribution,
  startDockerRegistry,
  startGitea,
} from '@ameide/local-registries';
import { type ComponentName, needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IMAGE_CLIENTS, pullWith } from './image-clients.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA } from './release.ts';

// The cells of the README's table: what a maintainer does with each server, and what users do.

type Start = () => Promise<RunningOciRegistry>;

const startGiteaImages: Start = async () => {
  const gitea = await startGitea();
  return { ...gitea, password: gitea.token };
};

const SERVERS: readonly (readonly [string, ComponentName, Start, owner?: string])[] = [
  ['docker-registry 2.8', 'docker-registry', startDockerRegistry],
  ['distribution 3', 'distribution', startDistribution],
  ['go-containerregistry', 'ocireg', startCraneRegistry],
  // An owner of packages is a user there.
  ['Gitea', 'gitea', startGiteaImages, 'ameide'],
];

for (const [name, component, start, owner = 'ameideio'] of SERVERS) {
  needs(component)(name, () => {
    let world: World;
    beforeAll(async () => {
      world = await worldOf(await start(), {}, `${owner}/sdk`);
    }, 120_000);
    afterAll(async () => world[Symbol.asyncDispose]());

    const files = { 'sdk/current': { link: 'index.js' } };
    const open = async (input: Parameters<typeof run>[1] = {}) =>
      run(world, { channel: 'release', ...input }, { path: '/opt/sdk' }, files);

    test('publishes once, then another commit; both are traced and promoted', async () => {
      const first = await open();
      expect(await first.publish()).toMatchObject([
        { outcome: 'published' },
        { outcome: 'published' },
      ]);
      expect(await first.promote()).toMatchObject([{ outcome: 'moved' }, { outcome: 'moved' }]);

      world.proxy.clear();
      const again = await open();
      expect(await again.publish()).toMatchObject([
        { outcome: 'already-there' },
        { outcome: 'already-there' },
      ]);
      expect(await again.promote()).toMatchObject([{ outcome: 'already' }, { outcome: 'already' }]);
      expect(world.proxy.mutating()).toEqual([]);

      const taken = await open({ sha: OTHER });
      expect(await taken.publish()).toMatchObject([
        { outcome: 'incomplete' },
        { outcome: 'conflict', problem: { code: 'ghcr-tag-conflict' } },
      ]);
      const next = await open({ sha: OTHER, base: '0.1.1' });
      expect(await next.publish()).toMatchObject([
        { outcome: 'published' },
        { outcome: 'published' },
      ]);
      expect(await next.promote()).toMatchObject([{ outcome: 'moved' }, { outcome: 'moved' }]);

      const [ours, theirs] = [first, next].map(({ built }) => built.manifest.digest);
      expect(await world.tags()).toEqual({
        [SHA]: ours,
        '0.1.0': ours,
        [OTHER]: theirs,
        '0.1.1': theirs,
        '0.1': theirs,
        latest: theirs,
      });
      const traced = async (version: string): Promise<readonly unknown[]> => {
        const coordinate = { ecosystem: 'oci', name: world.image, version } as const;
        return first.publisher.inspect({ coordinate }, first.step);
      };
      expect(await traced('0.1.0')).toMatchObject([{ sha: SHA, digest: ours }]);
      expect(await traced('latest')).toMatchObject([{ sha: OTHER, resolved: theirs }]);
      expect(await traced('0.0.9')).toMatchObject([{ state: 'absent' }]);
    });

    for (const [client, needed] of IMAGE_CLIENTS) {
      needs(needed)(client, () => {
        test('pulls the files of a version', async () => {
          const published = await open();
          await published.publish();
          const out = await pullWith(client, `${world.image}:0.1.0`, world.registry);
          const at = join(out, 'opt/sdk');
          expect(await readFile(join(at, 'index.js'), 'utf8')).toBe(`// ${SHA}\n`);
          expect(await readlink(join(at, 'current'))).toBe('index.js');
        }, 60_000);
      });
    }
  });
}
