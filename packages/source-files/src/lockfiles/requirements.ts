import { folderOf, type SourceFiles } from '@ameide/versioning-core';
import { folderAt } from './folders.ts';
import { flatLockfile } from './graph.ts';
import type { LockedPackage, Lockfile } from './locked-package.ts';
import { pypiVersion } from './pypi.ts';
import { readPyproject } from './pyproject.ts';
import { type RequirementLine, requirementLines } from './requirement-lines.ts';

type Found = Omit<LockedPackage, 'ecosystem'>;

/** Deeper than any chain of `-r`. The limit and the list of files read keep a cycle from going on. */
const MAX_FILES = 100;

/**
 * Reads a requirements file as a lockfile: its exact versions (`==`, or a version that a constraints file
 * pins), also those of the files that it includes by `-r`. A requirement with a range is not locked, so it is
 * not there. The project is the folder of the file, or the folder above one that is named `requirements`.
 */
export async function readRequirements(
  path: string,
  text: string,
  files: SourceFiles,
): Promise<Lockfile> {
  const reading = { files, seen: new Set<string>(), constraints: new Map<string, string>() };
  const lines = await readLines(path, text, reading);
  const found = await Promise.all(lines.map(async (one) => packageOf(one, reading)));
  const folder = folderOf(path);
  const project = /(?:^|\/)requirements$/.test(folder) ? folderOf(folder) : folder;
  // pip-compile says in a comment who asks; without one it is the file itself.
  return flatLockfile({ ecosystem: 'pypi', kind: 'requirements', path }, project, found.flat());
}

interface Reading {
  readonly files: SourceFiles;
  readonly seen: Set<string>;
  /** Exact versions that `-c` files give, by name. */
  readonly constraints: Map<string, string>;
}

type PlacedLine = RequirementLine & { readonly path: string };

async function readLines(
  path: string,
  text: string,
  reading: Reading,
): Promise<readonly PlacedLine[]> {
  reading.seen.add(path);
  const lines: PlacedLine[] = [];
  for (const line of requirementLines(text)) {
    if (line.kind !== 'include' && line.kind !== 'constraint') lines.push({ ...line, path });
    else lines.push(...(await readIncluded(path, line, reading)));
  }
  return lines;
}

async function readIncluded(
  path: string,
  { kind, text }: RequirementLine,
  reading: Reading,
): Promise<readonly PlacedLine[]> {
  const target = folderAt(folderOf(path), text);
  if (target === undefined || reading.seen.has(target) || reading.seen.size >= MAX_FILES) return [];
  const included = await reading.files.readText(target);
  if (included === undefined) return [];
  const lines = await readLines(target, included, reading);
  if (kind === 'include') return lines;
  for (const line of lines)
    if (line.name !== undefined && line.exact !== undefined)
      reading.constraints.set(line.name, line.exact);
  return [];
}

async function packageOf(
  { exact, isIndirect, kind, line, name, path, text }: PlacedLine,
  { constraints, files }: Reading,
): Promise<readonly Found[]> {
  const place = { path, line, isDirect: !isIndirect };
  if (kind === 'folder') {
    const directory = folderAt(folderOf(path), text);
    if (directory === undefined) return [];
    const { name, version } = await readPyproject(files, directory);
    return name === undefined
      ? []
      : [{ name, version: version ?? '', source: 'workspace', directory, ...place }];
  }
  if (name === undefined) return [];
  if (kind === 'address') return [{ name, version: text, source: 'other', ...place }];
  const version = exact ?? constraints.get(name);
  return version === undefined
    ? []
    : [{ name, version: pypiVersion(version), source: 'registry', ...place }];
}
