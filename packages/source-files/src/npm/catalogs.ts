import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { workspaceError } from './workspace-error.ts';

/** Catalog name (`default` for the unnamed one) → dependency → range. */
export type Catalogs = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads `catalog` and `catalogs`, which pnpm has in pnpm-workspace.yaml, Yarn in .yarnrc.yml and
 * Bun in the root package.json. Throws `InvalidInputError`, code `npm-workspace`, for another
 * shape.
 */
export function readCatalogs(settings: JsonObject, path: string): Catalogs {
  const named = settings['catalogs'] ?? {};
  if (!isObject(named)) throw workspaceError(`${path}: catalogs`, 'a mapping of catalogs');
  const unnamed = settings['catalog'] ?? undefined;
  if (unnamed !== undefined && named['default'] !== undefined)
    throw workspaceError(path, 'either catalog or catalogs.default, not both');
  const entries = Object.entries(named).concat(unnamed === undefined ? [] : [['default', unnamed]]);
  return new Map(
    entries.map(([name, value]) => [name, readCatalog(`${path}: catalog ${name}`, value)]),
  );
}

function readCatalog(where: string, value: Json | undefined): ReadonlyMap<string, string> {
  if (!isObject(value)) throw workspaceError(where, 'a mapping of ranges');
  return new Map(
    Object.entries(value).map(([dependency, range]) => {
      if (typeof range !== 'string')
        throw workspaceError(`${where}.${dependency}`, 'a range as text');
      return [dependency, range];
    }),
  );
}
