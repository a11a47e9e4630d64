import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LocalRegistries, ociRepository, readPackage } from '@ameide/local-registries';

/** Every name on the four registries that a consumer can ask for, and what it names. */
export type Snapshot = Readonly<Record<string, string>>;

export const MIRROR = 'ameideio/ameide-sdk-go';
const IMAGES = ['ameide-sdk-ts', 'ameide-sdk-go', 'ameide-sdk-python', 'configuration'];
const PACKAGES = ['@ameideio/ameide-sdk-ts', '@ameideio/configuration'];
const PROJECT = 'ameide-sdk-python';
const run = promisify(execFile);

/** Reads the registries past their proxies, without any publisher. */
export async function takeSnapshot(registries: LocalRegistries): Promise<Snapshot> {
  const parts = await Promise.all([
    ...PACKAGES.map((name) => npmNames(registries, name)),
    pythonFiles(registries),
    ...IMAGES.map((name) => imageTags(registries, name)),
    gitRefs(registries),
  ]);
  return Object.fromEntries(parts.flat().toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Names = readonly (readonly [string, string])[];

async function npmNames({ npm }: LocalRegistries, name: string): Promise<Names> {
  const found = await readPackage(npm.url, name);
  if (found === undefined) return [];
  return [
    ...Object.entries(found.versions).map(
      ([version, digest]) => [`npm:${name}@${version}`, String(digest)] as const,
    ),
    ...Object.entries(found.tags).map(
      ([tag, version]) => [`npm:${name} ${tag}`, String(version)] as const,
    ),
  ];
}

async function pythonFiles({ python }: LocalRegistries): Promise<Names> {
  const accept = 'application/vnd.pypi.simple.v1+json';
  const response = await fetch(`${python.simpleUrl}${PROJECT}/`, { headers: { accept } });
  if (response.status === 404) return [];
  const { files } = (await response.json()) as {
    readonly files: readonly { readonly filename: string; readonly hashes: { sha256: string } }[];
  };
  return files.map(({ filename, hashes }) => [`pypi:${filename}`, hashes.sha256]);
}

async function imageTags({ oci }: LocalRegistries, name: string): Promise<Names> {
  const tags = await ociRepository(oci, `ameideio/${name}`).tags();
  return Object.entries(tags).map(([tag, digest]) => [`oci:ameideio/${name}:${tag}`, digest]);
}

async function gitRefs({ git }: LocalRegistries): Promise<Names> {
  const format = '--format=%(refname) %(objectname)';
  const { stdout } = await run('git', ['-C', git.path(MIRROR), 'for-each-ref', format]);
  return stdout
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ') as [string, string])
    .map(([ref, sha]) => [`git:${ref}`, sha]);
}

/** True for a name that never changes once it is there. */
export function isImmutable(name: string): boolean {
  return /^npm:\S+$|^pypi:|^git:refs\/tags\/|^oci:.*:(?:[\da-f]{40}|\d+\.\d+\.\d+)$/.test(name);
}
