import { join } from 'node:path';
import { type BaseVersion, parseBase } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { taggedVersions } from '../../src/run/entries.ts';
import type { ListedRun } from '../../src/run/version-lists.ts';
import { laterReleases } from '../../src/withdraw/later-releases.ts';
import { createGitWorld } from '../support/git-world.ts';

const DEFINITION = 'release.config.mjs';

/** A repository where another tool released 2.x, and where this one then released from 0.1.0 on. */
function startRepository() {
  const git = createGitWorld();
  const tag = (version: string): string => {
    git.write('code.js', version);
    const sha = git.commit(version);
    git.git('tag', `v${version}`);
    return sha;
  };
  tag('2.3.1');
  git.git('checkout', '--quiet', '-b', 'old');
  tag('2.3.2');
  git.git('checkout', '--quiet', 'v2.3.1', '-b', 'train');
  git.write(DEFINITION, 'export default {};');
  tag('0.1.0');
  git.git('checkout', '--quiet', '-b', 'fix');
  tag('0.1.1');
  git.git('checkout', '--quiet', 'train');
  tag('0.2.0');
  tag('0.3.0-rc.1');
  return git;
}

/** What npm and a mirror have; npm says the commit of every version, whoever published it. */
function lists(shas: Readonly<Record<string, string>>): readonly ListedRun[] {
  const npm = Object.entries(shas).map(([version, sha]) => ({
    coordinate: { ecosystem: 'npm', name: 'sdk', version } as const,
    sha,
  }));
  const gone = { ecosystem: 'go', name: 'example.com/sdk', version: 'v0.4.0' } as const;
  const versions = [...npm, { coordinate: gone, sha: 'a'.repeat(40) }];
  const list = { versions, pointers: [] };
  // Only the lists are read.
  return [{ list, problems: [], run: undefined as never }];
}

async function later(to: BaseVersion): Promise<readonly string[]> {
  const git = startRepository();
  const repository = await git.open();
  const tagged = taggedVersions({ tags: await repository.tags(), tagPrefix: undefined });
  const definitionFile = join(repository.root, DEFINITION);
  const toSha = tagged.get(to) ?? '';
  const shas = { ...Object.fromEntries(tagged), '2.0.0': 'b'.repeat(40) };
  const found = await laterReleases(lists(shas), {
    repository,
    definitionFile,
    tagged,
    to,
    toSha,
  });
  return [...found].toSorted();
}

test.each([
  // The mirror names a commit that this clone does not have: it was released since.
  ['0.1.0', ['0.1.1', '0.2.0', '0.3.0-rc.1', '0.4.0']],
  // On a branch of its own, only a commit that has the definition is of this train.
  ['0.1.1', ['0.2.0', '0.3.0-rc.1', '0.4.0']],
  ['0.2.0', ['0.3.0-rc.1', '0.4.0']],
])('above %s, this train has released %j since', async (to, expected) => {
  expect(await later(parseBase(to))).toEqual(expected);
});
