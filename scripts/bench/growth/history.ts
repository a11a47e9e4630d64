import { join } from 'node:path';
import { releaseAccess } from '../credentials.ts';
import { createRepository, importHistory } from '../repository.ts';
import type { Place } from '../scenario.ts';
import type { Figure, Line } from './figure.ts';

async function prepare(place: Place, commits: number): Promise<readonly Line[]> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const definition = {
    versionFile: 'package.json',
    repository: 'https://github.com/example/bench',
    publishers: [{ npm: { directory: '.', registry: '${NPM_REGISTRY}', access: 'public' } }],
  };
  await importHistory(repository, {
    commits,
    tags: commits / 10,
    files: {
      'package.json': '{ "name": "@bench/history", "version": "0.1.0", "files": ["CHANGES"] }\n',
      'release.config.json': JSON.stringify(definition),
    },
  });
  const call = { cwd: repository.directory, env: releaseAccess(place) };
  return [
    {
      name: 'version',
      run: async (meter) => void (await meter.run([place.command, 'version'], call)),
    },
    {
      name: 'plan',
      run: async (meter) => void (await meter.run([place.command, 'plan', '--quiet'], call)),
    },
  ];
}

export const history: Figure = {
  name: 'growth-history',
  title: 'the history of a repository',
  note: 'One release tag for every ten commits. `version` is offline; `plan` is that of a dev build of one npm package.',
  of: 'commits',
  sizes: [200, 2000, 20_000],
  cost: 'total',
  needs: ['git'],
  prepare,
};
