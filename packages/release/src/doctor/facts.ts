import type { IgnoreRule } from '@ameide/publisher-kit/git';
import { isObject } from '@ameide/source-files/json';
import { type FoundPackage, findPackages } from '@ameide/source-files/packages';
import {
  type BaseVersion,
  InvalidInputError,
  parseBase,
  parsePypiName,
  type SourceFiles,
} from '@ameide/versioning-core';
import { formOf } from '../commit/version-file.ts';
import { publishersOf, type ReleaseDefinition } from '../definition/definition.ts';
import { createFileReader, type FileReader } from './file-reader.ts';

/** What the rules about packages look at. */
export interface PackageFacts {
  readonly files: SourceFiles;
  readonly reader: FileReader;
  readonly packages: readonly FoundPackage[];
  /** The rule because of which git ignores the path. */
  readonly ignoredBy: (path: string) => Promise<IgnoreRule | undefined>;
  /** Absent without a definition that can be loaded. */
  readonly release?: ReleaseFacts;
}

/** What the rules that need a release definition look at. */
export interface ReleasedFacts extends PackageFacts {
  readonly release: ReleaseFacts;
}

interface ReleaseFacts {
  readonly definition: ReleaseDefinition;
  /** The definition, relative to the repository's root; as it was named, if it is outside. */
  readonly file: string;
  readonly published: readonly PublishedArtifact[];
  /** Absent if no file states it. */
  readonly base?: BaseVersion;
}

/** An artifact that the definition publishes. */
export interface PublishedArtifact {
  readonly ecosystem: 'npm' | 'pypi' | 'go' | 'oci';
  /** As in a coordinate. Absent if its folder has no manifest that says it. */
  readonly name?: string;
  /** The folder that it is made from; absent for images, and for what a bundle makes. */
  readonly directory?: string;
  /** Where npm or PyPI packages are uploaded to. */
  readonly registry?: string;
}

export async function packageFacts(
  files: SourceFiles,
  ignoredBy: PackageFacts['ignoredBy'],
  loaded?: { readonly definition: ReleaseDefinition; readonly file: string },
): Promise<PackageFacts> {
  const reader = await createFileReader(files);
  const { packages, problems } = await findPackages(reader.files);
  for (const { message, path } of problems) reader.refuse(path, message);
  const facts = { files: reader.files, reader, packages, ignoredBy };
  if (loaded === undefined) return facts;
  const { definition } = loaded;
  const published = artifactsOf(definition).map((one) => named(one, packages));
  const base = await baseOf(definition, reader);
  return {
    ...facts,
    release: { ...loaded, published, ...(base === undefined ? {} : { base }) },
  };
}

function artifactsOf(definition: ReleaseDefinition): readonly PublishedArtifact[] {
  const all = publishersOf(definition).flatMap(
    ({ goModule, image, package: published }): PublishedArtifact[] => [
      ...(published === undefined ? [] : [published]),
      ...(goModule === undefined
        ? []
        : [{ ecosystem: 'go' as const, directory: goModule.directory }]),
      ...(image === undefined ? [] : [{ ecosystem: 'oci' as const, name: image }]),
    ],
  );
  return all.map((one) => ({
    ...one,
    // `.` is the root, as `''` is.
    ...(one.directory === '.' ? { directory: '' } : {}),
    ...(one.ecosystem === 'pypi' && one.name !== undefined
      ? { name: parsePypiName(one.name) }
      : {}),
  }));
}

function named(artifact: PublishedArtifact, packages: readonly FoundPackage[]): PublishedArtifact {
  const found = packages.find(
    ({ directory, ecosystem }) =>
      ecosystem === artifact.ecosystem && directory === artifact.directory,
  );
  return found === undefined ? artifact : { ...artifact, name: found.name };
}

export const DEPENDENCY_FIELDS = [
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'optionalDependencies',
] as const;

/** The table at a path, or an empty one. */
export function tableAt(
  root: unknown,
  ...path: readonly string[]
): Readonly<Record<string, unknown>> {
  const table = path.reduce<unknown>(
    (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    root,
  );
  return isObject(table) ? table : {};
}

/** The rule `version-file` reports what is wrong with the file. */
async function baseOf(
  { versionFile }: ReleaseDefinition,
  reader: FileReader,
): Promise<BaseVersion | undefined> {
  const text = versionFile === undefined ? undefined : await reader.text(versionFile);
  if (versionFile === undefined || text === undefined) return undefined;
  try {
    return parseBase(await formOf(versionFile).read(text, versionFile), versionFile);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
