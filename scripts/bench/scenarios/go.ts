import { join } from 'node:path';
import { gitAccess, releaseAccess } from '../credentials.ts';
import { createRepository, importHistory } from '../repository.ts';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

const MIRROR = 'example/sdk';

/** Makes a repository whose 20,000 commits all change the module in `sdk`, and an empty mirror. */
async function prepare(place: Place) {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const mirror = `${place.registries.git.url}/${MIRROR}.git`;
  const definition = {
    versionFile: 'VERSION',
    repository: 'https://github.com/example/bench',
    publishers: [{ goModule: { directory: 'sdk', mirror } }],
  };
  await importHistory(repository, {
    commits: 20_000,
    tags: 0,
    changing: 'sdk/changes.txt',
    files: {
      'release.config.json': JSON.stringify(definition),
      'sdk/go.mod': `module github.com/${MIRROR}\n\ngo 1.22\n`,
      'sdk/sdk.go': 'package sdk\n',
    },
  });
  await place.registries.createRepository(MIRROR);
  return {
    mirror,
    directory: repository.directory,
    before: async (round: number): Promise<void> => {
      await repository.write({ VERSION: `0.1.${round}\n`, 'sdk/release.txt': `0.1.${round}\n` });
      await repository.commit(`Version 0.1.${round}`, `v0.1.${round}`);
    },
    check: async (round: number): Promise<void> => {
      const refs = await place.run(['git', 'ls-remote', mirror], { cwd: place.folder });
      if (!refs.includes(`refs/tags/v0.1.${round}\n`)) throw new Error(`v0.1.${round} is missing`);
    },
  };
}

const ours: Ours = {
  needs: ['git'],
  async prepare(place) {
    const { before, check, directory } = await prepare(place);
    const call = { cwd: directory, env: releaseAccess(place) };
    return {
      before,
      check,
      run: async (meter) => void (await meter.run([place.command, 'publish', '--quiet'], call)),
    };
  },
};

const subtree: Peer = {
  name: 'git subtree split, git push',
  needs: ['git', 'subtree split'],
  goals: { 150: 0.005 },
  async prepare(place) {
    const { before, check, directory, mirror } = await prepare(place);
    const call = { cwd: directory, env: gitAccess(place) };
    return {
      before,
      check,
      async run(meter, round) {
        const commit = (
          await meter.run(['git', 'subtree', '-q', 'split', '--prefix', 'sdk'], call)
        ).trim();
        const refs = [`+${commit}:refs/heads/main`, `${commit}:refs/tags/v0.1.${round}`];
        await meter.run(['git', 'push', '--quiet', mirror, ...refs], call);
      },
    };
  },
};

export const goScenarios: readonly Scenario[] = [
  {
    name: 'go-mirror',
    work: 'a release to a Go mirror, from 20,000 commits',
    note: 'The first release to an empty mirror. `git subtree split` rewrites the history of the folder, which takes minutes, so there is one pair. Ours makes one commit for each release.',
    obstacle:
      'the start of Node and of some twenty programs of git, and the reads before and after each push.',
    delays: [150],
    ours,
    peers: [subtree],
    mostPairs: 1,
  },
];
