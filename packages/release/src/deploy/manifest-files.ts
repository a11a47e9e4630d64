import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ManifestFile } from '@ameide/deploy-policy';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import type { ReadInput } from '../cli/environment.ts';
import { pathInside } from '../commit/path-inside.ts';
import { reasonOf } from '../run/faults.ts';
import { findFiles } from './find-files.ts';

/** A manifest that was read from a file. */
export interface ReadFile extends ManifestFile {
  /** The file to replace: absolute, without links. Absent for standard input and pipes. */
  readonly file?: string;
}

export interface ReadManifests {
  readonly files: readonly ReadFile[];
  readonly problems: readonly Problem[];
  /** Helm charts below a folder, whose templates were left out: they are no manifests before Helm renders them. */
  readonly charts: readonly string[];
  /** Links to folders, which were not followed. */
  readonly links: readonly string[];
}

/** The path that stands for standard input. */
export const STDIN = '-';
const SHOWN_STDIN = 'standard input';

/**
 * Reads the manifests at paths: files, folders with all YAML below them, and standard input. Throws
 * `InvalidInputError` if there is nothing at a path, or it cannot be read.
 */
export async function readManifests(
  paths: readonly string[],
  stdin: ReadInput | undefined,
): Promise<ReadManifests> {
  const files: ReadFile[] = [];
  const problems: Problem[] = [];
  const charts: string[] = [];
  const links: string[] = [];
  const seen = new Set<string>();
  for (const path of new Set(paths)) {
    if (path === STDIN) {
      addText({ path: SHOWN_STDIN }, await readStdin(stdin), { files, problems });
      continue;
    }
    const found = await findFiles(path).catch(unreadable(path));
    charts.push(...found.charts.map(shownPath));
    links.push(...found.links.map(shownPath));
    if (found.files.length === 0 && found.charts.length === 0) problems.push(nothingAt(path));
    for (const one of found.files) {
      // What is piped in, `<(helm template …)`, has no place.
      const file = await realpath(one).catch(() => undefined);
      if (file !== undefined && seen.has(file)) continue;
      if (file !== undefined) seen.add(file);
      const bytes = await readFile(one).catch(unreadable(one));
      const place = file === undefined ? {} : placeOf(file);
      if (isWanted(one, path, bytes))
        addText({ path: shownPath(one), ...place }, bytes, { files, problems });
    }
  }
  return { files, problems, charts, links };
}

/** Adds a text; what is not UTF-8, or has nothing in it where somebody expected something, is a problem. */
function addText(
  place: Omit<ReadFile, 'text'>,
  bytes: Uint8Array,
  { files, problems }: { readonly files: ReadFile[]; readonly problems: Problem[] },
): void {
  const text = decode(bytes);
  if (text === undefined) problems.push(notUtf8(place.path));
  else if (text.trim() === '' && place.file === undefined) problems.push(nothingAt(place.path));
  else files.push({ ...place, text });
}

/** The file, and its path from the top of its repository, if it is in one. */
function placeOf(file: string): Pick<ReadFile, 'file' | 'inRepository'> {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git')))
      return { file, inRepository: relative(folder, file).split(sep).join('/') };
    if (folder === dirname(folder)) return { file };
  }
}

/** Relative to the working directory, if it is below that: editors, `git apply` and GitHub take it from there. */
function shownPath(path: string): string {
  // What is before `..` may be a link: only the system knows where that leads.
  if (path.split(sep).includes('..')) return path;
  // An empty path is the working directory itself.
  return pathInside(process.cwd(), resolve(path)) || path;
}

async function readStdin(stdin: ReadInput | undefined): Promise<Uint8Array> {
  const bytes = await stdin?.();
  if (bytes !== undefined) return bytes;
  throw new InvalidInputError({
    field: 'path',
    received: STDIN,
    expected: 'manifests on standard input, which is a terminal',
    hint: 'Pipe them in: helm template … | ameide-release deploy check --env production -',
  });
}

/** Returns what refuses a path that cannot be read. */
function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new InvalidInputError({
      field: 'path',
      received: path,
      expected: `a file or folder with manifests that can be read, or ${STDIN} for standard input (${reasonOf(cause)})`,
    });
  };
}

/** Of the JSON in a folder only objects of Kubernetes: most of it is something else. */
function isWanted(file: string, given: string, bytes: Uint8Array): boolean {
  if (file === given || !/\.json$/i.test(file)) return true;
  return /"(?:apiVersion|kind)"\s*:/.test(Buffer.from(bytes).toString('latin1'));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns undefined for what is not UTF-8. A byte order mark stays. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function nothingAt(path: string): Problem {
  return problem({
    code: 'deploy-nothing-to-check',
    kind: 'input',
    message: `There is no manifest in ${path}.`,
    hint: 'If a program should have printed or written one, it may have failed: run it alone.',
    path,
  });
}

function notUtf8(path: string): Problem {
  return problem({
    code: 'deploy-not-utf8',
    kind: 'input',
    message: `${path} is not text in UTF-8.`,
    hint: 'Save it as UTF-8.',
    path,
  });
}

/** Says that the templates of a chart were not looked at. */
export function chartProblem(path: string): Problem {
  return problem({
    code: 'deploy-template',
    kind: 'input',
    message: `${path} is a Helm chart: its templates are no manifests before Helm renders them.`,
    hint: `Check what it makes: helm template ${path} | ameide-release deploy check --env … - and leave the templates out here with --skip-templates.`,
    path,
  });
}
