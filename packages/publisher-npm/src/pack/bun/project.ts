import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, normalize } from 'node:path/posix';
import { isObject, type Json, type JsonObject } from '@ameide/source-files/json';
import { inPackage } from '../commands.ts';
import { isIgnoredBy, type Pattern, readPattern, refusal } from './patterns.ts';

/** The patterns of an ignore file, and the depth of its folder; 1 is the package's. */
interface Ignoring {
  readonly depth: number;
  readonly patterns: readonly Pattern[];
}

/** A folder that is walked through. */
interface Walked {
  /** Relative to the package; `''` for its own folder. */
  readonly path: string;
  readonly depth: number;
  readonly ignoring: readonly Ignoring[];
  /** True if its own node_modules are left out. */
  readonly isTop: boolean;
}

const ALWAYS = /^(?:LICENSE|LICENCE|README)(?:\..+)?$/s;
const UNLESS_FILES = /^CHANGELOG(?:\..+)?$/s;
const NEVER = /^(?:\.git|\.npmrc)$/;
const NEVER_AT_THE_TOP = /^(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/;
const UNLESS_NAMED =
  /^(?:\..*\.swp|\._.*|\.DS_Store|\.gitignore|\.hg|\.npmignore|\.lock-wscript|\.svn|\.wafpickle-.*|CVS|npm-debug\.log|\.env\.production|bunfig\.toml)$/s;

/** The commands of a package: files, or a folder of them. */
export interface Commands {
  readonly files: readonly string[];
  /** The files that Bun marks as executable, also those that it names by an odd path. */
  readonly executables: readonly string[];
  readonly folder?: string;
}

export function commandsOf(manifest: JsonObject): Commands {
  const { bin, directories } = manifest;
  if (bin !== undefined) {
    const paths = typeof bin === 'string' ? [bin] : isObject(bin) ? Object.values(bin) : [];
    const named = paths.filter((path) => typeof path === 'string');
    return { files: named.flatMap(inside), executables: named.map(inPackage) };
  }
  const folder = isObject(directories) ? directories['bin'] : undefined;
  const [path] = typeof folder === 'string' ? inside(folder) : [];
  return { files: [], executables: [], ...(path === undefined ? {} : { folder: path }) };
}

function inside(path: string): readonly string[] {
  const normal = normalize(path).replace(/\/$/, '');
  return normal === '.' || /^(?:\/|\.\.(?:\/|$))/.test(normal) ? [] : [normal];
}

/** True for `.git`, `.npmignore` and the like, which Bun leaves out of every folder below the top. */
export function isLeftOut(name: string): boolean {
  return NEVER.test(name) || UNLESS_NAMED.test(name);
}

/**
 * Lists the files of a folder as Bun 1.4 packs it, without package.json, its node_modules, and
 * commands that are not there
 * (https://github.com/oven-sh/bun/blob/main/src/runtime/cli/pack_command.rs).
 */
export async function filesOfProject(
  top: string,
  manifest: JsonObject,
): Promise<readonly string[]> {
  const { files: commands, folder } = commandsOf(manifest);
  const { files } = manifest;
  const listed = Array.isArray(files)
    ? await listedFiles(top, files, folder)
    : await filesBelow(top, { path: '', depth: 1, ignoring: [], isTop: true }, folder);
  const present = await Promise.all(commands.map(async (path) => commandAt(top, path)));
  const below = folder === undefined ? [] : await commandsBelow(top, folder);
  return [...new Set([...present.flat(), ...below, ...listed])];
}

async function commandAt(top: string, path: string): Promise<readonly string[]> {
  const stat = await lstat(join(top, path)).catch(() => undefined);
  return stat?.isFile() === true ? [path] : [];
}

/** The ignore files above the folder do not count in it. */
async function commandsBelow(top: string, path: string): Promise<readonly string[]> {
  const stat = await lstat(join(top, path)).catch(() => undefined);
  return stat?.isDirectory() === true
    ? filesBelow(top, { path, depth: 2, ignoring: [], isTop: false })
    : [];
}

/** Lists what is not ignored below a folder. */
async function filesBelow(
  top: string,
  { depth, ignoring, isTop, path }: Walked,
  commands?: string,
): Promise<readonly string[]> {
  const entries = await entriesOf(join(top, path));
  const patterns = await readIgnoreFile(join(top, path), entries);
  const here = patterns.length === 0 ? ignoring : [...ignoring, { depth, patterns }];
  const found = await Promise.all(
    entries.map(async (entry) => {
      const { name } = entry;
      const inner = join(path, name);
      if (depth === 1 && name === 'package.json') return [];
      if (isTop && name === 'node_modules' && (depth === 1 || entry.isDirectory())) return [];
      if (isIgnored(entry, inner, depth, here) || inner === commands) return [];
      const next = { path: inner, depth: depth + 1, ignoring: here, isTop: false };
      return entry.isDirectory() ? filesBelow(top, next, commands) : [inner];
    }),
  );
  return found.flat();
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() || entry.isDirectory());
}

async function readIgnoreFile(
  folder: string,
  entries: readonly Dirent[],
): Promise<readonly Pattern[]> {
  const names = new Set(entries.map(({ name }) => name));
  const ignoreFile = ['.npmignore', '.gitignore'].find((name) => names.has(name));
  if (ignoreFile === undefined) return [];
  const text = (await readFile(join(folder, ignoreFile), 'utf8')).replace(/^\uFEFF/, '');
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => readPattern(line.replace(/(?<!\\) +$/, ''), ignoreFile) ?? []);
}

function isIgnored(
  entry: Dirent,
  path: string,
  depth: number,
  ignoring: readonly Ignoring[],
): boolean {
  const { name } = entry;
  if (depth === 1 && (ALWAYS.test(name) || UNLESS_FILES.test(name))) return false;
  if (isNeverPacked(name, depth)) return true;
  return ignoring.reduce((ignored, { depth: from, patterns }) => {
    const relative = path
      .split('/')
      .slice(from - 1)
      .join('/');
    return isIgnoredBy(patterns, relative, entry.isDirectory(), ignored);
  }, UNLESS_NAMED.test(name));
}

function isNeverPacked(name: string, depth: number): boolean {
  return NEVER.test(name) || (depth === 1 && NEVER_AT_THE_TOP.test(name));
}

const FILES = 'package.json: files';

function readFiles(files: readonly Json[]): readonly Pattern[] {
  if (files.length === 0)
    throw refusal(FILES, '[]', 'one entry or more', 'Bun refuses an empty list.');
  return files
    .filter((entry) => typeof entry === 'string' && entry !== '')
    .flatMap((entry) => readPattern(normalized(entry as string), FILES) ?? []);
}

/** Lists what `files` names. Ignore files count only below a folder that it names. */
async function listedFiles(
  top: string,
  files: readonly Json[],
  commands: string | undefined,
): Promise<readonly string[]> {
  const patterns = readFiles(files);
  const included = patterns.filter(({ isNegated }) => !isNegated);
  const excluded = patterns.filter(({ isNegated }) => isNegated);
  // Their paths begin at the package's folder, wherever they are used.
  const left = excluded.map((pattern) => ({ ...pattern, isNegated: false }));
  const ignoring = left.length === 0 ? [] : [{ depth: 1, patterns: left }];

  const visit = async (path: string, depth: number): Promise<readonly string[]> => {
    const found = await Promise.all(
      (await entriesOf(join(top, path))).map(async (entry) => {
        const { name } = entry;
        const inner = join(path, name);
        const isFolder = entry.isDirectory();
        if (depth === 1 && /^(?:package\.json|node_modules)$/.test(name)) return [];
        if (isNeverPacked(name, depth) || inner === commands) return [];
        const isAlways = depth === 1 && !isFolder && ALWAYS.test(name);
        const names = (pattern: Pattern): boolean =>
          (isFolder || !pattern.onlyFolders) && pattern.expression.test(inner);
        const isPacked = isAlways || (included.some(names) && !excluded.some(names));
        if (!isFolder) return isPacked ? [inner] : [];
        return isPacked
          ? filesBelow(top, { path: inner, depth: depth + 1, ignoring, isTop: true }, commands)
          : visit(inner, depth + 1);
      }),
    );
    return found.flat();
  };
  return visit('', 1);
}

/** Bun reads backslashes as slashes, and drops what leads out of the package, but not after a slash. */
function normalized(entry: string): string {
  const path = entry.replaceAll('\\', '/').replace(/^\/+/, '/');
  const rooted = path.startsWith('/') ? '/' : '';
  const normal = normalize(path.slice(rooted.length));
  return `${rooted}${rooted === '' ? normal.replace(/^(?:\.\.\/)+/, '') : normal}`;
}
