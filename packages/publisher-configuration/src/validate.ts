import type { SourceTree } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import { parseAllDocuments } from 'yaml';
import { INDEX_NAME } from './bundle-index.ts';

/** Checks every file of the bundle at the commit: JSON and YAML must parse, keys must be unique. Throws `InvalidInputError` that names the file. */
export async function validateFiles(source: SourceTree, directory: string): Promise<void> {
  const files = await source.list(directory);
  if (files.length === 0)
    throw new InvalidInputError({ field: 'directory', received: directory, expected: `a directory with files at commit ${source.sha}` });
  for (const { path, mode } of files) {
    if (path === `${directory}/${INDEX_NAME}`)
      throw new InvalidInputError({ field: path, expected: `no file of this name: the bundle's index is written as ${INDEX_NAME}` });
    if (mode === 'submodule' || mode === 'symlink')
      throw new InvalidInputError({ field: path, expected: `a plain file, found a ${mode}`, hint: 'A bundle carries files alone.' });
  }
  await Promise.all(
    files.map(async ({ path }) => {
      const check = CHECKS.find(([ending]) => ending.test(path))?.[1];
      const text = check === undefined ? undefined : await source.readText(path);
      const fault = text === undefined ? undefined : check?.(text);
      if (fault !== undefined)
        throw new InvalidInputError({ field: path, expected: `a file that parses: ${fault}` }, 'configuration-invalid');
    }),
  );
}

const CHECKS: readonly (readonly [RegExp, (text: string) => string | undefined])[] = [
  [/\.json$/i, jsonFault],
  [/\.ya?ml$/i, yamlFault],
];

/** JSON is checked as YAML too: YAML 1.2 holds JSON, and unlike JSON.parse it tells of duplicate keys and of the line. */
function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return yamlFault(text);
}

function yamlFault(text: string): string | undefined {
  for (const document of parseAllDocuments(text, { prettyErrors: true, uniqueKeys: true })) {
    const [error] = document.errors;
    if (error !== undefined) return error.message.split('\n')[0]?.replace(/:$/, '');
  }
  return undefined;
}
