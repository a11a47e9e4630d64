import { existsSync } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { ManifestFile } from '@ameide/deploy-policy';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import type { ReadInput } from '../cli/environment.ts';
import { reasonOf } from '../run/faults.ts';

/** A manifest that was read from a file. */
export interface ReadFile extends ManifestFile {
  /** The file to replace: absolute, without links. Absent for standard input. */
  readonly file?: string;
}

export interface ReadManifests {
  readonly files: readonly ReadFile[];
  readonly problems: readonly Problem[];
  /** Helm charts below a folder, whose templates were left out: they are no manifests before Helm renders them. */
  readonly charts: readonly string[];
}

/** The path that stands for standard input. */
export const STDIN = '-';

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
  const seen = new Set<string>();
  const charts: string[] = [];
  for (const path of new Set(paths))
    for (const one of path === STDIN ? [STDIN] : await filesAt(path, charts)) {
      const file = one === STDIN ? undefined : await realpath(one).catch(unreadable(one));
      if (file !== undefined && seen.has(file)) continue;
      if (file !== undefined) seen.add(file);
      const shown = one === STDIN ? 'standard input' : shownPath(one);
      const bytes =
        file === undefined ? await readStdin(stdin) : await readFile(file).catch(unreadable(one));
      const text = decode(bytes);
      if (text === undefined) problems.push(notUtf8(shown));
      else if (isWanted(one, path, text))
        files.push({ path: shown, text, ...(file === undefined ? {} : placeOf(file)) });
    }
  return { files, problems, charts: [...new Set(charts)] };
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
  const below = relative('.', path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
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

const YAML = /\.ya?ml$/i;
const JSON_FILE = /\.json$/i;
const NOT_MANIFESTS: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/** A file by its path, or the files below a folder, sorted. Adds the charts below it to `charts`. */
async function filesAt(path: string, charts: string[]): Promise<readonly string[]> {
  const found = await stat(path).catch(unreadable(path));
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch(unreadable(path));
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  const isTemplates = (name: string): boolean => isChart && name === 'templates';
  if (isChart && entries.some(({ name }) => isTemplates(name))) charts.push(shownPath(path));
  const below = await Promise.all(
    entries.map(async (entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory())
        return NOT_MANIFESTS.has(entry.name) || isTemplates(entry.name)
          ? []
          : filesAt(child, charts);
      // A link to a folder may lead anywhere, also back.
      const isFile = entry.isFile() || (entry.isSymbolicLink() && (await isFileAt(child)));
      return isFile && (YAML.test(entry.name) || JSON_FILE.test(entry.name)) ? [child] : [];
    }),
  );
  return below.flat().toSorted();
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

async function isFileAt(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}

/** Of the JSON in a folder only objects of Kubernetes: most of it is something else. */
function isWanted(file: string, given: string, text: string): boolean {
  return file === given || !JSON_FILE.test(file) || /"(?:apiVersion|kind)"\s*:/.test(text);
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
