import { isObject, type JsonObject } from '@ameide/source-files/json';
import type { PackageWorkspace } from '@ameide/source-files/npm';
import { DEPENDENCY_FIELDS, type RangeScope, sourceVersion } from './range-scope.ts';
import type { SourceManifest } from './read.ts';
import type { PackageStamp } from './stamp.ts';

/** Returns what a package's ranges may refer to in one release. */
export type ScopeOf = (stamp: PackageStamp) => RangeScope;

/**
 * Reads the workspace's packages if a range of the manifest refers to them, or may do so. Throws
 * `InvalidInputError` if one of them cannot be read.
 */
export async function openScope(
  workspace: PackageWorkspace,
  { json, path }: SourceManifest,
  directory: string,
): Promise<ScopeOf> {
  const { catalogs, keepsScripts, linksPlainRanges, manager, packer, root } = workspace.settings;
  const links = linksPlainRanges && workspace.isProject(directory);
  const scope = {
    directory,
    workspaceRoot: root,
    manifestPath: path,
    version: sourceVersion(json),
    manager,
    packer,
    catalogs,
    packages: needsPackages(json, links) ? await workspace.packages() : [],
    linksPlainRanges: links,
    keepsScripts,
  };
  return ({ members, version }) => ({
    ...scope,
    memberVersion: (name) => (members.includes(name) ? version : undefined),
  });
}

function needsPackages(json: JsonObject, linksPlainRanges: boolean): boolean {
  return DEPENDENCY_FIELDS.some((field) => {
    const ranges = json[field];
    if (!isObject(ranges)) return false;
    if (linksPlainRanges && field !== 'devDependencies' && Object.keys(ranges).length > 0)
      return true;
    return Object.values(ranges).some(
      (range) => typeof range === 'string' && /workspace:|catalog:/.test(range),
    );
  });
}
