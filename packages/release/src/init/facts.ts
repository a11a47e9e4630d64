import type { Repository } from '@ameide/publisher-kit/git';
import {
  type FoundPackage,
  findPackages,
  remembering,
  type Unreadable,
} from '@ameide/source-files/packages';
import {
  folderOf,
  InvalidInputError,
  isBelow,
  pathIn,
  type SourceFiles,
} from '@ameide/versioning-core';
import { type JavaScript, type Manifest, readJavaScript, readManifest } from './javascript.ts';

/** What the files and git say about a repository. */
export interface RepositoryFacts {
  /** The working tree. A file that cannot be read is in `problems`, and reads as if it were absent. */
  readonly files: SourceFiles;
  /** Every path, sorted. */
  readonly paths: ReadonlySet<string>;
  readonly packages: readonly FoundPackage[];
  /** The package.json of each npm package, by its path. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** The workspace at the root; absent without a package.json there. */
  readonly javascript?: JavaScript;
  /** The workspace of each npm package, by the path of its package.json. */
  readonly workspaces: ReadonlyMap<string, JavaScript>;
  /** Folders with a Dockerfile, outside of published packages too; `''` for the root. */
  readonly dockerfiles: readonly string[];
  /** `https://github.com/acme/mono`, if the remote says it. */
  readonly repositoryUrl?: string;
  /** The branch that is published. */
  readonly branch: string;
  readonly tags: readonly string[];
  /** False in a repository without a commit. */
  readonly hasCommit: boolean;
  readonly problems: readonly Pick<Unreadable, 'message' | 'path'>[];
}

export async function readFacts(repository: Repository): Promise<RepositoryFacts> {
  const unread: Pick<Unreadable, 'message' | 'path'>[] = [];
  const files = remembering(repository.workingTree(), ({ message }, path) =>
    unread.push({ message, path }),
  );
  const paths = new Set((await files.list('')).map(({ path }) => path));
  const { packages, problems } = await findPackages(files);
  unread.push(...problems);
  const npm = packages.filter(({ ecosystem }) => ecosystem === 'npm');
  const manifests = new Map(
    await Promise.all(
      npm.map(async ({ manifest }) => [manifest, await readManifest(files, manifest)] as const),
    ),
  );
  const workspaces = await readWorkspaces(files, paths, npm);
  const javascript = paths.has('package.json') ? await readJavaScript(files, paths, '') : undefined;
  const repositoryUrl = await repository.remoteUrl();
  const hasCommit = await exists(repository, 'HEAD');
  return {
    files,
    paths,
    packages,
    manifests,
    ...(javascript === undefined ? {} : { javascript }),
    workspaces,
    dockerfiles: [...paths].filter((path) => /(?:^|\/)Dockerfile$/.test(path)).map(folderOf),
    ...(repositoryUrl === undefined ? {} : { repositoryUrl }),
    branch: await publishedBranch(repository),
    tags: hasCommit ? (await repository.tags()).map(({ tag }) => tag) : [],
    hasCommit,
    problems: unread,
  };
}

async function readWorkspaces(
  files: SourceFiles,
  paths: ReadonlySet<string>,
  packages: readonly FoundPackage[],
): Promise<ReadonlyMap<string, JavaScript>> {
  const read = new Map<string, JavaScript>();
  const found = new Map<string, JavaScript>();
  for (const { directory, isPrivate, manifest } of packages) {
    if (isPrivate) continue;
    const workspace = await readJavaScript(files, paths, directory);
    const known = read.get(workspace.directory) ?? workspace;
    read.set(workspace.directory, known);
    found.set(manifest, known);
  }
  return found;
}

const USUAL_BRANCHES = ['main', 'master', 'trunk', 'develop'];

/** The current branch, unless it looks like a topic branch beside a usual one. */
async function publishedBranch(repository: Repository): Promise<string> {
  const ref = await repository.currentBranch();
  const current = ref?.replace(/^refs\/heads\//, '');
  if (current !== undefined && USUAL_BRANCHES.includes(current)) return current;
  for (const name of USUAL_BRANCHES)
    for (const place of ['refs/remotes/origin', 'refs/heads'])
      if (await exists(repository, `${place}/${name}`)) return name;
  return current ?? 'main';
}

async function exists(repository: Repository, ref: string): Promise<boolean> {
  try {
    await repository.resolve(ref);
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

/** True if the folder itself has the file. */
export function hasFile({ paths }: RepositoryFacts, directory: string, name: string): boolean {
  return paths.has(pathIn(directory, name));
}

/** True if a file below the folder matches. */
export function hasBelow({ paths }: RepositoryFacts, directory: string, name: RegExp): boolean {
  return [...paths].some((path) => isBelow(directory, path) && name.test(path));
}

/** True also where no remote says where the repository is. */
export function isOnGithub({ repositoryUrl = 'https://github.com/' }: RepositoryFacts): boolean {
  return repositoryUrl.startsWith('https://github.com/');
}
