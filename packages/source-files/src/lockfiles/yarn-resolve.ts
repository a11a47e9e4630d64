import { parseResolution } from '@yarnpkg/parsers';
import type { Catalogs } from '../npm/catalogs.ts';
import { type Descriptor, withoutBinding, withoutNpm, type YarnEntry } from './yarn-entries.ts';

export interface YarnRules {
  /** `resolutions` of the workspace's package.json. */
  readonly resolutions: readonly (readonly [pattern: string, range: string])[];
  readonly catalogs: Catalogs;
}

type Resolve = (asked: Descriptor, by: Descriptor) => readonly number[];

/**
 * Returns a function that finds the entry that Yarn takes for what a package asks for. Without an entry for
 * the range it is the package of the workspace with this name, which Yarn 1 does not write down; else every
 * entry of the name, because the lockfile does not show which. Numbers are places in `entries`.
 */
export function yarnResolver(entries: readonly YarnEntry[], rules: YarnRules): Resolve {
  const exact = new Map<string, number>();
  const named = new Map<string, number[]>();
  for (const [index, { descriptors, folder, locator }] of entries.entries()) {
    for (const { name, range } of descriptors)
      for (const form of [range, withoutBinding(range), withoutNpm(range)])
        if (!exact.has(`${name}@${form}`)) exact.set(`${name}@${form}`, index);
    const names = new Set([
      ...descriptors.map(({ name }) => name),
      ...(folder === undefined ? [] : [locator.name]),
    ]);
    for (const name of names) named.set(name, [...(named.get(name) ?? []), index]);
  }
  const overrides = rules.resolutions.flatMap(([pattern, range]) => override(pattern, range));
  return (asked, by) => {
    const range = overridden(asked, by, overrides);
    const wanted = fromCatalog({ name: asked.name, range }, rules.catalogs);
    const forms = [wanted, withoutBinding(wanted), withoutNpm(wanted), asked.range];
    for (const form of forms) {
      const found = exact.get(`${asked.name}@${form}`);
      if (found !== undefined) return [found];
    }
    const candidates = named.get(asked.name) ?? [];
    const members = candidates.filter((index) => entries[index]?.folder !== undefined);
    return members.length === 0 ? candidates : members;
  };
}

interface Override {
  readonly from?: { readonly fullName: string; readonly description?: string };
  readonly descriptor: { readonly fullName: string; readonly description?: string };
  readonly range: string;
}

/** Yarn 1 also has globs (`**` and `a/**` before a name), of which the last name decides. */
function override(pattern: string, range: string): readonly Override[] {
  const plain = pattern.replace(/^(?:.*\/)?\*\*\//, '');
  try {
    return [{ ...parseResolution(plain), range }];
  } catch {
    return [];
  }
}

/** https://yarnpkg.com/configuration/manifest#resolutions */
function overridden(asked: Descriptor, by: Descriptor, overrides: readonly Override[]): string {
  const found = overrides.find(
    ({ descriptor, from }) =>
      descriptor.fullName === asked.name &&
      (descriptor.description === undefined || isRange(descriptor.description, asked.range)) &&
      (from === undefined ||
        (from.fullName === by.name &&
          (from.description === undefined || isRange(from.description, by.range)))),
  );
  return found?.range ?? asked.range;
}

function isRange(one: string, other: string): boolean {
  return withoutNpm(one) === withoutNpm(other);
}

/** https://yarnpkg.com/features/catalogs */
function fromCatalog({ name, range }: Descriptor, catalogs: Catalogs): string {
  if (!range.startsWith('catalog:')) return range;
  const catalog = range.slice('catalog:'.length) || 'default';
  return catalogs.get(catalog)?.get(name) ?? range;
}
