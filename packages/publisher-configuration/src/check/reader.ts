import { readJson } from './json.ts';
import type { Reading } from './reading.ts';
import { readYaml } from './yaml.ts';

const READERS: readonly (readonly [RegExp, (text: string) => Reading])[] = [
  [/\.json$/i, readJson],
  [/\.ya?ml$/i, readYaml],
];

/** Returns the function that reads a file of this name; undefined unless it is JSON or YAML. */
export function readerOf(path: string): ((text: string) => Reading) | undefined {
  return READERS.find(([ending]) => ending.test(path))?.[1];
}
