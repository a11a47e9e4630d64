import { isObject, type JsonObject } from '../json/json.ts';
import { folderAt } from './folders.ts';
import type { LockedEntry } from './graph.ts';
import { lineFinder } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, parseYaml, textAt, textsOf } from './parse.ts';
import { type Descriptor, readDescriptor, type YarnEntry } from './yarn-entries.ts';

/** The entries of a yarn.lock of Yarn 2 and later. */
export function readBerryEntries(text: string, root: string): readonly YarnEntry[] {
  const json = parseYaml(text);
  if (objectAt(json, '__metadata') === undefined)
    throw new LockfileError('__metadata, as Yarn writes it', 1);
  const line = lineFinder(text, /^("?)(\S.*?)\1:\r?$/gm, ([, , key = '']) => [key]);
  return Object.entries(json).flatMap(([key, one]) => {
    if (key === '__metadata' || !isObject(one)) return [];
    const locator = readDescriptor(textAt(one, 'resolution') ?? '');
    if (locator === undefined)
      throw new LockfileError(`a resolution for ${JSON.stringify(key)}`, line(key));
    return [entryOf(key, one, { line, locator, root })];
  });
}

interface Context {
  readonly root: string;
  readonly locator: Descriptor;
  readonly line: (key: string) => number;
}

function entryOf(key: string, one: JsonObject, { line, locator, root }: Context): YarnEntry {
  const version = textAt(one, 'version') ?? '';
  const { name, range } = locator;
  const folder = folderOfRange(range, root);
  const entry: LockedEntry = {
    name,
    version: version === '' ? range : version,
    source: folder === undefined ? sourceOf(range) : 'workspace',
    ...(folder === undefined ? {} : { directory: folder }),
    line: () => line(key),
  };
  const isWorkspace = range.startsWith('workspace:');
  return {
    entry,
    ...(isWorkspace && folder !== undefined ? { folder } : {}),
    locator,
    descriptors: key.split(/,\s*/).flatMap((text) => readDescriptor(text) ?? []),
    needs: textsOf(objectAt(one, 'dependencies')).map(([name, range]) => ({ name, range })),
    develops: [],
  };
}

function folderOfRange(range: string, root: string): string | undefined {
  const [, path] = /^(?:workspace|portal|link):([^:]*)(?:::.*)?$/.exec(range) ?? [];
  return path === undefined ? undefined : folderAt(root, path);
}

/** `npm:1.0.0`, or a patch of that: `patch:sdk@npm%3A1.0.0#…`. */
function sourceOf(range: string): LockedEntry['source'] {
  const isRegistry = /^npm:|^patch:@?[^@]+@npm(?:%3A|:)/i.test(range);
  return isRegistry ? 'registry' : 'other';
}
