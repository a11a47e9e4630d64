import { join } from 'node:path/posix';
import { pathIn } from '@ameide/versioning-core';
import semver from 'semver';
import { followingRange, refuseUnpublished, refuseUnsatisfied } from './linked.ts';
import { type DependencyField, type RangeScope, rangeError } from './range-scope.ts';

/**
 * Returns the range that consumers see: resolves `catalog:`, `workspace:` and `jsr:` as `pnpm pack`
 * does, then ranges that are linked to a workspace package. Throws `InvalidInputError`, code
 * `npm-range`, naming the dependency, if it cannot be resolved.
 */
export function publishedRange(
  field: DependencyField,
  name: string,
  range: string,
  scope: RangeScope,
): string {
  const where = `${scope.manifestPath}: ${field}.${name}`;
  const written = fromYarn(fromCatalog(name, range, scope, where), scope);
  const resolved =
    field === 'peerDependencies'
      ? peerRange(name, written, scope, where)
      : workspaceRange(name, written, scope, where);
  if (!reachesConsumers(field, written, fromJsr(name, resolved))) {
    throw rangeError(where, 'a range that consumers can resolve', range, resolvableHint(scope));
  }
  if (field === 'devDependencies') return fromJsr(name, resolved);
  const dependency = { field, name, written, resolved };
  refuseUnpublished(dependency, scope, where);
  const published = fromJsr(name, followingRange(dependency, scope));
  refuseUnsatisfied(dependency, published, scope, where);
  return published;
}

/** npm and Yarn 1 do not know `workspace:`. */
function resolvableHint({ manager }: RangeScope): string {
  if (manager === 'npm')
    return 'Use a version range; for a workspace package of this repository, one that contains its version in the source, such as ^0.0.0 for 0.0.0.';
  const known = manager === 'yarn' ? 'workspace:^ (Yarn 2 and later)' : 'workspace:^';
  return `Use ${known} for a package of this repository, or a version range.`;
}

const PROTOCOL = /^[a-z][a-z\d+.-]*:/i;
/**
 * What npm installs (npm-package-arg). Not `file:`, `link:`, `portal:`, and Yarn's `patch:` and
 * `exec:`, which name files of the repository.
 */
const PUBLIC = /^(?:npm|https?|ssh|git(?:\+[a-z]+)?|github|gitlab|bitbucket|gist|sourcehut):/i;

/**
 * True if the range means the same outside this repository. devDependencies always pass: no client
 * installs those of a published package.
 */
function reachesConsumers(field: DependencyField, written: string, published: string): boolean {
  if (/\b(?:workspace|catalog):/.test(published)) return false;
  if (field !== 'devDependencies' && PROTOCOL.test(published) && !PUBLIC.test(published))
    return false;
  return (
    !written.includes('workspace:') ||
    published.startsWith('npm:') ||
    semver.validRange(published) !== null
  );
}

function fromCatalog(name: string, range: string, scope: RangeScope, where: string): string {
  if (!range.startsWith('catalog:')) return range;
  const catalog = range.slice('catalog:'.length).trim() || 'default';
  const entry = scope.catalogs.get(catalog)?.get(name);
  if (entry === undefined) {
    throw rangeError(
      where,
      `an entry for it in the catalog "${catalog}"`,
      range,
      `Add ${name} to that catalog, or write a version range.`,
    );
  }
  if (entry.startsWith('catalog:')) {
    throw rangeError(
      where,
      `a version range in the catalog "${catalog}"`,
      entry,
      'A catalog entry must not refer to a catalog.',
    );
  }
  return entry;
}

/** Yarn also reads `npm:^1.0.0`, without a name, which npm refuses, and takes `npm:1` for a name. */
function fromYarn(range: string, { packer }: RangeScope): string {
  const [, bare] = /^npm:([^@]+)$/.exec(range) ?? [];
  return packer === 'yarn' && bare !== undefined ? bare : range;
}

/**
 * `workspace:^`, `workspace:*`, `workspace:other@~`, `workspace:../other`, `workspace:^1.2`, and Yarn's
 * `workspace:packages/other`, which begins at the workspace's root.
 */
function workspaceRange(name: string, range: string, scope: RangeScope, where: string): string {
  if (!range.startsWith('workspace:')) return range;
  const spec = range.slice('workspace:'.length).trim();
  if (/^\.\.?\//.test(spec)) {
    const target = versionAt(spec, scope, where, range);
    return target.name === name ? target.version : `npm:${target.name}@${target.version}`;
  }
  const token = /^(?:(.+)@)?([\^~*])?$/.exec(spec);
  if (token !== null) {
    const target = token[1] ?? name;
    const version = `${token[2] === '*' ? '' : (token[2] ?? '')}${versionOf(target, scope, where, range)}`;
    return target === name ? version : `npm:${target}@${version}`;
  }
  const folder = scope.manager === 'yarn' ? pathIn(scope.workspaceRoot, spec) : undefined;
  if (scope.packages.some((one) => one.name === name && one.directory === folder))
    return versionOf(name, scope, where, range);
  return spec.includes('@') ? `npm:${spec}` : spec;
}

/** Peer ranges may be combined: `workspace:^ || ^8`. There pnpm also accepts `workspace:>=`. */
function peerRange(name: string, range: string, scope: RangeScope, where: string): string {
  return range.replace(
    /workspace:(>=|<=|[\^~*><])?((?:\d+|[xX*])(?:\.(?:\d+|[xX*]))*[^\s|]*)?/g,
    (_, operator: string | undefined, version) => {
      if (version !== undefined) return `${operator ?? ''}${version}`;
      return `${operator === undefined || operator === '*' ? '' : operator}${versionOf(name, scope, where, range)}`;
    },
  );
}

/** https://jsr.io/docs/npm-compatibility: `jsr:@scope/name@1` is npm's `@jsr/scope__name`. */
function fromJsr(name: string, range: string): string {
  const spec = /^jsr:(?:@([^/@]+)\/([^@]+))?@?(.*)$/.exec(range);
  if (spec === null) return range;
  const own = /^@([^/]+)\/(.+)$/.exec(name);
  const [scope, base] = spec[1] === undefined ? [own?.[1], own?.[2]] : [spec[1], spec[2]];
  const version = spec[3] === undefined || spec[3] === '' ? '' : `@${spec[3]}`;
  return scope === undefined || base === undefined ? range : `npm:@jsr/${scope}__${base}${version}`;
}

function versionOf(name: string, scope: RangeScope, where: string, range: string): string {
  const released = scope.memberVersion(name);
  if (released !== undefined) return released;
  const found = scope.packages.filter((candidate) => candidate.name === name);
  if (found.length > 1) {
    const paths = found.map((candidate) => candidate.directory).join(' and ');
    throw rangeError(
      where,
      'one workspace package of that name',
      range,
      `${name} is in ${paths}: rename one.`,
    );
  }
  const version = found[0]?.version;
  if (version === undefined) {
    const hint =
      found.length === 0
        ? `Add ${name} to the workspace, or write a version range.`
        : `Give ${name} a version in its package.json.`;
    throw rangeError(where, 'a workspace package with a version', range, hint);
  }
  return version;
}

function versionAt(
  path: string,
  scope: RangeScope,
  where: string,
  range: string,
): { name: string; version: string } {
  const directory = join(scope.directory, path).replace(/\/$/, '');
  const target = scope.packages.find((candidate) => candidate.directory === directory);
  if (target === undefined)
    throw rangeError(
      where,
      'the folder of a workspace package',
      range,
      'Add that folder to the workspace, or write a version range.',
    );
  return { name: target.name, version: versionOf(target.name, scope, where, range) };
}
