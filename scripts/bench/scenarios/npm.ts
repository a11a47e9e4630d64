import { join } from 'node:path';
import { npmAccess, releaseAccess } from '../credentials.ts';
import { randomText } from '../random.ts';
import { createRepository, type Repository } from '../repository.ts';
import type { Ours, Peer, Place, Scenario, Side } from '../scenario.ts';

const name = (number: number): string => `@bench/p${String(number).padStart(3, '0')}`;

function manifest(number: number, version: string): string {
  return `${JSON.stringify({ name: name(number), version, type: 'module', exports: './index.js', files: ['index.js'], license: 'Apache-2.0' }, null, 2)}\n`;
}

/** A workspace of so many packages of 50 kB, which pnpm and npm know, and our definition of it. */
async function npmWorkspace(place: Place, packages: number): Promise<Repository> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const numbers = Array.from({ length: packages }, (_, index) => index + 1);
  const publishers = numbers.map((number) => ({
    npm: { directory: `packages/p${number}`, registry: '${NPM_REGISTRY}', access: 'public' },
  }));
  await repository.write({
    'package.json': '{ "name": "bench", "private": true, "workspaces": ["packages/*"] }\n',
    'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    'release.config.json': JSON.stringify({
      versionFile: 'packages/p1/package.json',
      repository: 'https://github.com/example/bench',
      publishers,
    }),
    ...Object.fromEntries(
      numbers.map((number) => [
        `packages/p${number}/index.js`,
        `export default '${randomText(50_000, number)}';\n`,
      ]),
    ),
  });
  return repository;
}

/** Raises every package to the version of a round, and tags it. */
async function nextVersion(repository: Repository, packages: number, round: number): Promise<void> {
  for (let number = 1; number <= packages; number += 1)
    await repository.write({
      [`packages/p${number}/package.json`]: manifest(number, `0.1.${round}`),
    });
  await repository.commit(`Version 0.1.${round}`, `v0.1.${round}`);
}

/** Throws unless the registry has this version of every package. */
async function checkPackages(
  { registries: { npm } }: Place,
  packages: number,
  version: string,
): Promise<void> {
  for (let number = 1; number <= packages; number += 1) {
    const answer = await fetch(`${npm.url}/${name(number)}/${version}`);
    if (answer.status !== 200) throw new Error(`${name(number)}@${version} is not there`);
    await answer.arrayBuffer();
  }
}

type Publish = (repository: Repository, place: Place) => Promise<Side['run']>;

function side(packages: number, publish: Publish): Ours {
  return {
    async prepare(place) {
      const repository = await npmWorkspace(place, packages);
      return {
        before: (round) => nextVersion(repository, packages, round),
        run: await publish(repository, place),
        check: (round) => checkPackages(place, packages, `0.1.${round}`),
      };
    },
  };
}

function tool(argv: readonly string[]): Publish {
  return async ({ directory }, place) => {
    const env = await npmAccess(place);
    return async (meter) => void (await meter.run(argv, { cwd: directory, env }));
  };
}

/** Our release of the packages, for each round. */
export function ourPackages(packages: number): Ours {
  return side(packages, async ({ directory }, place) => {
    const env = releaseAccess(place);
    return async (meter) =>
      void (await meter.run([place.command, 'publish', '--quiet'], { cwd: directory, env }));
  });
}

const pnpm = (packages: number): Peer => ({
  name: 'pnpm -r publish',
  needs: ['pnpm'],
  goals: { 150: 0.25 },
  ...side(
    packages,
    tool(['pnpm', '--recursive', 'publish', '--no-git-checks', '--access', 'public']),
  ),
});

const npm = (packages: number): Peer => ({
  name: 'npm publish --workspaces',
  needs: ['npm'],
  goals: { 150: 0.12 },
  ...side(packages, tool(['npm', 'publish', '--workspaces', '--access', 'public'])),
});

export const npmScenarios: readonly Scenario[] = [
  {
    name: 'npm-20',
    work: '20 npm packages of 50 kB',
    note: 'The next version of 20 packages without a build. Ours reads each version back and moves `latest` last.',
    delays: [0, 150],
    watches: true,
    obstacle:
      'what the tools do not do. Ours asks whether the version is there, twice; uploads it; reads it back; moves `latest` last, and reads that back and for two seconds more ([decision 48](decisions/0048-two-runs-at-once.md)). The tools send two requests for each package, and read nothing back. The packages go side by side, at most 32 requests at a time, so twenty take about as many round trips as one.',
    ours: ourPackages(20),
    peers: [pnpm(20), npm(20)],
  },
];
