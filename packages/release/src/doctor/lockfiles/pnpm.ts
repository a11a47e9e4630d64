import { join } from 'node:path/posix';
import { lastDocument } from '@ameide/source-files/lockfiles';
import semver from 'semver';
import { whereIs } from '../at-place.ts';
import { tableAt } from '../facts.ts';
import {
  type Difference,
  INSTALLED,
  type NpmLock,
  type NpmProject,
  overriddenNames,
  rangesOf,
  rangeWhere,
  textOf,
} from './project.ts';

/**
 * What `pnpm install --frozen-lockfile` refuses: an importer whose specifiers are not those of its package.json
 * (`satisfiesPackageManifest` of pnpm's lockfile.verification), and a catalog that changed. Undefined for a
 * lockfile older than 6, or one that is not YAML.
 */
export function pnpmDifferences(lock: NpmLock): readonly Difference[] | undefined {
  const root = readLock(lock.text);
  if (root === undefined) return undefined;
  const overridden = overriddenNames(lock);
  // Before pnpm 9, a lockfile of one project has its dependencies at the top.
  const importers = root['importers'] === undefined ? { '.': root } : tableAt(root, 'importers');
  const differences = lock.projects.flatMap((project) =>
    ofImporter(project, importers[project.inRoot === '' ? '.' : project.inRoot], {
      lock,
      overridden,
    }),
  );
  return [...differences, ...catalogDifferences(lock, root), ...overrideDifferences(lock, root)];
}

function readLock(text: string): Readonly<Record<string, unknown>> | undefined {
  const root = lastDocument(text);
  return Number.parseFloat(textOf(root?.['lockfileVersion'])) >= 6 ? root : undefined;
}

interface Context {
  readonly lock: NpmLock;
  readonly overridden: ReadonlySet<string>;
}

function ofImporter(
  project: NpmProject,
  importer: unknown,
  { lock, overridden }: Context,
): readonly Difference[] {
  const all = new Set(INSTALLED.flatMap((field) => [...rangesOf(project.json, field).keys()]));
  if (importer === undefined) {
    return all.size === 0
      ? []
      : [{ message: `${lock.path} has no entry for this package.`, where: { path: project.path } }];
  }
  const peers = rangesOf(project.json, 'peerDependencies');
  const differences: Difference[] = [];
  for (const field of INSTALLED) {
    const locked = tableAt(importer, field);
    for (const [name, range] of rangesOf(project.json, field)) {
      if (overridden.has(name) || isListedElsewhere(project, field, name)) continue;
      const { specifier, version } = tableAt(locked, name);
      if (specifier === range)
        differences.push(...ofFolder({ field, name, range }, { lock, project, linked: version }));
      // pnpm's `excludeLinksFromLockfile`
      if (specifier === range || (specifier === undefined && range.startsWith('link:'))) continue;
      const has = specifier === undefined ? 'does not have it' : `has ${textOf(specifier)}`;
      differences.push({
        message: `${field} asks for ${name} as ${range}, and ${lock.path} ${has}.`,
        where: rangeWhere(project, field, name),
      });
    }
    for (const name of Object.keys(locked)) {
      if (all.has(name) || peers.has(name) || overridden.has(name)) continue;
      differences.push({
        message: `${lock.path} has ${name} for ${project.path}, which does not ask for it.`,
        where: whereInLock(lock, project, name),
      });
    }
  }
  return differences;
}

/** A linked folder has to state a version in the range (`linkedPackagesAreUpToDate` of pnpm). */
function ofFolder(
  { field, name, range }: { readonly field: string; readonly name: string; readonly range: string },
  {
    linked,
    lock,
    project,
  }: { readonly linked: unknown; readonly lock: NpmLock; readonly project: NpmProject },
): readonly Difference[] {
  const [, folder] = /^link:(.+)$/.exec(String(linked)) ?? [];
  const wanted = range.replace(/^workspace:/, '');
  if (folder === undefined || semver.validRange(wanted, true) === null) return [];
  const directory = join(project.inRoot, folder);
  const { version } = lock.projects.find(({ inRoot }) => inRoot === directory)?.json ?? {};
  if (typeof version !== 'string' || semver.satisfies(version, wanted, true)) return [];
  return [
    {
      message: `${field} asks for ${name} as ${range}, and its folder states ${version}.`,
      where: rangeWhere(project, field, name),
      ...(range === wanted ? {} : { before: 'Write workspace:^, or the version of the folder' }),
    },
  ];
}

/** pnpm takes a name that is in several fields from one of them: optional first, then dependencies. */
function isListedElsewhere({ json }: NpmProject, field: string, name: string): boolean {
  const stronger =
    field === 'devDependencies'
      ? (['dependencies', 'optionalDependencies'] as const)
      : field === 'dependencies'
        ? (['optionalDependencies'] as const)
        : [];
  return stronger.some((one) => rangesOf(json, one).has(name));
}

function whereInLock(
  { path, text }: NpmLock,
  { inRoot }: NpmProject,
  name: string,
): Difference['where'] {
  const importer = new RegExp(`^  ['"]?${escaped(inRoot === '' ? '.' : inRoot)}['"]?:`, 'm');
  const from = text.search(importer);
  const found = new RegExp(`^ +['"]?${escaped(name)}['"]?:`, 'm').exec(
    text.slice(Math.max(0, from)),
  );
  if (from === -1 || found === null) return { path };
  const start = from + found.index + found[0].search(/\S/);
  return whereIs(path, text, { start, end: start });
}

function catalogDifferences(
  { path, settings, text }: NpmLock,
  root: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  return Object.entries(tableAt(root, 'catalogs')).flatMap(([catalog, entries]) =>
    Object.entries(tableAt({ entries }, 'entries')).flatMap(([name, entry]): Difference[] => {
      const { specifier } = tableAt({ entry }, 'entry');
      const written =
        tableAt(settings, 'catalogs', catalog)[name] ??
        (catalog === 'default' ? tableAt(settings, 'catalog')[name] : undefined);
      if (written === undefined || textOf(written) === specifier) return [];
      const start = text.indexOf(name);
      return [
        {
          message: `The catalog ${catalog} has ${name} as ${textOf(written)}, and ${path} has ${textOf(specifier)}.`,
          where: whereIs(path, text, start === -1 ? undefined : { start, end: start }),
        },
      ];
    }),
  );
}

/** pnpm refuses other overrides than those that the lockfile was made with (`ERR_PNPM_LOCKFILE_CONFIG_MISMATCH`). */
function overrideDifferences(
  { path, root: manifest, settings }: NpmLock,
  root: Readonly<Record<string, unknown>>,
): readonly Difference[] {
  const locked = tableAt(root, 'overrides');
  const written: Readonly<Record<string, unknown>> = {
    ...tableAt(manifest, 'resolutions'),
    ...tableAt(manifest, 'pnpm', 'overrides'),
    // Other versions of pnpm read only one of the two.
    ...tableAt(settings, 'overrides'),
  };
  const names = new Set([...Object.keys(locked), ...Object.keys(written)]);
  return [...names].flatMap((name): Difference[] => {
    const [has, wants] = [textOf(locked[name]), textOf(written[name])];
    // References to a dependency or a catalog stand for a version.
    if (has === wants || (has !== '' && /^(?:\$|catalog:)/.test(wants))) return [];
    const shown = (range: string): string => (range === '' ? 'nothing' : range);
    return [
      {
        message: `overrides has ${shown(wants)} for ${name}, and ${path} has ${shown(has)}.`,
        where: { path },
      },
    ];
  });
}

/** A text as a regular expression for exactly it. */
function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
