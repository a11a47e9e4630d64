import { type GoModDirective, type GoModError, goModString, parseGoModSyntax } from './mod.ts';
import { mainModuleErrors, versionRefusal } from './mod-main.ts';
import { parseGoModulePath } from './path.ts';
import { isPseudoVersion, parsePseudoVersion } from './pseudo.ts';
import { formatGoSemver, parseGoSemver, parseShortGoSemver } from './semver.ts';

/** A `retract` directive: the versions from `low` to `high`, both included, as written. */
export interface GoRetraction {
  readonly low: string;
  readonly high: string;
}

/** A `require` directive. */
export interface GoRequirement {
  readonly line: number;
  readonly path: string;
  /** In its full form: `v1.2.0` for `v1.2`. */
  readonly version: string;
  /**
   * True if a `replace` points this version at a folder. Only the module's own build obeys that.
   */
  readonly replacedByFolder: boolean;
  /** True for `// indirect`: the module itself imports nothing of it. */
  readonly isIndirect: boolean;
}

/** A `replace` directive that leads to a folder: its target has no version. */
export interface GoLocalReplacement {
  readonly line: number;
  readonly path: string;
  /** Absent if every version is replaced. */
  readonly version?: string;
  /** As written. */
  readonly folder: string;
}

/** A `replace` directive that leads to another version or module. */
export interface GoModuleReplacement {
  readonly line: number;
  readonly path: string;
  /** Absent if every version is replaced. */
  readonly version?: string;
  readonly by: { readonly path: string; readonly version: string };
}

/**
 * The parts of a go.mod file that `go` uses when the module is a dependency
 * (https://go.dev/ref/mod#go-mod-file).
 */
export interface GoMod {
  /**
   * Lines that `go` refuses even in a dependency (`modfile.ParseLax`), so nobody can use the
   * module.
   */
  readonly errors: readonly GoModError[];
  /** Lines that `go` refuses in the module's own builds only (`modfile.Parse`). */
  readonly ownErrors: readonly GoModError[];
  /** Lines with a `replace` or an `exclude`, which only the module's own builds obey. */
  readonly ownBuildLines: readonly number[];
  /** The language version, `1.24`. */
  readonly goVersion?: string;
  readonly requirements: readonly GoRequirement[];
  /** `replace` directives that lead to a folder. */
  readonly localReplacements: readonly GoLocalReplacement[];
  /** `replace` directives that lead to another version or module. */
  readonly moduleReplacements: readonly GoModuleReplacement[];
  readonly retractions: readonly GoRetraction[];
}

const EMPTY: GoMod = {
  errors: [],
  ownErrors: [],
  ownBuildLines: [],
  requirements: [],
  localReplacements: [],
  moduleReplacements: [],
  retractions: [],
};

/** Reads a go.mod file as `go` reads a dependency's. `text` keeps its byte order mark. */
export function parseGoMod(text: string): GoMod {
  const { directives, error } = parseGoModSyntax(text);
  if (error !== undefined) return { ...EMPTY, errors: [error] };
  const lines = text.split('\n');
  const of = (verb: string): readonly GoModDirective[] =>
    directives.filter((directive) => directive.verb === verb);
  const goVersion = /^v?(\d+\.\d+)/.exec(of('go')[0]?.args[0] ?? '')?.[1];
  const errors = errorsIn(directives);
  const localReplacements = readLocalReplacements(directives);
  return {
    errors,
    ownErrors: mainModuleErrors(directives).filter(({ line }) =>
      errors.every((error) => error.line !== line),
    ),
    ...(goVersion === undefined ? {} : { goVersion }),
    requirements: of('require').flatMap((one) => requirement(one, localReplacements, lines)),
    localReplacements,
    moduleReplacements: readModuleReplacements(directives),
    ownBuildLines: [...of('replace'), ...of('exclude')].map(({ line }) => line),
    retractions: of('retract').flatMap(({ args }) => interval(args)),
  };
}

function errorsIn(directives: readonly GoModDirective[]): GoModError[] {
  const seen = new Set<string>();
  return directives.flatMap(({ line, verb, args }) => {
    const isRepeated = seen.has(verb) && (verb === 'module' || verb === 'go');
    const reason = isRepeated ? `a second ${verb} directive` : refusal(verb, args);
    // `go` counts a go directive only if it could read it.
    if (verb !== 'go' || reason === undefined) seen.add(verb);
    return reason === undefined ? [] : [{ line, reason }];
  });
}

const GO_VERSION =
  /^(?:[1-9][0-9]*\.(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?(?:[a-z]+[0-9]+)?|v?[1-9][0-9]*\.(?:0|[1-9][0-9]*)[^0-9].*)$/;

// rule.go, `add`: returns why `go` refuses the directive even in a dependency.
function refusal(verb: string, args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args;
  if (verb === 'go')
    return args.length === 1 && GO_VERSION.test(first)
      ? undefined
      : 'a go directive needs one version, for example "go 1.24"';
  if (verb === 'module' || verb === 'ignore')
    return args.length === 1 && goModString(first) !== undefined
      ? undefined
      : `a ${verb} directive needs one path`;
  if (verb !== 'require') return undefined;
  return args.length === 2
    ? versionRefusal(goModString(first), goModString(second))
    : 'a require directive needs a module path and a version';
}

function requirement(
  { line, args }: GoModDirective,
  replacements: readonly GoLocalReplacement[],
  lines: readonly string[],
): GoRequirement[] {
  const [path, written] = args.map(goModString);
  const semver = parseShortGoSemver(written ?? '');
  if (path === undefined || written === undefined || semver === undefined) return [];
  const incompatible = semver.build === 'incompatible' ? '+incompatible' : '';
  const version = formatGoSemver(semver) + incompatible;
  const isReplaced = replacements.some(
    (one) => one.path === path && (one.version ?? written) === written,
  );
  // rule.go, `isIndirect`.
  const isIndirect = /\/\/\s+indirect(?:;\s+\S|\s*$)/.test(lines[line - 1] ?? '');
  return [{ line, path, version, replacedByFolder: isReplaced, isIndirect }];
}

/** Returns the `replace` directives, `path [version] => target`, that lead to a folder. */
export function readLocalReplacements(
  directives: readonly GoModDirective[],
): readonly GoLocalReplacement[] {
  return directives.flatMap(({ args, line, verb }) => {
    const [path, ...rest] = args.map(goModString);
    const arrow = rest.indexOf('=>');
    const [version, folder] = [arrow === 1 ? rest[0] : undefined, rest[arrow + 1]];
    if (verb !== 'replace' || arrow === -1 || arrow > 1 || rest.length !== arrow + 2) return [];
    if (path === undefined || folder === undefined) return [];
    return { line, path, folder, ...(version === undefined ? {} : { version }) };
  });
}

/** Returns the `replace` directives, `path [version] => path version`, that lead to no folder. */
export function readModuleReplacements(
  directives: readonly GoModDirective[],
): readonly GoModuleReplacement[] {
  return directives.flatMap(({ args, line, verb }) => {
    const [path, ...rest] = args.map(goModString);
    const arrow = rest.indexOf('=>');
    const [by, to] = [rest[arrow + 1], rest[arrow + 2]];
    if (verb !== 'replace' || arrow === -1 || arrow > 1 || rest.length !== arrow + 3) return [];
    if (path === undefined || by === undefined || to === undefined) return [];
    const version = arrow === 1 ? rest[0] : undefined;
    const replacement = { line, path, by: { path: by, version: to } };
    return version === undefined ? replacement : { ...replacement, version };
  });
}

// rule.go, `parseVersionInterval`. Skips what it cannot read, and what follows it, as that may be
// future syntax.
function interval(words: readonly string[]): GoRetraction[] {
  const [first] = words;
  const [, from, comma, to, close] = first === '[' ? words : ['[', first, ',', first, ']'];
  if (first === '(' || from === undefined || to === undefined || comma !== ',' || close !== ']')
    return [];
  const [low, high] = [goModString(from), goModString(to)];
  return low === undefined || high === undefined ? [] : [{ low, high }];
}

/**
 * True for a version that names no real one: `v0.0.0`, or `v0.0.0-00010101000000-000000000000`,
 * which `go mod tidy` writes for a module that a `replace` points at a folder. A pseudo-version
 * with a commit's time is real.
 */
export function isPlaceholderVersion(version: string): boolean {
  const semver = parseGoSemver(version);
  if (semver === undefined || [semver.major, semver.minor, semver.patch].some((n) => n !== '0'))
    return false;
  return (
    !isPseudoVersion(version) || parsePseudoVersion(version)?.datetime.startsWith('0001') === true
  );
}

/** True if `go` can download something under this module path (`module.CheckPath`). */
export function isDownloadablePath(path: string): boolean {
  try {
    parseGoModulePath(path);
    return true;
  } catch {
    return false;
  }
}
