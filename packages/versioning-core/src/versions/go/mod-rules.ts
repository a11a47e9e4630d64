import { type GoModDirective, type GoModError, goModString, parseGoModSyntax } from './mod.ts';
import { matchesPathMajor, parseGoModulePath, splitPathVersion } from './path.ts';
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
  /** The language version, `1.24`. */
  readonly goVersion?: string;
  readonly requirements: readonly GoRequirement[];
  /** Paths of modules that a `replace` points at a folder, whatever version they are required in. */
  readonly localReplacements: readonly string[];
  readonly retractions: readonly GoRetraction[];
}

/** Reads a go.mod file as `go` reads a dependency's. `text` keeps its byte order mark. */
export function parseGoMod(text: string): GoMod {
  const { directives, error } = parseGoModSyntax(text);
  if (error !== undefined)
    return { errors: [error], requirements: [], localReplacements: [], retractions: [] };
  const of = (verb: string): readonly GoModDirective[] =>
    directives.filter((directive) => directive.verb === verb);
  const goVersion = /^v?(\d+\.\d+)/.exec(of('go')[0]?.args[0] ?? '')?.[1];
  return {
    errors: errorsIn(directives),
    ...(goVersion === undefined ? {} : { goVersion }),
    requirements: of('require').flatMap((one) => requirement(one, of('replace'))),
    localReplacements: of('replace').flatMap(({ args }) => replacedByFolder(args)?.path ?? []),
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
    ? requirementRefusal(goModString(first), goModString(second))
    : 'a require directive needs a module path and a version';
}

function requirementRefusal(
  path: string | undefined,
  version: string | undefined,
): string | undefined {
  const module = path === undefined ? undefined : splitPathVersion(path);
  const semver = version === undefined ? undefined : parseShortGoSemver(version);
  if (module === undefined) return 'the required module has no path that go can read';
  if (semver === undefined) return 'a required version has the form v1.2.3';
  const fits =
    (module.major === '' && semver.build === 'incompatible') ||
    matchesPathMajor(formatGoSemver(semver), module.major);
  return fits
    ? undefined
    : `the path ${module.path} and the version ${version} are of different major versions`;
}

function requirement(
  { line, args }: GoModDirective,
  replacements: readonly GoModDirective[],
): GoRequirement[] {
  const [path, written] = args.map(goModString);
  const semver = parseShortGoSemver(written ?? '');
  if (path === undefined || written === undefined || semver === undefined) return [];
  const incompatible = semver.build === 'incompatible' ? '+incompatible' : '';
  const version = formatGoSemver(semver) + incompatible;
  const isReplaced = replacements.some(({ args }) => {
    const replaced = replacedByFolder(args);
    return replaced?.path === path && (replaced.version ?? written) === written;
  });
  return [{ line, path, version, replacedByFolder: isReplaced }];
}

/**
 * Reads a `replace` directive, `path [version] => target`, that leads to a folder: a target without
 * a version. Returns undefined for any other.
 */
export function replacedByFolder(
  args: readonly string[],
): { readonly path: string; readonly version?: string } | undefined {
  const [path, ...rest] = args.map(goModString);
  const arrow = rest.indexOf('=>');
  if (path === undefined || arrow === -1 || arrow > 1 || rest.length !== arrow + 2)
    return undefined;
  const [version] = rest;
  return arrow === 0 || version === undefined ? { path } : { path, version };
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
