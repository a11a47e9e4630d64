import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseAccess } from '../credentials.ts';
import { createRepository } from '../repository.ts';
import type { Place } from '../scenario.ts';
import type { Figure, Line } from './figure.ts';

const MIRROR = 'example/sdk';
const MODULE = `github.com/${MIRROR}`;

/**
 * Adds `count` dev builds to a mirror that has one release, as our publisher makes them: a commit on top
 * of the release, and its `source-` tag.
 */
async function addDevBuilds(
  { folder, registries: { directory }, run }: Place,
  count: number,
): Promise<void> {
  const cwd = join(directory, 'git/repositories', `${MIRROR}.git`);
  const who = 'ameide-release <ameide-release@users.noreply.github.com>';
  const parent = (await run(['git', 'rev-parse', 'refs/heads/main'], { cwd })).trim();
  const tree = (await run(['git', 'rev-parse', 'refs/heads/main^{tree}'], { cwd })).trim();
  const commits = Array.from({ length: count }, (_, number) => {
    const sha = createHash('sha1').update(`dev build ${number}`).digest('hex');
    const message = `${MODULE} at ${sha.slice(0, 12)}\n\nSource-Commit: ${sha}\n`;
    const date = `${1_763_042_400 + number} +0000`;
    return [
      `commit refs/tags/source-${sha}`,
      `author ${who} ${date}`,
      `committer ${who} ${date}`,
      `data ${Buffer.byteLength(message)}\n${message}`,
      `from ${parent}`,
      `M 040000 ${tree} ""\n`,
    ].join('\n');
  });
  const file = join(folder, 'dev-builds');
  await writeFile(file, commits.join('\n'));
  await run(['git', '-c', `alias.import=!git fast-import --quiet <'${file}'`, 'import'], { cwd });
  // The maintenance of a git host does the same.
  await run(['git', 'pack-refs', '--all'], { cwd });
}

async function prepare(place: Place, builds: number): Promise<readonly Line[]> {
  const repository = await createRepository(join(place.folder, 'repository'), place.run);
  const mirror = `${place.registries.git.url}/${MIRROR}.git`;
  await place.registries.createRepository(MIRROR);
  await repository.write({
    VERSION: '0.1.0\n',
    'release.config.json': JSON.stringify({
      versionFile: 'VERSION',
      repository: 'https://github.com/example/bench',
      publishers: [{ goModule: { directory: 'sdk', mirror } }],
    }),
    'sdk/go.mod': `module ${MODULE}\n\ngo 1.22\n`,
    'sdk/sdk.go': 'package sdk\n',
  });
  await repository.commit('Version 0.1.0', 'v0.1.0');
  const call = { cwd: repository.directory, env: releaseAccess(place) };
  await place.run([place.command, 'publish', '--quiet'], call);
  await addDevBuilds(place, builds);
  let sha = '';
  return [
    {
      name: 'publish',
      async before(round) {
        await repository.write({ 'sdk/release.txt': `${round}\n` });
        sha = await repository.commit(`Change ${round}`);
      },
      run: async (meter) => void (await meter.run([place.command, 'publish', '--quiet'], call)),
      async check() {
        const refs = await place.run(['git', 'ls-remote', mirror], { cwd: place.folder });
        if (!refs.includes(`refs/tags/source-${sha}\n`)) throw new Error(`${sha} is missing`);
      },
    },
    {
      name: 'trace',
      run: async (meter) => void (await meter.run([place.command, 'trace', '--quiet', sha], call)),
    },
  ];
}

export const devBuilds: Figure = {
  name: 'growth-dev-builds',
  title: 'dev builds in the mirror of a Go module',
  note: '`publish` of one more dev build, and `trace` of its commit. git has no request for one ref of many: a host lists all, some 100 bytes for each.',
  of: 'dev builds',
  sizes: [1, 100, 2000],
  cost: 'total',
  needs: ['git'],
  prepare,
};
