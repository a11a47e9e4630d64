import { chmod, cp, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './program.ts';
import type { Shape } from './shape.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const TIME = '2025-11-13T15:32:11+00:00';
const LATER = '2025-11-14T09:05:00+00:00';

/** Where every shape says that it comes from. */
export const SOURCE_URL = 'https://github.com/acme/mono';
export const VERSION_FILE = 'version.json';

const LFS = [
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
  ['filter.lfs.required', 'true'],
] as const;

/** git without the settings of this machine's user; `file:` is what submodules come from here. */
function environment(shape: Shape): Record<string, string> {
  const settings = [
    ['protocol.file.allow', 'always'],
    ['init.defaultBranch', 'main'],
    ['advice.detachedHead', 'false'],
    ...(shape.lfs === true ? LFS : []),
  ];
  return {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Acme',
    GIT_AUTHOR_EMAIL: 'acme@example.com',
    GIT_COMMITTER_NAME: 'Acme',
    GIT_COMMITTER_EMAIL: 'acme@example.com',
    GIT_AUTHOR_DATE: TIME,
    GIT_COMMITTER_DATE: TIME,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key = '', value = ''], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  };
}

export interface ShapeRepository {
  /** A fresh clone in a folder of its own. */
  readonly clone: (name: string) => Promise<string>;
  readonly git: (cwd: string, ...args: string[]) => Promise<string>;
}

/** Makes the shape's repository below `home`, committed and tagged `v0.1.0`. */
export async function createRepository(shape: Shape, home: string): Promise<ShapeRepository> {
  const env = environment(shape);
  const git = (cwd: string, ...args: string[]): Promise<string> =>
    run(['git', ...args], cwd, env).then((text) => text.trim());
  const origin = join(home, 'origin');
  await layOut(shape, origin);
  await git(origin, 'init', '--quiet');
  for (const argv of shape.beforeCommit ?? []) await run(argv, origin);
  for (const [path, fixture] of Object.entries(shape.submodules ?? {})) {
    const module = join(home, 'modules', fixture);
    await cp(join(FIXTURES, fixture), module, { recursive: true });
    await git(module, 'init', '--quiet');
    await commit(git, module, 'A module');
    await git(origin, 'submodule', '--quiet', 'add', module, path);
  }
  await commit(git, origin, 'A project');
  for (const tag of ['v0.1.0', ...(shape.tags ?? [])]) await git(origin, 'tag', tag);
  if (shape.afterRelease === true) await commitLater(origin, env);
  return {
    git,
    clone: async (name) => {
      const recurse = shape.recurseSubmodules === true ? ['--recurse-submodules'] : [];
      await git(home, 'clone', '--quiet', ...recurse, origin, name);
      const directory = join(home, name);
      await git(directory, 'remote', 'set-url', 'origin', `${SOURCE_URL}.git`);
      return directory;
    },
  };
}

async function layOut(shape: Shape, directory: string): Promise<void> {
  await cp(join(FIXTURES, shape.name), directory, { recursive: true });
  await writeFile(join(directory, VERSION_FILE), '{ "version": "0.1.0" }\n');
  for (const [path, text] of Object.entries(shape.files ?? {}))
    await writeFile(await folderFor(directory, path), text);
  for (const [path, target] of Object.entries(shape.links ?? {}))
    await symlink(target, await folderFor(directory, path));
  for (const path of shape.latin1Files ?? []) {
    const placeholder = await folderFor(directory, 'latin1');
    await writeFile(placeholder, 'a name that is not UTF-8\n');
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await rename(placeholder, Buffer.from(join(directory, path), 'latin1'));
  }
  for (const path of shape.executables ?? []) await chmod(join(directory, path), 0o755);
}

async function folderFor(directory: string, path: string): Promise<string> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  return file;
}

async function commit(git: ShapeRepository['git'], cwd: string, message: string): Promise<void> {
  await git(cwd, 'add', '--all');
  await git(cwd, 'commit', '--quiet', '--message', message);
}

async function commitLater(cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const dates = { GIT_AUTHOR_DATE: LATER, GIT_COMMITTER_DATE: LATER };
  const argv = ['git', 'commit', '--quiet', '--allow-empty', '--message', 'Another'] as const;
  await run(argv, cwd, { ...env, ...dates });
}
