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
    consumers.flatMap((one) => {
      const [, catalog] = /^catalog:(.*)$/.exec(one.requirement) ?? [];
      return one.ecosystem === 'npm' && catalog !== undefined ? [key(catalog.trim(), one)] : [];
    }),
  );
  return all.filter((one) => {
    const catalog = CATALOG.exec(one.field);
    return catalog !== null && used.has(key(catalog[1] ?? '', one));
  });
}

/** `catalog:` and `catalog:default` are one. An entry is found by the name that is written, which may be an alias. */
function key(catalog: string, { alias, name }: Dependency): string {
  return `${catalog === 'default' ? '' : catalog}\n${alias ?? name}`;
}
