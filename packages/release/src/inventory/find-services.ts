import type { DeployPolicy } from '@ameide/deploy-policy';
import { type Dependency, readDependencies } from '@ameide/source-files/dependencies';
import { readLockfiles } from '@ameide/source-files/lockfiles';
import { foldersUpFrom } from '@ameide/source-files/npm';
import { findPackages, isAside } from '@ameide/source-files/packages';
import { compareText } from '@ameide/source-files/text';
import { folderOf, type Problem, problem, type SourceFiles } from '@ameide/versioning-core';
import { chartOfTemplate } from '../consumers/chart-of-template.ts';
import { declaredUses, isDeclaration } from './declared-uses.ts';
import { imageUses } from './image-uses.ts';
import { lockedUses } from './locked-uses.ts';
import { artifactKey, type Service, type Use, type Used } from './service.ts';
import { unsetImages } from './unset-images.ts';
import { workloads } from './workloads.ts';

export interface FindServices {
  readonly files: SourceFiles;
  /** What may be used. */
  readonly artifacts: readonly Used[];
  /** True for the files of consumers. */
  readonly isConsumer: (path: string) => boolean;
  /** Where manifests name images. Absent if the definition publishes none. */
  readonly policy?: DeployPolicy;
}

export interface FoundServices {
  /** Sorted by path, then by name; also those that use nothing. */
  readonly services: readonly Service[];
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

/** Finds the services of a repository and what each uses: from its lockfiles, its manifests and its images. */
export async function findServices(question: FindServices): Promise<FoundServices> {
  const { artifacts, files, isConsumer, policy } = question;
  const known = new Set(artifacts.map(artifactKey));
  const isOurs = (one: Used): boolean => known.has(artifactKey(one));
  const found = await findPackages(files);
  const packages = found.packages.filter(({ manifest }) => isConsumer(manifest));
  const chartOf = chartOfTemplate((await files.list('')).map(({ path }) => path));
  const { isLockfile, isOwn } = scopeOf({ packages, chartOf, isConsumer });
  const [locks, asked] = await Promise.all([
    readLockfiles(files, isLockfile),
    readDependencies(files, isOwn),
  ]);
  const ours = asked.dependencies.filter(isOurs);
  const images = ours.filter(({ ecosystem }) => ecosystem === 'oci');
  const unset = await unsetImages({ files, artifacts, images }, isOwn);
  const declared = ours.filter(isDeclaration);
  const locked = locks.lockfiles.flatMap((one) => one.projects);
  const projects = projectFolders({
    packages,
    locked,
    declared,
    images: [...images.map(({ place }) => place.path), ...unset.map(({ path }) => path)],
    isConsumer,
  });
  const named = new Map(packages.map(({ directory, name }) => [directory, name]));
  const services = [...projects].map((directory): Service => {
    const fromLocks = lockedUses(directory, locks.lockfiles, isOurs);
    const own = declared.filter(({ place }) => projectOf(place.path) === directory);
    return {
      name:
        named.get(directory) ??
        (directory === '' ? '.' : directory.slice(directory.lastIndexOf('/') + 1)),
      kind: 'project',
      path: directory === '' ? '.' : directory,
      uses: once([
        ...fromLocks,
        ...declaredUses(own, fromLocks),
        ...[...imageUses(images), ...unset].filter(
          ({ path }) => nearest(path, projects) === directory,
        ),
      ]),
    };
  });
  const readAsImages = new Set(images.map(({ place }) => place.path));
  const inManifests = await workloads(
    { files, isOurs, artifacts, ...(policy === undefined ? {} : { policy }) },
    (path) => isOwn(path) && !readAsImages.has(path),
  );
  return {
    services: [...services, ...inManifests.services].toSorted(
      (one, other) => compareText(one.path, other.path) || compareText(one.name, other.name),
    ),
    problems: [
      ...found.problems.filter(({ path }) => isConsumer(path)),
      ...locks.problems,
      ...asked.unread.map(unread),
    ],
    notes: inManifests.notes,
  };
}

interface Scope {
  readonly isOwn: (path: string) => boolean;
  readonly isLockfile: (path: string) => boolean;
}

/**
 * The files of consumers, without those of tests and examples that are no package. A lockfile also counts at or
 * above a consumer's folder: it decides for what is below it.
 */
function scopeOf({
  chartOf,
  isConsumer,
  packages,
}: Pick<Folders, 'isConsumer' | 'packages'> & {
  readonly chartOf: (path: string) => string | undefined;
}): Scope {
  const own = new Set(packages.map(({ directory }) => directory));
  const above = new Set([...own].flatMap(foldersUpFrom));
  // Elsewhere a folder `templates` has files for new projects.
  const folderFor = (path: string): string => chartOf(path) ?? folderOf(path);
  const isOwn = (path: string): boolean =>
    isConsumer(path) && (own.has(folderOf(path)) || !isAside(folderFor(path)));
  return { isOwn, isLockfile: (path) => above.has(folderOf(path)) || isOwn(path) };
}

interface Folders {
  readonly packages: readonly { readonly directory: string }[];
  readonly locked: readonly string[];
  readonly declared: readonly Dependency[];
  /** The files that name images. */
  readonly images: readonly string[];
  readonly isConsumer: (path: string) => boolean;
}

/** The folders of projects: those with a package, a lockfile's projects, and those that ask for an artifact. */
function projectFolders({
  declared,
  images,
  isConsumer,
  locked,
  packages,
}: Folders): ReadonlySet<string> {
  const inPackages = packages.map(({ directory }) => directory);
  const inLocks = locked.filter((one) =>
    isConsumer(one === '' ? 'package.json' : `${one}/package.json`),
  );
  const inFiles = declared.map(({ place }) => projectOf(place.path));
  const projects = new Set([...inPackages, ...inLocks, ...inFiles]);
  for (const path of images)
    if (nearest(path, projects) === undefined) projects.add(folderOf(path));
  return projects;
}

/** The folder that a manifest decides for. */
function projectOf(path: string): string {
  const folder = folderOf(path);
  return /(?:^|\/)requirements$/.test(folder) ? folderOf(folder) : folder;
}

/** The project that a file belongs to: in the nearest folder at or above it. The root is nobody's. */
function nearest(path: string, projects: ReadonlySet<string>): string | undefined {
  const own = folderOf(path);
  for (let folder = own; folder !== ''; folder = folderOf(folder))
    if (projects.has(folder)) return folder;
  return own === '' && projects.has('') ? '' : undefined;
}

/** Each version of an artifact once, at the first place that says it. */
function once(uses: readonly Use[]): readonly Use[] {
  const found = new Map<string, Use>();
  for (const one of uses) {
    const key = JSON.stringify([one.ecosystem, one.name, one.kind, one.version]);
    if (!found.has(key)) found.set(key, one);
  }
  return [...found.values()];
}

function unread({ path, reason }: { readonly path: string; readonly reason: string }): Problem {
  return problem({
    code: 'inventory-unread',
    kind: 'input',
    message: `${path} is not read: ${reason}`,
    hint: 'Correct it, or leave it out with consumers.exclude in the release definition.',
    path,
  });
}
