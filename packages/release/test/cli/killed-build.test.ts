import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { folder } from '../support/folder.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { type ProcessResult, runProcess } from '../support/process.ts';

// A build that is killed (SIGKILL) while it saves, in a process of its own.

const RELEASE = pathToFileURL(join(import.meta.dirname, '../../src/index.ts')).href;

/** Two publishers; the second one kills the process in the middle of its files, if it is told to. */
const CONFIG = `import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineRelease } from '${RELEASE}';
const one = (name) => ({ label: name, open: async (source) => {
  const coordinate = { ecosystem: 'npm', name, version: '0.1.0' };
  const built = { artifacts: [{ coordinate, name: 'a.tgz', digest: 'sha256:' + source.sha, size: 1 }] };
  return {
    id: 'npm:' + name,
    visibleOn: 'publish',
    members: [],
    plan: () => ({ publisher: 'npm:' + name, registry: 'https://registry.example', sha: source.sha, coordinates: [coordinate], pointers: [] }),
    check: async () => [],
    inspect: async () => [{ coordinate, state: 'absent' }],
    build: async () => ({ value: built }),
    save: async (_built, folder) => {
      await writeFile(join(folder, 'a.tgz'), name);
      if (name === 'b' && process.env.KILL === 'yes') process.kill(process.pid, 'SIGKILL');
    },
    load: async () => ({ value: built }),
    rehearse: async () => ({ built: [], published: { value: [] } }),
    publish: async () => { throw new Error('it published'); },
  };
} });
export default defineRelease({ versionFile: 'packages/sdk/package.json', publishers: [one('a'), one('b')] });
`;

let git: GitWorld;
let out: string;
let config: string;

beforeEach(async () => {
  [git, out] = [createGitWorld(), await folder()];
  git.write('release.config.mjs', CONFIG);
  git.commit('a release of fakes');
  config = join(git.directory, 'release.config.mjs');
});

async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessResult> {
  return runProcess(['-C', git.directory, ...command, '--json'], { env });
}

/** The codes of the problems of `publish --from`. */
async function publishCodes(): Promise<readonly [code: number | null, ...codes: unknown[]]> {
  const { code, stdout } = await run(['publish', '--config', config, '--from', out]);
  const { problems } = JSON.parse(stdout) as { readonly problems: readonly { code: string }[] };
  return [code, ...problems.map((problem) => problem.code)];
}

describe('a build that is killed while it saves leaves a folder that nobody publishes', () => {
  test('of a first build', async () => {
    const killed = await run(['build', '--out', out], { KILL: 'yes' });
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    expect(await publishCodes()).toEqual([2, 'built-folder-incomplete']);
  });

  test('of a build in the place of an earlier one, which was whole', async () => {
    expect(await run(['build', '--out', out])).toMatchObject({ code: 0 });
    expect(await publishCodes()).toEqual([5, 'publisher-failed', 'publisher-failed']);
    await run(['build', '--out', out], { KILL: 'yes' });
    expect(await publishCodes()).toEqual([2, 'built-folder-incomplete']);
  });

  test('and the same build again makes it whole', async () => {
    await run(['build', '--out', out], { KILL: 'yes' });
    expect(await run(['build', '--out', out])).toMatchObject({ code: 0 });
    // It comes as far as the upload.
    expect(await publishCodes()).toEqual([5, 'publisher-failed', 'publisher-failed']);
  });
});
