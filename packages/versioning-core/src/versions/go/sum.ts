import { compareGoSemver, parseGoSemver } from './semver.ts';

/** The checksums of one version of a module, as go.sum has them: `h1:…`. */
export interface GoSums {
  readonly version: string;
  /** Of the module's zip file. */
  readonly zip: string;
  /** Of its go.mod. */
  readonly goMod: string;
}

interface Line {
  readonly path: string;
  readonly version: string;
  /** `/go.mod` or `''`. */
  readonly file: string;
  readonly sum: string;
}

/**
 * Gives the modules these checksums in a go.sum file, in the order that `go` writes. Their other
 * versions lose the checksum of the zip file, which nobody downloads any more, and `replaced`
 * versions lose both. Keeps every other line.
 */
export function editGoSum(
  text: string,
  modules: ReadonlyMap<string, GoSums>,
  replaced: ReadonlyMap<string, string>,
): string {
  const lines = text.split('\n').filter((line) => {
    const parsed = parseLine(line);
    if (parsed === undefined || !modules.has(parsed.path)) return line !== '';
    return parsed.file !== '' && replaced.get(parsed.path) !== parsed.version;
  });
  for (const [path, { version, zip, goMod }] of modules)
    for (const line of [`${path} ${version} ${zip}`, `${path} ${version}/go.mod ${goMod}`])
      if (!lines.includes(line)) insert(line, lines);
  return lines.map((line) => `${line}\n`).join('');
}

/** Returns a go.sum file without the lines of some modules. */
export function withoutModules(text: string, paths: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => line !== '' && !paths.includes(parseLine(line)?.path ?? ''))
    .join('\n');
}

/** Returns the checksums of each version of a module that has both. */
export function readGoSums(text: string, path: string): readonly GoSums[] {
  const lines = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  const own = lines.filter((line) => line.path === path);
  return own.flatMap(({ file, version, sum }) => {
    const goMod = own.find((other) => other.version === version && other.file === '/go.mod')?.sum;
    return file !== '' || goMod === undefined ? [] : [{ version, zip: sum, goMod }];
  });
}

/** Returns each version whose module zip a go.sum file has the checksum of: those that builds use. */
export function downloadedModules(
  text: string,
): readonly { readonly line: number; readonly path: string; readonly version: string }[] {
  return text.split('\n').flatMap((written, index) => {
    const parsed = parseLine(written);
    if (parsed === undefined || parsed.file !== '') return [];
    return { line: index + 1, path: parsed.path, version: parsed.version };
  });
}

function parseLine(line: string): Line | undefined {
  const [path, name, sum] = line.trim().split(/\s+/);
  if (path === undefined || name === undefined || sum === undefined) return undefined;
  const [version = '', file] = name.split('/');
  return { path, version, file: file === undefined ? '' : `/${file}`, sum };
}

function insert(line: string, lines: string[]): void {
  const own = parseLine(line);
  const at = lines.findIndex((other) => {
    const parsed = parseLine(other);
    return own !== undefined && parsed !== undefined && compareLines(parsed, own) > 0;
  });
  lines.splice(at === -1 ? lines.length : at, 0, line);
}

// golang.org/x/mod/module, `Sort`.
function compareLines(a: Line, b: Line): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  if (a.version === b.version) return a.file.length - b.file.length;
  const [one, other] = [parseGoSemver(a.version), parseGoSemver(b.version)];
  return one === undefined || other === undefined ? 0 : compareGoSemver(one, other);
}
