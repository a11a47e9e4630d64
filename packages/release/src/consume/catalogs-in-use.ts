import type { Dependency } from '@ameide/source-files/dependencies';

const CATALOG = /^(?:workspaces\.)?catalog(?:s\.(.+))?$/;

/** True for the field of an entry of a catalog. */
export function isCatalog(field: string): boolean {
  return CATALOG.test(field);
}

/**
 * Returns the entries of catalogs that the places ask for with `catalog:`: a catalog is in the root of a workspace,
 * which need not be a consumer.
 */
export function catalogsInUse(
  all: readonly Dependency[],
  consumers: readonly Dependency[],
): readonly Dependency[] {
  const used = new Set(
    consumers.flatMap(({ ecosystem, name, requirement }) => {
      const [, catalog] = /^catalog:(.*)$/.exec(requirement) ?? [];
      return ecosystem === 'npm' && catalog !== undefined ? [key(catalog.trim(), name)] : [];
    }),
  );
  return all.filter(({ field, name }) => {
    const catalog = CATALOG.exec(field);
    return catalog !== null && used.has(key(catalog[1] ?? '', name));
  });
}

/** `catalog:` and `catalog:default` are one. */
function key(catalog: string, name: string): string {
  return `${catalog === 'default' ? '' : catalog}\n${name}`;
}
