import type { Dependency } from '@ameide/source-files/dependencies';
import { openWorkspace } from '@ameide/source-files/npm';
import type { Edit } from '@ameide/source-files/text';
import { folderOf, InvalidInputError, pathIn } from '@ameide/versioning-core';
import { isScalar, parseDocument } from 'yaml';
import type { ReleasedFacts } from '../facts.ts';
import type { FileFix } from '../finding.ts';
import { isPlaceholder } from './python-version.ts';

/**
 * Writes the version of the folder into `workspace:^`, in package.json and in pnpm's lockfile, which repeats the
 * range. That is safe because pnpm links the same folder as before. Undefined for any other range or tool.
 */
export async function workspaceFix(
  { name, place, field, requirement }: Dependency,
  { files, packages, reader, release: { base } }: ReleasedFacts,
): Promise<{ readonly range: string; readonly fix: readonly FileFix[] } | undefined> {
  const [, operator] = /^workspace:([\^~*])$/.exec(requirement) ?? [];
  const version = packages.find((one) => one.ecosystem === 'npm' && one.name === name)?.version;
  if (
    operator === undefined ||
    version === undefined ||
    isPlaceholder(version) ||
    // First the folder gets the version of the release (`version-files-differ`), which the range has to have.
    version !== (base ?? version) ||
    !place.path.endsWith('package.json')
  )
    return undefined;
  // `*` is the exact version of the folder, as what is published would have it.
  const range = `workspace:${operator === '*' ? '' : operator}${version}`;
  const edit: Edit = { start: place.start, end: place.end, text: range };
  const own = { path: place.path, edits: [edit] };
  const directory = folderOf(place.path);
  const root = await pnpmRoot(directory, files);
  if (root === undefined) return undefined;
  const path = pathIn(root, 'pnpm-lock.yaml');
  const lock = await reader.text(path);
  if (lock === undefined) return { range, fix: [own] };
  const importer = directory === root ? '.' : directory.slice(pathIn(root, '').length);
  const node = parseDocument(lock).getIn(['importers', importer, field, name, 'specifier'], true);
  if (!isScalar(node) || node.value !== requirement || node.range == null) return undefined;
  const [start, end] = node.range;
  // pnpm quotes what YAML would take for something else; a range with a version needs no quotes.
  return { range, fix: [own, { path, edits: [{ start, end, text: range }] }] };
}

async function pnpmRoot(
  directory: string,
  files: ReleasedFacts['files'],
): Promise<string | undefined> {
  try {
    const { settings } = await openWorkspace(files, directory);
    return settings.manager === 'pnpm' ? settings.root : undefined;
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
