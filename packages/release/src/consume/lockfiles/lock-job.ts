import { foldersUpFrom, openWorkspace } from '@ameide/source-files/npm';
import { folderOf, InvalidInputError, pathIn, type SourceFiles } from '@ameide/versioning-core';

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
  /** The changed files that it follows. */
  readonly manifests: readonly string[];
}

type Found = Omit<LockJob, 'manifests'>;

/** The tool of each lockfile. The first that a folder has counts. */
const NPM_LOCKS: readonly (readonly [string, LockKind])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun-binary'],
  ['npm-shrinkwrap.json', 'npm'],
  ['package-lock.json', 'npm'],
];

const PYTHON_LOCKS: readonly (readonly [string, LockKind])[] = [
  ['uv.lock', 'uv'],
  ['poetry.lock', 'poetry'],
  ['pdm.lock', 'pdm'],
];

/** Finds the lockfiles that have to follow changed manifests. */
export async function lockJobs(
  files: SourceFiles,
  changed: readonly string[],
): Promise<readonly LockJob[]> {
  const paths = new Set((await files.list('')).map(({ path }) => path));
  const jobs = new Map<string, LockJob>();
  for (const path of changed) {
    const job = await jobOf(path, paths, files);
    if (job === undefined) continue;
    const [key = ''] = job.outputs;
    jobs.set(key, { ...job, manifests: [...(jobs.get(key)?.manifests ?? []), path] });
  }
  return [...jobs.values()];
}

async function jobOf(
  path: string,
  paths: ReadonlySet<string>,
  files: SourceFiles,
): Promise<Found | undefined> {
  const folder = folderOf(path);
  const name = path.slice(folder === '' ? 0 : folder.length + 1);
  if (name === 'go.mod') {
    const outputs = ['go.mod', 'go.sum'].map((one) => pathIn(folder, one));
    return { kind: 'go', folder, outputs };
  }
  if (name === 'Pipfile') return lockIn([folder], [['Pipfile.lock', 'pipenv']], paths);
  // The members of a workspace share the lockfile of its root.
  if (name === 'pyproject.toml') return lockIn(foldersUpFrom(folder), PYTHON_LOCKS, paths);
  if (!['package.json', 'pnpm-workspace.yaml', '.yarnrc.yml'].includes(name)) return undefined;
  const job = lockIn(await npmFolders(folder, files), NPM_LOCKS, paths);
  if (job?.kind !== 'yarn') return job;
  const text = (await files.readText(job.outputs[0] ?? '')) ?? '';
  return { ...job, kind: /^__metadata:/m.test(text) ? 'yarn' : 'yarn-classic' };
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

function lockIn(
  folders: readonly string[],
  kinds: readonly (readonly [string, LockKind])[],
  paths: ReadonlySet<string>,
): Found | undefined {
  for (const folder of folders)
    for (const [name, kind] of kinds) {
      const output = pathIn(folder, name);
      if (paths.has(output)) return { kind, folder, outputs: [output] };
    }
  return undefined;
}
