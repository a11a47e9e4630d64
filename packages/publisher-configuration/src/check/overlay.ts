import { readPattern } from '@ameide/versioning-core/options';
import type { FileFault } from './fault.ts';
import type { TextDocument } from './reading.ts';

/** Maps files to the one that they are merged over. A key is a pattern, a value a path. */
export type Overlays = Readonly<Record<string, string>>;

/** A file merged over its base. */
export interface Merged {
  readonly base: string;
  readonly overlay: string;
  /** Positions are those in the overlay. */
  readonly document: TextDocument;
}

export interface MergedOverlays {
  /** Files that are read only with another one merged over them. */
  readonly bases: ReadonlySet<string>;
  readonly merged: readonly Merged[];
  readonly faults: readonly FileFault[];
}

/**
 * Merges files over their bases. Reports what cannot be merged, and mistakes in `overlays`.
 * `documents` returns a file's documents, or undefined unless it is JSON or YAML.
 */
export function mergeOverlays(
  overlays: Overlays,
  paths: readonly string[],
  documents: (path: string) => readonly TextDocument[] | undefined,
): MergedOverlays {
  const merged: Merged[] = [];
  const faults: FileFault[] = [];
  for (const [pattern, base] of Object.entries(overlays)) {
    const named = paths.filter(readPattern(pattern)).filter((path) => path !== base);
    const files = named.filter((path) => documents(path) !== undefined);
    if (files.length === 0) faults.push({ path: pattern.replace(/^\//, ''), what: NO_FILE });
    const what = whyNoMap(documents(base));
    if (what !== undefined) faults.push({ path: base, what: `${what}, so nothing merges over it` });
    for (const overlay of files) {
      const wrong = whyNoMap(documents(overlay));
      if (wrong !== undefined)
        faults.push({ path: overlay, what: `${wrong}, so it does not merge over ${base}` });
      const [under, over] = [documents(base)?.[0], documents(overlay)?.[0]];
      // A file with faults has no documents.
      if (what !== undefined || wrong !== undefined || under === undefined || over === undefined)
        continue;
      const hasOwnTags = under.hasOwnTags === true || over.hasOwnTags === true;
      const value = merge(under.value ?? {}, over.value ?? {});
      merged.push({ base, overlay, document: { ...over, value, hasOwnTags } });
    }
  }
  return { bases: new Set(Object.values(overlays)), merged, faults };
}

const NO_FILE = 'is a pattern of the option overlays, but names no JSON or YAML';

/** A file that is empty but for comments changes nothing. */
function whyNoMap(documents: readonly TextDocument[] | undefined): string | undefined {
  if (documents === undefined) return 'is no file of JSON or YAML';
  if (documents.length > 1) return 'has several documents';
  return documents.every(({ value }) => value === null || isMap(value)) ? undefined : 'is no map';
}

/** JSON Merge Patch (RFC 7386): maps merge, null takes a key away, everything else replaces. */
function merge(under: unknown, over: unknown): unknown {
  if (!isMap(over)) return over;
  const result = new Map(isMap(under) ? Object.entries(under) : []);
  for (const [key, value] of Object.entries(over)) {
    if (value === null) result.delete(key);
    else result.set(key, merge(result.get(key), value));
  }
  return Object.fromEntries(result);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
