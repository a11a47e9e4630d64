import { locateJson } from '@ameide/source-files/json';
import { openWorkspace, type PackageWorkspace } from '@ameide/source-files/npm';
import type { FoundPackage } from '@ameide/source-files/packages';
import { InvalidInputError } from '@ameide/versioning-core';
import semver from 'semver';
import { whereIs } from '../at-place.ts';
import { type ReleasedFacts, tableAt } from '../facts.ts';
import type { Finding, Rule } from '../finding.ts';
import { LOCK_COMMANDS } from '../lockfiles/commands.ts';
import { isPlaceholder } from './python-version.ts';

const NAME = 'sibling-range';

export const SIBLING_RANGE: Rule<ReleasedFacts> = {
  name: NAME,
  title: 'A range on a package of the same release means the one in this repository.',
  why: 'If the folder states a version that is not in the range, the package manager takes the package from the registry: the install fails or everything is tested with an old release, and what is published asks for that old release.',
  async find(facts) {
    const published = publishedPackages(facts);
    const findings: Finding[] = [];
    for (const one of published) {
      const workspace = await workspaceOf(one, facts);
      if (workspace?.isProject(one.directory) !== true) continue;
      const siblings = published.filter(
        ({ directory, name }) => name !== one.name && workspace.isMember(directory),
      );
      findings.push(...(await ofPackage(one, siblings, { facts, workspace })));
    }
    return findings;
  },
};

function publishedPackages({ packages, release }: ReleasedFacts): readonly FoundPackage[] {
  const directories = new Set(
    release.published.flatMap(({ directory, ecosystem }) =>
      ecosystem === 'npm' && directory !== undefined ? [directory] : [],
    ),
  );
  return packages.filter(
    ({ directory, ecosystem }) => ecosystem === 'npm' && directories.has(directory),
  );
}

async function workspaceOf(
  { directory }: FoundPackage,
  { files }: ReleasedFacts,
): Promise<PackageWorkspace | undefined> {
  try {
    return await openWorkspace(files, directory);
  } catch (error) {
    // `findPackages` reports it.
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

interface Context {
  readonly facts: ReleasedFacts;
  readonly workspace: PackageWorkspace;
}

async function ofPackage(
  one: FoundPackage,
  siblings: readonly FoundPackage[],
  { facts, workspace: { settings } }: Context,
): Promise<readonly Finding[]> {
  const { base } = facts.release;
  const path = one.manifest;
  const json = await facts.reader.json(path);
  const text = (await facts.reader.text(path)) ?? '';
  // What it is built and tested with may be a release.
  return (['dependencies', 'optionalDependencies', 'peerDependencies'] as const).flatMap((field) =>
    siblings.flatMap((sibling): readonly Finding[] => {
      const range = tableAt(json, field)[sibling.name];
      if (typeof range !== 'string') return [];
      const why = settings.linksPlainRanges
        ? whyNotLinked(range, sibling)
        : whyNotMeant(range, one, base ?? ownVersion(sibling));
      if (why === undefined) return [];
      return [
        {
          rule: NAME,
          message: `${field} asks for ${sibling.name} as ${range}, ${why}.`,
          hint: `Write ${rangeFor(sibling, settings)}; then run ${LOCK_COMMANDS[settings.manager]}, and commit the lockfile.`,
          ...whereIs(path, text, locateJson(text, [field, sibling.name])?.value),
        },
      ];
    }),
  );
}

/** npm, Yarn and Bun link what is in the range, as pnpm does with `linkWorkspacePackages`. */
function whyNotLinked(range: string, { directory, version }: FoundPackage): string | undefined {
  if (!isPlain(range) || semver.satisfies(version ?? '', range, true)) return undefined;
  return `and ${directory} states ${version === undefined ? 'no version' : `the version ${version}`}, so that it comes from the registry`;
}

/** pnpm takes a plain range from the registry; what is published keeps it, unless only this release can be meant. */
function whyNotMeant(
  range: string,
  { version: own }: FoundPackage,
  next: string | undefined,
): string | undefined {
  if (!isPlain(range) || next === undefined || semver.satisfies(next, range, true))
    return undefined;
  const asksForPlaceholder =
    isPlaceholder(semver.minVersion(range, true)?.version ?? '') &&
    !semver.intersects(range, '>=0.1.0', true);
  if (asksForPlaceholder || range.trim().replace(/^=\s*/, '') === own) return undefined;
  return `which the version of this release, ${next}, is not in: pnpm takes an old one from the registry, and so does everybody who installs what is published`;
}

/** A range of versions, but not any version: that one the workspace's package always is in. */
function isPlain(range: string): boolean {
  return semver.validRange(range, true) !== null && !/^[*xX]?$/.test(range.trim());
}

function ownVersion({ version }: FoundPackage): string | undefined {
  return version === undefined || isPlaceholder(version) ? undefined : version;
}

/** npm and Yarn 1, whose packages npm packs, do not know `workspace:`. */
function rangeFor(
  { version }: FoundPackage,
  { manager, packer }: PackageWorkspace['settings'],
): string {
  if (manager !== 'npm' && packer !== 'npm') return 'workspace:^';
  return version === undefined ? '*' : `^${version}, which is linked to the folder`;
}
