import { isLockfile, type Lockfile, readLockfiles } from '@ameide/source-files/lockfiles';
import { foldersUpFrom, openWorkspace } from '@ameide/source-files/npm';
import { isUvMember, uvWorkspace } from '@ameide/source-files/python';
import {
  folderOf,
  InvalidInputError,
  pathBelow,
  pathIn,
  type SourceFiles,
} from '@ameide/versioning-core';

export type LockKind =
  | 'pnpm'
  | 'npm'
  | 'yarn'
  | 'yarn-classic'
  | 'bun'
  | 'uv'
  | 'poetry'
  | 'go'
  | 'bun-binary'
  | 'pdm'
  | 'pipenv';

/** A lockfile that has to follow its manifests. */
export interface LockJob {
  readonly kind: LockKind;
  /** Relative to the repository's root. */
  readonly folder: string;
  /** What the tool writes, relative to the repository's root: the lockfile, of Go both files. */
  readonly outputs: readonly string[];
  /** The manifests that it follows. */
  readonly manifests: readonly string[];
}

type Found = Omit<LockJob, 'manifests'>;

/** Names of lockfiles. Of one kind a tool reads only the first that a folder has. */
type Names = readonly (readonly (readonly [string, LockKind])[])[];

/** npm comes last: it also writes to a yarn.lock beside its own lockfile. */
const NPM_LOCKS: Names = [
  [['pnpm-lock.yaml', 'pnpm']],
  [['yarn.lock', 'yarn']],
  [
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun-binary'],
  ],
  [
    ['npm-shrinkwrap.json', 'npm'],
    ['package-lock.json', 'npm'],
  ],
];

const UV_LOCK: Names = [[['uv.lock', 'uv']]];
const PYTHON_LOCKS: Names = [...UV_LOCK, [['poetry.lock', 'poetry']], [['pdm.lock', 'pdm']]];

/** Finds the lockfiles that have to follow manifests: all that have the package of one, whichever tool wrote them. */
export async function lockJobs(
  files: SourceFiles,
  manifests: readonly string[],
): Promise<readonly LockJob[]> {
  if (manifests.length === 0) return [];
  const repository: Searched = {
    files,
    paths: new Set((await files.list('')).map(({ path }) => path)),
    lockfiles: (await readLockfiles(files, mayHaveFolders)).lockfiles,
  };
  const jobs = new Map<string, LockJob>();
  for (const path of new Set(manifests))
    for (const job of await jobsOf(path, repository)) {
      const [key = ''] = job.outputs;
      const known = jobs.get(key)?.manifests ?? [];
      jobs.set(key, { ...job, manifests: [...new Set([...known, path])] });
    }
  return [...jobs.values()];
}

interface Searched {
  readonly files: SourceFiles;
  readonly paths: ReadonlySet<string>;
  /** Those that may have packages of other folders in them. */
  readonly lockfiles: readonly Lockfile[];
}

/** True for a lockfile that may have what a package of another folder needs. */
function mayHaveFolders(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isLockfile(path) && [...NPM_LOCKS, ...PYTHON_LOCKS].flat().some(([one]) => one === name);
}

async function jobsOf(path: string, repository: Searched): Promise<readonly Found[]> {
  const folder = folderOf(path);
  const name = path.slice(folder === '' ? 0 : folder.length + 1);
  if (name === 'go.mod') {
    const outputs = ['go.mod', 'go.sum'].map((one) => pathIn(folder, one));
    return [{ kind: 'go', folder, outputs }];
  }
  if (name === 'Pipfile') return locksIn(folder, [[['Pipfile.lock', 'pipenv']]], repository);
  if (name === 'pyproject.toml') return pythonJobs(folder, repository);
  return ['package.json', 'pnpm-workspace.yaml', '.yarnrc.yml'].includes(name)
    ? npmJobs(folder, repository)
    : [];
}

async function pythonJobs(folder: string, repository: Searched): Promise<readonly Found[]> {
  const root = await uvRoot(folder, repository.files);
  return [
    ...locksIn(folder, PYTHON_LOCKS, repository),
    ...(root === undefined ? [] : locksIn(root, UV_LOCK, repository)),
    ...locksWith(folder, PYTHON_LOCKS, repository),
  ];
}

/** The members of a workspace share the lockfile of its root. The nearest one decides. */
async function uvRoot(folder: string, files: SourceFiles): Promise<string | undefined> {
  for (const above of foldersUpFrom(folder)) {
    const workspace = uvWorkspace((await files.readText(pathIn(above, 'pyproject.toml'))) ?? '');
    if (workspace === undefined) continue;
    return above !== folder && isUvMember(pathBelow(above, folder), workspace) ? above : undefined;
  }
  return undefined;
}

async function npmJobs(folder: string, repository: Searched): Promise<readonly Found[]> {
  const folders = await npmFolders(folder, repository.files);
  const jobs = [
    ...folders.flatMap((one) => locksIn(one, NPM_LOCKS, repository)),
    ...locksWith(folder, NPM_LOCKS, repository),
  ];
  return Promise.all(
    jobs.map(async (job) => {
      if (job.kind !== 'yarn') return job;
      const text = (await repository.files.readText(job.outputs[0] ?? '')) ?? '';
      return { ...job, kind: /^__metadata:/m.test(text) ? 'yarn' : 'yarn-classic' } as const;
    }),
  );
}

/** A package of a workspace is locked in its root, or, by a setting of pnpm, in its own folder. */
async function npmFolders(folder: string, files: SourceFiles): Promise<readonly string[]> {
  try {
    const workspace = await openWorkspace(files, folder);
    return workspace.isProject(folder) ? [folder, workspace.settings.root] : [folder];
  } catch (error) {
    if (error instanceof InvalidInputError) return [folder];
    throw error;
  }
}

function locksIn(folder: string, kinds: Names, { paths }: Searched): readonly Found[] {
  return kinds.flatMap((names) => {
    const [name, kind] = names.find(([one]) => paths.has(pathIn(folder, one))) ?? [];
    return name === undefined || kind === undefined
      ? []
      : [{ kind, folder, outputs: [pathIn(folder, name)] }];
  });
}

/** The lockfiles of other folders that take the package from this one: `file:../sdk`, `path = "../sdk"`. */
function locksWith(folder: string, kinds: Names, repository: Searched): readonly Found[] {
  const folders = repository.lockfiles.flatMap((one) =>
    one.projects.some(
      (project) =>
        project === folder || one.packagesOf(project).some(({ directory }) => directory === folder),
    )
      ? [one.path]
      : [],
  );
  return folders.flatMap((path) =>
    locksIn(folderOf(path), kinds, repository).filter(({ outputs }) => outputs.includes(path)),
  );
}
