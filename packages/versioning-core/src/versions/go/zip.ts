// golang.org/x/mod/zip, `CheckFiles`: which files `go` puts into a module's zip file, and what
// makes it refuse. Without a zip file nobody can ever download the version, and its tag is used up.

/** A file below the folder of a module. */
export interface GoModuleFile {
  /** Relative to the module's folder. */
  readonly path: string;
  readonly mode: 'file' | 'executable' | 'symlink';
  /** Bytes. Undefined if unknown, which counts as 0. */
  readonly size?: number | undefined;
}

/**
 * Why `go` refuses a file: its name, a second file that differs only in letter case, or its size.
 */
export type GoZipRefusal =
  | { readonly path: string; readonly kind: 'name' | 'go-mod-case' | 'size' }
  | { readonly path: string; readonly kind: 'collision'; readonly other: string };

export interface GoZip<F extends GoModuleFile> {
  /** The files in the zip file. Nested modules, vendored packages and links are not in it. */
  readonly files: readonly F[];
  readonly refused: readonly GoZipRefusal[];
  /** Total bytes, at most `MAX_ZIP`. */
  readonly size: number;
}

/** 500 MiB: the limit for the zip file and for its content. */
export const MAX_ZIP: number = 500 * 2 ** 20;
const MAX_SPECIAL_FILE = 16 * 2 ** 20;

/** Decides which files the zip file of a module contains. `goVersion` comes from its go.mod. */
export function decideGoZip<F extends GoModuleFile>(
  files: readonly F[],
  goVersion: string | undefined,
): GoZip<F> {
  const isLeftOut = leftOut(files, goVersion);
  const collision = createCollisionCheck();
  const refused: GoZipRefusal[] = [];
  // Go checks in this order: it leaves a link out only if the link's name is valid.
  const named = files.filter(({ path }) => {
    if (isLeftOut(path)) return false;
    const refusal = nameRefusal(path) ?? collision(path);
    if (refusal !== undefined) refused.push(refusal);
    return refusal === undefined;
  });
  const regular = named.filter(({ mode }) => mode !== 'symlink');
  const tooLarge = regular.filter(
    ({ path, size = 0 }) => /^(?:go\.mod|LICENSE)$/.test(path) && size > MAX_SPECIAL_FILE,
  );
  return {
    files: regular.filter((file) => !tooLarge.includes(file)),
    refused: [...refused, ...tooLarge.map(({ path }) => ({ path, kind: 'size' as const }))],
    size: regular.reduce((sum, { size = 0 }) => sum + size, 0),
  };
}

/** True for files of nested modules, of vendored packages, and for one that Mercurial makes. */
function leftOut(
  files: readonly GoModuleFile[],
  goVersion: string | undefined,
): (path: string) => boolean {
  const nested = new Set(
    files.flatMap(({ path, mode }) =>
      mode !== 'symlink' && /\/go\.mod$/i.test(path) ? [path.slice(0, -'go.mod'.length)] : [],
    ),
  );
  const isNested = (path: string): boolean =>
    foldersAbove(path).some((folder) => nested.has(`${folder}/`));
  return (path) =>
    isVendored(path, isFrom124(goVersion)) || isNested(path) || path === '.hg_archival.txt';
}

// zip.go, `isVendoredPackage`. Go 1.24 changed the rule and kept the old one for older checksums.
function isVendored(path: string, from124: boolean): boolean {
  if (from124 && path === 'vendor/modules.txt') return true;
  if (path.startsWith('vendor/')) return path.slice('vendor/'.length).includes('/');
  const at = path.indexOf('/vendor/');
  return at !== -1 && path.slice((from124 ? at : 0) + '/vendor/'.length).includes('/');
}

function isFrom124(goVersion = ''): boolean {
  const [major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(goVersion) ?? []).slice(1).map(Number);
  return major > 1 || (major === 1 && minor >= 24);
}

// golang.org/x/mod/module, `fileNameOK`: allows these characters, and digits and letters of any
// script.
const FILE_NAME = /^[!#$%&()+,\-.=@[\]^_{}~ 0-9\p{L}]+$/u;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;

// `module.CheckFilePath`.
function isFileName(path: string): boolean {
  return path
    .split('/')
    .every(
      (part) =>
        FILE_NAME.test(part) &&
        !/^\.+$/.test(part) &&
        !part.endsWith('.') &&
        !WINDOWS_DEVICE.test(part),
    );
}

function nameRefusal(path: string): GoZipRefusal | undefined {
  if (!isFileName(path)) return { path, kind: 'name' };
  return path !== 'go.mod' && path.toLowerCase() === 'go.mod'
    ? { path, kind: 'go-mod-case' }
    : undefined;
}

/**
 * Returns a function that reports an earlier path which a case-insensitive file system would
 * confuse with this one.
 */
function createCollisionCheck(): (path: string) => GoZipRefusal | undefined {
  const seen = new Map<string, string>();
  const note = (path: string): string | undefined => {
    const key = foldCase(path);
    const other = seen.get(key) ?? path;
    seen.set(key, other);
    return other === path ? undefined : other;
  };
  return (path) => {
    for (const one of [path, ...foldersAbove(path)]) {
      const other = note(one);
      if (other !== undefined) return { path, kind: 'collision', other };
    }
    return undefined;
  };
}

/** Returns the folders above a path, nearest first. */
function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).toReversed();
}

/** Simple case folding (Unicode's CaseFolding.txt, C and S), as `strToFold` in zip.go. */
function foldCase(path: string): string {
  return path
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replaceAll(/[^\x00-\x7f]/gu, (letter) => {
      const lower = letter.toLowerCase();
      const candidates = [letter.toUpperCase().toLowerCase(), lower];
      return candidates.find((one) => new RegExp(`^${one}$`, 'iu').test(letter)) ?? letter;
    });
}
