import type { FoundPackage } from '@ameide/source-files/packages';
import { InvalidInputError, parseBase, parsePypiName } from '@ameide/versioning-core';
import { matchesPathMajor, parseGoModulePath } from '@ameide/versioning-core/go';
import { type Candidate, findCandidates, mirrorFor } from './candidates.ts';
import type { Choices, ImageChoice } from './choices.ts';
import { isOnGithub, type RepositoryFacts } from './facts.ts';
import { notesOf } from './proposal-notes.ts';
import {
  NEW_VERSION_FILE,
  readVersion,
  tagSource,
  type VersionSource,
  versionSources,
} from './version-sources.ts';

/** What the command line says. */
export interface InitFlags {
  readonly publish?: readonly string[];
  readonly versionFile?: string;
  readonly versionFromTags?: boolean;
  readonly start?: string;
  readonly tagPrefix?: string;
  readonly image?: readonly string[];
  readonly mirror?: readonly string[];
  readonly branch?: string;
  readonly npmRegistry?: string;
  readonly pypiUploadUrl?: string;
  readonly pypiSimpleUrl?: string;
  readonly data?: boolean;
  readonly workflow?: boolean;
  readonly environments?: boolean;
}

/** The choices without any question, and what the questions offer. */
export interface Proposal {
  readonly choices: Choices;
  readonly candidates: readonly Candidate[];
  /** The likeliest first. */
  readonly versions: readonly VersionSource[];
  /** Notes on choices that a reader may not expect. */
  readonly notes: readonly string[];
}

/** Proposes what to write. Throws `InvalidInputError` for a wrong flag, or if nothing can be published. */
export async function propose(facts: RepositoryFacts, flags: InitFlags): Promise<Proposal> {
  const candidates = await findCandidates(facts);
  const chosen = choosePackages(candidates, flags, facts);
  const images = (flags.image ?? []).map((one) => parseImage(one, facts));
  if (chosen.length === 0 && images.length === 0) throw nothingToPublish(candidates, facts);
  const { source, versions } = await chooseVersion(facts, chosen, flags);
  const { fitting, left } = fitMajor(chosen, source, flags);
  const mirrors = chooseMirrors(fitting, facts, flags);
  const pypi = choosePypi(flags);
  const choices: Choices = {
    publish: inOrder(fitting),
    version: source,
    images,
    mirrors,
    branch: flags.branch ?? facts.branch,
    ...(flags.npmRegistry === undefined ? {} : { npmRegistry: flags.npmRegistry }),
    ...(pypi === undefined ? {} : { pypi }),
    form: flags.data === true || facts.javascript === undefined ? 'data' : 'code',
    workflow: flags.workflow !== false && isOnGithub(facts),
    environments: flags.environments !== false,
  };
  return { choices, candidates, versions, notes: notesOf(facts, flags, choices, candidates, left) };
}

/** Sorted by ecosystem, for tables. */
function inOrder(packages: readonly FoundPackage[]): readonly FoundPackage[] {
  const ecosystems = ['npm', 'pypi', 'go'];
  return packages.toSorted(
    (one, other) => ecosystems.indexOf(one.ecosystem) - ecosystems.indexOf(other.ecosystem),
  );
}

function choosePackages(
  candidates: readonly Candidate[],
  { publish }: InitFlags,
  { packages }: RepositoryFacts,
): readonly FoundPackage[] {
  if (publish === undefined)
    return candidates.filter(({ doubt }) => doubt === undefined).map(({ found }) => found);
  return publish.flatMap((name) => {
    const found = candidates.filter((one) => isNamed(one.found, name));
    if (found.length > 0) return found.map((one) => one.found);
    const isPrivate = packages.some((one) => isNamed(one, name));
    throw new InvalidInputError({
      field: '--publish',
      received: name,
      expected: isPrivate
        ? 'a package that may be published: its manifest says that it is private'
        : `the name of a package of this repository: ${listed(candidates)}`,
    });
  });
}

/** By its name, or by its name as in a coordinate, where two ecosystems share one. */
function isNamed({ ecosystem, name }: FoundPackage, given: string): boolean {
  const own = given.startsWith(`${ecosystem}:`) ? given.slice(ecosystem.length + 1) : given;
  if (own === name) return true;
  if (ecosystem !== 'pypi') return false;
  try {
    return parsePypiName(own) === name;
  } catch {
    return false;
  }
}

function listed(candidates: readonly Candidate[]): string {
  const names = candidates.map(({ found }) => `${found.ecosystem}:${found.name}`);
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ');
}

async function chooseVersion(
  facts: RepositoryFacts,
  chosen: readonly FoundPackage[],
  { start, tagPrefix, versionFile, versionFromTags }: InitFlags,
): Promise<{ readonly source: VersionSource; readonly versions: readonly VersionSource[] }> {
  if ([start, versionFile, versionFromTags].filter((one) => one !== undefined).length > 1)
    throw new InvalidInputError({
      field: '--version-file',
      expected: 'one of --version-file, --version-from-tags and --start',
    });
  const versions = await versionSources(facts, chosen);
  const tags = tagSource(facts.tags, tagPrefix);
  const [first = tags] = versions;
  if (start !== undefined) return { source: await newFile(facts, start), versions };
  if (versionFromTags === true || (versionFile === undefined && first.kind === 'tags'))
    return { source: tags, versions };
  return {
    source: versionFile === undefined ? first : await givenFile(facts, versionFile),
    versions,
  };
}

async function newFile({ paths }: RepositoryFacts, start: string): Promise<VersionSource> {
  if (paths.has(NEW_VERSION_FILE))
    throw new InvalidInputError({
      field: '--start',
      received: start,
      expected: `a repository without a file ${NEW_VERSION_FILE}: write the version there, and use --version-file ${NEW_VERSION_FILE}`,
    });
  return { kind: 'new-file', file: NEW_VERSION_FILE, base: parseBase(start, '--start') };
}

async function givenFile({ files }: RepositoryFacts, file: string): Promise<VersionSource> {
  const text = await files.readText(file);
  if (text === undefined)
    throw new InvalidInputError({
      field: '--version-file',
      received: file,
      expected: "a file of the repository, relative to the repository's root",
    });
  return { kind: 'file', file, base: parseBase(await readVersion(file, text), `${file}: version`) };
}

/** A Go module of version 2 and higher has that in its path, so others cannot get such a version. */
function fitMajor(
  chosen: readonly FoundPackage[],
  { base }: VersionSource,
  { publish }: InitFlags,
): { readonly fitting: readonly FoundPackage[]; readonly left: readonly FoundPackage[] } {
  const fits = ({ ecosystem, name }: FoundPackage): boolean =>
    ecosystem !== 'go' ||
    base === undefined ||
    matchesPathMajor(`v${base}`, parseGoModulePath(name).major);
  // A module that the user named stays, so that plan reports the problem.
  if (publish !== undefined || !chosen.some(fits)) return { fitting: chosen, left: [] };
  return { fitting: chosen.filter(fits), left: chosen.filter((one) => !fits(one)) };
}

function chooseMirrors(
  chosen: readonly FoundPackage[],
  { repositoryUrl }: RepositoryFacts,
  { mirror = [] }: InitFlags,
): ReadonlyMap<string, string> {
  const modules = chosen.filter(({ ecosystem }) => ecosystem === 'go');
  const derived = modules.flatMap((found) => {
    const url = mirrorFor(found, repositoryUrl);
    return url === undefined ? [] : [[found.name, url] as const];
  });
  const given = mirror.map((text) => {
    const [name, url] = splitPair(text, '--mirror', 'MODULE=URL');
    if (modules.some((one) => one.name === name)) return [name, url] as const;
    throw new InvalidInputError({
      field: '--mirror',
      received: name,
      expected: `the path of a Go module that is published: ${modules.map((one) => one.name).join(', ') || 'there is none'}`,
    });
  });
  return new Map([...derived, ...given]);
}

function parseImage(text: string, { dockerfiles }: RepositoryFacts): ImageChoice {
  const [image, given] = splitPair(text, '--image', 'IMAGE=DIR');
  const directory = given.replace(/^\.\/|^\.$|\/$/g, '');
  if (dockerfiles.includes(directory)) return { image, directory };
  throw new InvalidInputError({
    field: '--image',
    received: given,
    expected: `a folder with a Dockerfile: ${dockerfiles.map((one) => one || '.').join(', ') || 'there is none'}`,
  });
}

function splitPair(text: string, field: string, form: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new InvalidInputError({ field, received: text, expected: form });
}

function choosePypi({ pypiSimpleUrl, pypiUploadUrl }: InitFlags): Choices['pypi'] {
  if (pypiUploadUrl === undefined && pypiSimpleUrl === undefined) return undefined;
  if (pypiUploadUrl !== undefined && pypiSimpleUrl !== undefined)
    return { uploadUrl: pypiUploadUrl, simpleUrl: pypiSimpleUrl };
  throw new InvalidInputError({
    field: pypiUploadUrl === undefined ? '--pypi-upload-url' : '--pypi-simple-url',
    expected: 'both addresses of the Python index: --pypi-upload-url and --pypi-simple-url',
  });
}

function nothingToPublish(
  candidates: readonly Candidate[],
  { packages }: RepositoryFacts,
): InvalidInputError {
  return new InvalidInputError(
    {
      field: '--publish',
      expected: 'something to publish',
      hint:
        candidates.length > 0
          ? `Name packages: --publish ${candidates[0]?.found.name}. Found, and left out: ${candidates
              .map(({ doubt = '', found }) => `${found.name} (${doubt})`)
              .join(', ')}.`
          : packages.length > 0
            ? 'All packages here are private. Remove "private" from the package.json of those that you publish, or name an image: --image IMAGE=DIR.'
            : 'There is no package.json, pyproject.toml, setup.cfg, setup.py or go.mod that names a package. Name an image: --image IMAGE=DIR.',
    },
    'nothing-to-publish',
  );
}
