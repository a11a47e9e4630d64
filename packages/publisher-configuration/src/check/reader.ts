import { readPattern } from '@ameide/versioning-core/options';
import { readJson, readJsonc } from './json.ts';
import type { Reading } from './reading.ts';
import { readYaml } from './yaml.ts';

/** How a file is read. `text` is published as it is. */
export type Format = 'json' | 'jsonc' | 'yaml' | 'text';

type Reader = (text: string) => Reading;

/** Returns what reads a file; undefined for one that is neither JSON nor YAML. */
export type ReaderOf = (path: string) => Reader | undefined;

const READERS: Readonly<Record<Format, Reader | undefined>> = {
  json: readJson,
  jsonc: readJsonc,
  yaml: readYaml,
  text: undefined,
};

const BY_NAME: readonly (readonly [RegExp, Format])[] = [
  [/\.json$/i, 'json'],
  [/\.jsonc$/i, 'jsonc'],
  [/\.ya?ml$/i, 'yaml'],
];

/**
 * Decides how files are read: by the last pattern of `formats` that names one, else by the end of
 * its name. A template of a Helm chart is text until Helm has rendered it.
 */
export function createReaderOf(
  formats: Readonly<Record<string, Format>>,
  paths: readonly string[],
): ReaderOf {
  const named = Object.entries(formats).map(
    ([pattern, format]) => [readPattern(pattern), format] as const,
  );
  const templates = paths
    .filter((path) => /(?:^|\/)Chart\.yaml$/.test(path))
    .map((path) => path.replace(/Chart\.yaml$/, 'templates/'));
  return (path) => {
    const [, told] = named.findLast(([matches]) => matches(path)) ?? [];
    const isTemplate = templates.some((folder) => path.startsWith(folder));
    const [, byName = 'text'] = BY_NAME.find(([ending]) => ending.test(path)) ?? [];
    return READERS[told ?? (isTemplate ? 'text' : byName)];
  };
}
