import { lastDocument } from '@ameide/source-files/lockfiles';
import semver from 'semver';
import { tableAt } from '../facts.ts';
import {
  type Difference,
  INSTALLED,
  type NpmLock,
  type NpmProject,
  overriddenNames,
  rangesOf,
  rangeWhere,
} from './project.ts';

/** What `yarn install --immutable` (Yarn 2 and later) and `--frozen-lockfile` (Yarn 1) refuse. */
export function yarnDifferences(lock: NpmLock): readonly Difference[] | undefined {
  return /^# yarn lockfile v1$/m.test(lock.text) ? classic(lock) : berry(lock);
}

/** Yarn 1: each range that is not that of a workspace package is in a key, `name@range`. */
function classic(lock: NpmLock): readonly Difference[] {
  const keys = new Set(
    lock.text
      .split('\n')
      .filter((line) => /^[^\s#].*:\r?$/.test(line))
      .flatMap((line) => line.replace(/:\r?$/, '').split(/,\s*/))
      .map((key) => key.replace(/^"|"$/g, '')),
  );
  const overridden = overriddenNames(lock);
  const own = new Set(lock.projects.map(({ json }) => json['name']));
  return eachRange(lock, ({ field, name, project, range }) =>
    overridden.has(name) ||
    own.has(name) ||
    /^(?:file|link|workspace):/.test(range) ||
    keys.has(`${name}@${range}`)
      ? []
      : [missing(lock, project, field, { name, range })],
  );
}

/** Yarn 2 and later: each workspace is an entry that lists its ranges. */
function berry(lock: NpmLock): readonly Difference[] | undefined {
  const entries = workspaceEntries(lock.text);
  if (entries === undefined) return undefined;
  const overridden = overriddenNames(lock);
  return lock.projects.flatMap((project) => {
    const own = entries.find(({ folder }) => folder === project.inRoot);
    if (own === undefined)
      return [
        { message: `${lock.path} has no entry for this package.`, where: { path: project.path } },
      ];
    const locked = rangesOf(own.entry, 'dependencies');
    return ofProject(project, ({ field, name, range }) => {
      const has = locked.get(name);
      if (overridden.has(name)) return [];
      if (has === undefined || bare(has) !== bare(range))
        return [
          missing(lock, project, field, { name, range, ...(has === undefined ? {} : { has }) }),
        ];
      const linked = entries.find(({ keys }) => keys.includes(`${name}@npm:${bare(range)}`));
      const version = linked && versionOutside(range, linked.folder, lock);
      if (version === undefined) return [];
      const message = `${field} asks for ${name} as ${range}, and ${lock.path} has its folder, which states ${version}.`;
      return [{ message, where: rangeWhere(project, field, name) }];
    });
  });
}

/** An entry of a package of the workspace. */
interface WorkspaceEntry {
  readonly entry: unknown;
  readonly folder: string;
  /** What asks for it: `@acme/sdk@npm:^1.0.0`. */
  readonly keys: readonly string[];
}

function workspaceEntries(text: string): readonly WorkspaceEntry[] | undefined {
  const { __metadata, ...entries } = lastDocument(text) ?? {};
  if (__metadata === undefined) return undefined;
  return Object.entries(entries).flatMap(([key, entry]) => {
    const { resolution } = tableAt({ entry }, 'entry');
    const [, folder] = /@workspace:(.+)$/.exec(String(resolution)) ?? [];
    const keys = key.split(/,\s*/);
    return folder === undefined ? [] : [{ entry, folder: folder === '.' ? '' : folder, keys }];
  });
}

/** The version that a folder states, if Yarn would not link it to the range (`Workspace.accepts` of Yarn). */
function versionOutside(range: string, folder: string, { projects }: NpmLock): string | undefined {
  const { version } = projects.find(({ inRoot }) => inRoot === folder)?.json ?? {};
  const options = { loose: true, includePrerelease: true };
  return typeof version === 'string' &&
    semver.validRange(bare(range)) !== null &&
    !semver.satisfies(version, bare(range), options)
    ? version
    : undefined;
}

/** The default protocol may be written or not. */
function bare(range: string): string {
  return range.replace(/^npm:/, '');
}

interface Range {
  readonly project: NpmProject;
  readonly field: string;
  readonly name: string;
  readonly range: string;
}

function eachRange(
  { projects }: NpmLock,
  of: (range: Range) => readonly Difference[],
): readonly Difference[] {
  return projects.flatMap((project) => ofProject(project, of));
}

function ofProject(
  project: NpmProject,
  of: (range: Range) => readonly Difference[],
): readonly Difference[] {
  // A name in several fields counts in the last one that Yarn reads.
  const seen = new Map<string, Range>();
  for (const field of [
    'devDependencies',
    'optionalDependencies',
    'dependencies',
  ] satisfies (typeof INSTALLED)[number][])
    for (const [name, range] of rangesOf(project.json, field))
      seen.set(name, { project, field, name, range });
  return [...seen.values()].flatMap(of);
}

function missing(
  { path }: NpmLock,
  project: NpmProject,
  field: string,
  { has, name, range }: { readonly name: string; readonly range: string; readonly has?: string },
): Difference {
  return {
    message: `${field} asks for ${name} as ${range}, and ${path} ${has === undefined ? 'does not have that' : `has ${bare(has)}`}.`,
    where: rangeWhere(project, field, name),
  };
}
