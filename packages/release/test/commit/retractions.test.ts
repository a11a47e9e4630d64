import { needs } from '@ameide/local-registries/components';
import { readGoRetractions } from '@ameide/publisher-kit/git';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { goVersion } from './go-list.ts';

const SDK = 'github.com/ameideio/sdk';

interface Place {
  readonly module?: string;
  readonly directory?: string;
}

/** Commits a go.mod, and tags it: each commit at a second of its own. */
function release(
  git: GitWorld,
  { module = SDK, directory }: Place,
  retract: string,
  ...tags: readonly string[]
): string {
  const count = Number(git.git('rev-list', '--all', '--count'));
  git.write(
    directory === undefined ? 'go.mod' : `${directory}/go.mod`,
    `module ${module}\n\ngo 1.21\n\n${retract}\n`,
  );
  const sha = git.commit('change', `2025-11-14T09:05:${10 + count}+00:00`);
  for (const tag of tags) git.git('tag', tag);
  return sha;
}

async function version(
  git: GitWorld,
  sha: string,
  base: string,
  args: readonly string[] = [],
): Promise<string> {
  const result = await runCli([
    '-C',
    git.directory,
    'version',
    sha,
    '--json',
    '--base',
    base,
    ...args,
  ]);
  expect(result).toMatchObject({ code: 0 });
  return JSON.parse(result.stdout).go.version;
}

needs('git', 'go')('`version` says what go list says', () => {
  const check = async (
    git: GitWorld,
    sha: string,
    { module = SDK, directory }: Place = {},
  ): Promise<string> => {
    const args = directory === undefined ? [] : ['--go-module', directory];
    const ours = await version(git, sha, '9.0.0', ['--ref', 'refs/heads/main', ...args]);
    expect(goVersion(git, sha, module, SDK)).toBe(ours);
    return ours;
  };

  test('after a retracted version, and on it; its own release keeps its name', async () => {
    const git = createGitWorld();
    release(git, {}, '', 'v0.1.0');
    const retracted = release(git, {}, '', 'v0.2.0');
    const after = release(git, {}, '');
    expect(await check(git, after)).toMatch(/^v0\.2\.1-0\./);
    expect(await check(git, retracted)).toBe('v0.2.0');
    release(git, {}, 'retract [v0.2.0, v0.2.1] // broken', 'v0.2.1');
    const next = release(git, {}, '');
    for (const sha of [after, retracted, next])
      expect(await check(git, sha)).toMatch(/^v0\.1\.1-0\.20251114/);
    expect(await version(git, retracted, '0.2.0', ['--ref', 'refs/tags/v0.2.0'])).toBe('v0.2.0');
    expect(await version(git, retracted, '0.2.0')).toBe('v0.2.0');
  });

  test.each<{ title: string; at: Place; prefix: string; major: number }>([
    {
      title: 'a module in a sub-directory',
      at: { module: `${SDK}/packages/go`, directory: 'packages/go' },
      prefix: 'packages/go/',
      major: 0,
    },
    { title: 'a /v2 module', at: { module: `${SDK}/v2` }, prefix: '', major: 2 },
    {
      title: 'a /v2 module in its folder',
      at: { module: `${SDK}/v2`, directory: 'v2' },
      prefix: '',
      major: 2,
    },
  ])('$title', async ({ at, prefix, major }) => {
    const git = createGitWorld();
    release(git, at, '', `${prefix}v${major}.1.0`);
    release(git, at, '', `${prefix}v${major}.2.0`);
    release(
      git,
      at,
      `retract (\n\t[v${major}.2.0, v${major}.2.1]\n)`,
      `${prefix}v${major}.2.1`,
      'v1.9.0',
    );
    expect(await check(git, release(git, at, ''), at)).toMatch(
      new RegExp(`^v${major}\\.1\\.1-0\\.`),
    );
  });

  test('retracted on another branch, by an annotated tag of a tag', async () => {
    const git = createGitWorld();
    release(git, {}, '', 'v0.1.0');
    release(git, {}, '', 'v0.2.0');
    git.git('checkout', '--quiet', '-b', 'aside');
    release(git, {}, 'retract v0.2.0', 'aside');
    git.git('tag', '--annotate', '--message=one', 'one', 'aside');
    git.git('tag', '--annotate', '--message=two', 'v0.2.1', 'one');
    git.git('checkout', '--quiet', 'main');
    expect(await check(git, release(git, {}, ''))).toMatch(/^v0\.1\.1-0\./);
  });

  test('nothing is retracted by what go cannot read', async () => {
    const git = createGitWorld();
    release(git, {}, '', 'v0.1.0');
    const sha = release(git, {}, 'retract v0.1.0\nrequire (', 'v0.2.0');
    const after = release(git, {}, '');
    expect(await check(git, after)).toMatch(/^v0\.2\.1-0\./);
    git.write('go.mod', `\uFEFFmodule ${SDK}\n\nretract v0.2.0\n`);
    git.commit('with a mark');
    git.git('tag', 'v0.3.0');
    git.git('tag', 'v0.4.0', `${sha}^{tree}`);
    expect(await check(git, after)).toMatch(/^v0\.2\.1-0\./);
    git.git('tag', '--annotate', '--message=five', 'v0.5.0', 'v0.4.0');
    git.git('tag', '--annotate', '--message=six', 'v0.6.0', 'v0.5.0');
    expect(await check(git, after)).toMatch(/^v0\.2\.1-0\./);
    for (const tag of ['v0.4.0', 'v0.5.0', 'v0.6.0']) git.git('tag', '--delete', tag);
    expect(await check(git, after)).toMatch(/^v0\.2\.1-0\./);
  });
});

describe('reading retractions', () => {
  test('begins with a version tag of the module on the commit or an ancestor', async () => {
    const git = createGitWorld();
    const sha = release(git, {}, 'retract v0.1.0', 'nightly');
    const read = async (): Promise<object> => {
      const repository = await git.open();
      const source = repository.source(await repository.resolve(sha));
      return readGoRetractions(source, { modulePath: SDK });
    };
    expect(await read()).toEqual({ retracted: [] });
    git.git('tag', 'other/v0.3.0');
    expect(await read()).toEqual({ retracted: [] });
    git.git('tag', 'v0.2.0');
    expect(await read()).toEqual({
      tag: 'v0.2.0',
      retracted: [{ low: 'v0.1.0', high: 'v0.1.0' }],
    });
  });
});
