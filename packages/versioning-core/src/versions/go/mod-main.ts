import { type GoModDirective, type GoModError, goModString } from './mod.ts';
import { matchesPathMajor, splitPathVersion } from './path.ts';
import { formatGoSemver, parseGoSemver, parseShortGoSemver } from './semver.ts';

/**
 * Returns the lines that `go` refuses in the module's own builds, as in a clone, and does not read
 * in a dependency (`modfile.Parse` of golang.org/x/mod, and `replacements` of
 * cmd/go/internal/modload). Does not return an unknown directive: a newer `go` may know it.
 */
export function mainModuleErrors(directives: readonly GoModDirective[]): readonly GoModError[] {
  const module = directives.find(({ verb }) => verb === 'module')?.args[0] ?? '';
  const modulePath = goModString(module) ?? '';
  const seen = new Set<string>();
  const replaced = new Map<string, string>();
  return directives.flatMap(({ line, verb, args }) => {
    const isRepeated = verb === 'toolchain' && seen.has(verb);
    const reason = isRepeated
      ? `a second ${verb} directive`
      : verb === 'retract'
        ? retractRefusal(args, modulePath)
        : refusal(verb, args);
    // As in go, a line that is refused does not count.
    if (reason === undefined) seen.add(verb);
    const known = reason ?? (verb === 'replace' ? conflicting(args, replaced) : undefined);
    return known === undefined ? [] : [{ line, reason: known }];
  });
}

const GO_VERSION = /^[1-9][0-9]*\.(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))?(?:[a-z]+[0-9]+)?$/;

// rule.go, `add` with `strict`.
function refusal(verb: string, args: readonly string[]): string | undefined {
  const [first = '', second = ''] = args;
  const isOne = args.length === 1;
  if (verb === 'go')
    return GO_VERSION.test(first) ? undefined : 'a go version has the form 1.24 or 1.24.0';
  if (verb === 'toolchain')
    return isOne && /^default$|^go1($|\.)/.test(first)
      ? undefined
      : 'a toolchain directive needs one name, for example go1.24.0, or default';
  if (verb === 'godebug')
    return isOne && /^[^"`',]*=[^"`',]*$/.test(first)
      ? undefined
      : 'a godebug directive has the form key=value';
  if (verb === 'tool')
    return isOne && goModString(first) !== undefined
      ? undefined
      : 'a tool directive needs the path of one package';
  if (verb === 'exclude')
    return args.length === 2
      ? versionRefusal(goModString(first), goModString(second))
      : 'an exclude directive needs a module path and a version';
  return verb === 'replace' ? replaceRefusal(args.map(goModString)) : undefined;
}

// rule.go, `parseVersionInterval` and `fixRetract`. `go` asks a proxy for a version that is not in
// full, and then wants to change the file.
function retractRefusal(words: readonly string[], modulePath: string): string | undefined {
  const [, from, comma, to, close, ...more] =
    words[0] === '[' ? words : ['[', words[0], ',', words[0], ']', ...words.slice(1)];
  if (comma !== ',' || close !== ']' || more.length > 0)
    return 'a retract directive has the form v1.2.3 or [v1.2.3, v1.2.9]';
  const versions = [from, to].map((word) => goModString(word ?? '') ?? '');
  if (versions.some((version) => !isInFull(version)))
    return 'a retracted version has the form v1.2.3';
  return versions
    .map((version) => versionRefusal(modulePath, version))
    .find((one) => one !== undefined);
}

function isInFull(version: string): boolean {
  const semver = parseGoSemver(version);
  return semver !== undefined && ['', 'incompatible'].includes(semver.build);
}

// rule.go, `IsDirectoryPath`.
const FOLDER = /^(?:\.{1,2}(?:$|[/\\])|[/\\]|[A-Za-z]:)/;

// rule.go, `parseReplace`. Windows alone takes backslashes.
function replaceRefusal(words: readonly (string | undefined)[]): string | undefined {
  const arrow = words[1] === '=>' ? 1 : 2;
  const [target, version] = words.slice(arrow + 1);
  if (words[arrow] !== '=>' || words.length < arrow + 2 || words.length > arrow + 3)
    return 'a replace directive has the form "path => ../folder" or "path => other/path v1.2.3", with spaces';
  const own = arrow === 1 ? pathRefusal(words[0]) : versionRefusal(words[0], words[1]);
  if (own !== undefined || target === undefined) return own ?? 'its target cannot be read';
  const isFolder = FOLDER.test(target);
  if (words.length === arrow + 2)
    return isFolder
      ? undefined
      : 'a target without a version is a folder, which begins with ./ or ../';
  if (version === undefined || parseShortGoSemver(version) === undefined)
    return 'the version of its target has the form v1.2.3';
  return isFolder ? 'a folder has no version' : undefined;
}

function pathRefusal(path: string | undefined): string | undefined {
  return path === undefined || splitPathVersion(path) === undefined
    ? 'the module has no path that go can read'
    : undefined;
}

/** Returns why `go` refuses a module path with a version; undefined if it does not. */
export function versionRefusal(
  path: string | undefined,
  version: string | undefined,
): string | undefined {
  const module = path === undefined ? undefined : splitPathVersion(path);
  const semver = version === undefined ? undefined : parseShortGoSemver(version);
  if (module === undefined) return pathRefusal(path);
  if (semver === undefined) return 'a version has the form v1.2.3';
  const fits =
    (module.major === '' && semver.build === 'incompatible') ||
    matchesPathMajor(formatGoSemver(semver), module.major);
  return fits
    ? undefined
    : `the path ${module.path} and the version ${version} are of different major versions`;
}

function conflicting(args: readonly string[], replaced: Map<string, string>): string | undefined {
  const words = args.map((word) => goModString(word) ?? word);
  const arrow = words.indexOf('=>');
  const [key, target] = [words.slice(0, arrow), words.slice(arrow + 1)].map((one) => one.join(' '));
  const before = replaced.get(key ?? '');
  replaced.set(key ?? '', target ?? '');
  return before === undefined || before === target
    ? undefined
    : `an earlier line replaces ${key} by ${before}`;
}
