import type { FoundPackage } from '@ameide/source-files/packages';
import {
  type BaseVersion,
  compareBase,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import { formOf } from '../commit/version-file.ts';
import { codeVersion } from './code-version.ts';
import type { RepositoryFacts } from './facts.ts';
import { realBase } from './real-base.ts';

/** Where the base of all versions can come from. */
export type VersionSource =
  | { readonly kind: 'file'; readonly file: string; readonly base: BaseVersion }
  | { readonly kind: 'tags'; readonly tagPrefix: string; readonly base?: BaseVersion }
  /** A file that `init` writes. */
  | {
      readonly kind: 'new-file';
      readonly file: string;
      readonly base: BaseVersion;
      /** The program that says it. */
      readonly from?: string;
    };

/** The file that `init` writes where no other has a version. */
export const NEW_VERSION_FILE = 'VERSION';

/**
 * Lists where the base can come from, the likeliest first: a file that is the whole repository's
 * (lerna.json, the root's package.json), the package with the highest version, a file VERSION, the
 * release tags; without any of them a new file with the version that a program says. A version 0.0.0 is a placeholder.
 */
export async function versionSources(
  facts: RepositoryFacts,
  packages: readonly FoundPackage[],
): Promise<readonly VersionSource[]> {
  const highest = highestFirst(packages.flatMap(ownSource), facts, packages);
  const shared = await filesWithVersion(facts, ['lerna.json', 'package.json']);
  const top = highest[0]?.base;
  // A root whose version nobody raises is not a source.
  const raised = shared.filter(({ base }) => top === undefined || compareBase(base, top) >= 0);
  const plain = await filesWithVersion(facts, ['VERSION', 'version.txt', 'Cargo.toml']);
  const tags = tagSource(facts.tags);
  const files = [...raised, ...highest, ...plain];
  const distinct = files.filter(
    ({ file }, index) => files.findIndex((one) => one.file === file) === index,
  );
  const fromCode = distinct.length === 0 && tags.base === undefined;
  if (fromCode && !facts.paths.has(NEW_VERSION_FILE)) {
    const found = await codeVersion(facts, packages);
    if (found !== undefined) return [{ kind: 'new-file', file: NEW_VERSION_FILE, ...found }, tags];
  }
  return areFilesBehind(distinct, tags, packages) ? [tags, ...distinct] : [...distinct, tags];
}

/**
 * True if the files do not keep the version: a higher one is released already, or most packages have a
 * placeholder and only some other one a version.
 */
function areFilesBehind(
  [first]: readonly FileSource[],
  { base }: VersionSource,
  packages: readonly FoundPackage[],
): boolean {
  if (first === undefined) return true;
  if (base !== undefined) return compareBase(first.base, base) < 0;
  const stating = packages.filter(({ version }) => version !== undefined);
  const real = stating.filter(({ version }) => realBase(version) !== undefined);
  const isOfOne = stating.some(
    ({ directory, manifest }) => directory !== '' && manifest === first.file,
  );
  return isOfOne && real.length * 2 < stating.length;
}

type FileSource = Extract<VersionSource, { readonly kind: 'file' }>;
type PackageSource = FileSource & { readonly found: FoundPackage };

function ownSource(found: FoundPackage): readonly PackageSource[] {
  const { ecosystem, manifest, version } = found;
  const base = realBase(version);
  const isReadable = ecosystem === 'npm' || manifest.endsWith('.toml');
  return base === undefined || !isReadable ? [] : [{ kind: 'file', file: manifest, base, found }];
}

/** Among equals the main package: the repository's namesake, else the one that most others depend on. */
function highestFirst(
  sources: readonly PackageSource[],
  { manifests, repositoryUrl = '' }: RepositoryFacts,
  packages: readonly FoundPackage[],
): readonly FileSource[] {
  const namesake = repositoryUrl.slice(repositoryUrl.lastIndexOf('/') + 1);
  const rank = ({ found: { name } }: PackageSource): number =>
    name.slice(name.indexOf('/') + 1) === namesake
      ? Infinity
      : packages.filter(({ manifest }) => manifests.get(manifest)?.dependencies.has(name)).length;
  return sources
    .map((source) => ({ source, rank: rank(source) }))
    .toSorted(
      (one, other) =>
        compareBase(other.source.base, one.source.base) ||
        (one.rank === other.rank ? 0 : other.rank - one.rank) ||
        one.source.file.length - other.source.file.length,
    )
    .map(({ source: { base, file, kind } }) => ({ kind, file, base }));
}

async function filesWithVersion(
  { files, paths }: RepositoryFacts,
  names: readonly string[],
): Promise<readonly FileSource[]> {
  const found: FileSource[] = [];
  for (const file of names) {
    if (!paths.has(file)) continue;
    const base = realBase(await readVersion(file, (await files.readText(file)) ?? ''));
    if (base !== undefined) found.push({ kind: 'file', file, base });
  }
  return found;
}

/** Reads the version of a file as a release would; undefined if it has none. */
export async function readVersion(file: string, text: string): Promise<unknown> {
  try {
    return await formOf(file).read(text, file);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

/** The prefix of most release tags; `v` if there are none. */
export function tagSource(
  tags: readonly string[],
  given?: string,
): VersionSource & { kind: 'tags' } {
  const prefixes = given === undefined ? ['v', '', ...ownPrefixes(tags)] : [given];
  const forms = prefixes.map((tagPrefix) => ({
    tagPrefix,
    bases: tags.flatMap((tag) => {
      const version = parseVersionTag(tag, tagPrefix);
      return version?.kind === 'release' ? [version.base] : [];
    }),
  }));
  const [most = { tagPrefix: 'v', bases: [] }] = forms.toSorted(
    (one, other) => other.bases.length - one.bases.length,
  );
  const [base] = most.bases.toSorted((one, other) => compareBase(other, one));
  return { kind: 'tags', tagPrefix: most.tagPrefix, ...(base === undefined ? {} : { base }) };
}

/** `release-`, `acme@`: what comes before three numbers, in tags without a slash, which Go's submodules have. */
function ownPrefixes(tags: readonly string[]): readonly string[] {
  return [
    ...new Set(
      tags.flatMap((tag) => /^([A-Za-z][\w.@+-]*?[-_@]v?)\d+\.\d+\.\d+$/.exec(tag)?.[1] ?? []),
    ),
  ];
}
