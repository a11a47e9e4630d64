import { appendFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from './run.ts';

/** The source repository that the example's definition names. */
export const REPOSITORY = 'https://github.com/ameideio/ameide';

export interface DemoRepository {
  readonly directory: string;
  /** Commits everything at a fixed time and resolves to the SHA. */
  commit(message: string, time: string): Promise<string>;
  tag(name: string): Promise<void>;
  /** Adds a line to a file. */
  change(path: string, text: string): Promise<void>;
  /** Raises the base from 0.1.0. */
  raiseBase(version: string): Promise<void>;
}

/**
 * Makes a git repository of the example below `home`. The workspace's packages are linked beside
 * it, where Node looks for them. With `sigstore`, its definition names these services, and not the public ones.
 */
export async function createDemoRepository(
  root: string,
  home: string,
  sigstore?: object,
): Promise<DemoRepository> {
  const directory = join(home, 'ameide');
  await mkdir(directory, { recursive: true });
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'), 'dir');
  const unwanted = new Set(['node_modules', 'dist', '__pycache__']);
  await cp(join(root, 'examples/ameide'), directory, {
    recursive: true,
    filter: (path) => !unwanted.has(path.split('/').at(-1) ?? ''),
  });
  if (sigstore !== undefined) await addSigstore(join(directory, 'release.config.json'), sigstore);
  const who = {
    GIT_AUTHOR_NAME: 'Demo',
    GIT_AUTHOR_EMAIL: 'demo@example.com',
    GIT_COMMITTER_NAME: 'Demo',
    GIT_COMMITTER_EMAIL: 'demo@example.com',
  };
  const git = (...args: string[]): Promise<string> =>
    must(['git', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false', ...args], {
      cwd: directory,
      env: who,
    });
  await git('init', '--quiet', '--initial-branch=main');
  // As in a clone: the example's definition names this repository.
  await git('remote', 'add', 'origin', REPOSITORY);
  return {
    directory,
    async commit(message, time) {
      await git('add', '--all');
      await must(['git', '-c', 'commit.gpgsign=false', 'commit', '--quiet', '-m', message], {
        cwd: directory,
        env: { ...who, GIT_AUTHOR_DATE: time, GIT_COMMITTER_DATE: time },
      });
      return (await git('rev-parse', 'HEAD')).trim();
    },
    async tag(name) {
      await git('tag', name);
    },
    async change(path, text) {
      await appendFile(join(directory, path), `${text}\n`);
    },
    async raiseBase(version) {
      const path = join(directory, 'packages/ameide_sdk_ts/package.json');
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace('"version": "0.1.0"', `"version": "${version}"`));
    },
  };
}

/** As a team with a Sigstore of its own: `verify` believes the trusted root in the definition alone. */
async function addSigstore(file: string, sigstore: object): Promise<void> {
  const definition = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, `${JSON.stringify({ ...definition, sigstore }, null, 2)}\n`);
}
