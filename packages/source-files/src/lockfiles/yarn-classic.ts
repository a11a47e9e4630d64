import { isObject, type JsonObject } from '../json/json.ts';
import type { LockedEntry } from './graph.ts';
import { lineFinder } from './lines.ts';
import { LockfileError } from './lockfile-error.ts';
import { objectAt, textAt, textsOf } from './parse.ts';
import { isRegistryAddress } from './registry-address.ts';
import { type Descriptor, readDescriptor, type YarnEntry } from './yarn-entries.ts';

const HEADER = '# yarn lockfile v1\n';

/** The entries of a yarn.lock of Yarn 1. The packages of the workspace are not among them. */
export async function readClassicEntries(text: string): Promise<readonly YarnEntry[]> {
  const json = await parse(text);
  const line = lineFinder(text, /^("?\S.*):\r?$/gm, ([, header = '']) =>
    header.split(/,\s*/).map((one) => one.replace(/^"(.*)"$/, '$1')),
  );
  return Object.entries(json).flatMap(([key, one]) => {
    const descriptors = key.split(/,\s*/).flatMap((text) => readDescriptor(text) ?? []);
    const [first] = descriptors;
    if (first === undefined || !isObject(one))
      throw new LockfileError(`a name and a range, not ${JSON.stringify(key)}`, line(key));
    const entry = entryOf(first, one, () => line(`${first.name}@${first.range}`));
    const needs = ['dependencies', 'optionalDependencies'].flatMap((group) =>
      textsOf(objectAt(one, group)).map(([name, range]) => ({ name, range })),
    );
    const locator = { name: entry.name, range: entry.version };
    return [{ entry, locator, descriptors, needs, develops: [] }];
  });
}

async function parse(text: string): Promise<JsonObject> {
  const { parseSyml } = await import('@yarnpkg/parsers');
  try {
    // The parser chooses the grammar by this line, which an empty or an old file may lack.
    return parseSyml(/^# yarn lockfile v1\r?$/m.test(text) ? text : HEADER + text);
  } catch (error) {
    const line = (error as { readonly location?: { readonly start?: { readonly line?: number } } })
      .location?.start?.line;
    throw new LockfileError('a yarn.lock as Yarn 1 writes it', line);
  }
}

function entryOf({ name, range }: Descriptor, one: JsonObject, line: () => number): LockedEntry {
  const version = textAt(one, 'version') ?? '';
  const resolved = textAt(one, 'resolved');
  const [, alias = name] = /^npm:(@?[^@]+)@/.exec(range) ?? [];
  const isRegistry = resolved === undefined || isRegistryAddress(resolved);
  return { name: alias, version, source: isRegistry ? 'registry' : 'other', line };
}
