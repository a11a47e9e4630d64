import { goModulePath } from './mod.ts';
import { type GoRetraction, parseGoMod } from './mod-rules.ts';
import type { GoModuleLocation } from './module.ts';
import { parseGoModulePath, pathMajorPrefix, splitPathVersion } from './path.ts';
import { compareGoSemver, type GoSemver, parseGoSemver, parseShortGoSemver } from './semver.ts';
import { highestTag, tagPrefix, versionTags } from './tags.ts';

/** The tag whose go.mod lists a module's retractions. */
export interface RetractingTag {
  /** With the module's prefix: `v0.2.1`, `sdk/go/v0.2.1`. */
  readonly tag: string;
  /**
   * The go.mod files to read at that tag and pass to `goRetractions`: one file, or two from major
   * version 2 on, as that may have its own folder.
   */
  readonly paths: readonly string[];
}

/**
 * Returns the tag whose go.mod lists what the module has retracted: its highest release among all
 * tags of the repository, or its highest version if there is no release, on any commit. Returns
 * undefined if the module has no version yet. Follows `Versions` and `retractedVersions` in
 * cmd/go/internal/modfetch/coderepo.go. Throws `InvalidInputError`.
 */
export function retractingTag(
  tags: readonly string[],
  { modulePath, directory }: GoModuleLocation,
): RetractingTag | undefined {
  const module = parseGoModulePath(modulePath, 'go.modulePath');
  const prefix = tagPrefix(directory, module.major, module);
  if (module.major.endsWith('-unstable')) return undefined;
  const versions = versionTags(tags, prefix, module.major);
  const highest =
    highestTag(versions.filter(({ semver }) => semver.prerelease === '')) ?? highestTag(versions);
  if (highest === undefined) return undefined;
  const folders = module.major.startsWith('/')
    ? [prefix, `${prefix}${module.major.slice(1)}/`]
    : [prefix];
  return { tag: `${prefix}${highest.version}`, paths: folders.map((folder) => `${folder}go.mod`) };
}

/**
 * Returns what the go.mod files at the retracting tag retract, or nothing if `go` cannot read them.
 * `texts` has one string for each of `RetractingTag.paths`, in that order, with its byte order
 * mark; undefined for a missing file. Follows `findDir` in coderepo.go.
 */
export function goRetractions(
  texts: readonly (string | undefined)[],
  modulePath: string,
): readonly GoRetraction[] {
  const { major } = parseGoModulePath(modulePath, 'go.modulePath');
  const isMajor = (text: string | undefined): boolean =>
    text !== undefined && isOfMajor(goModulePath(text), major);
  const [own, inMajorFolder] = texts;
  // `go` refuses two files that both claim the major version.
  const text = inMajorFolder === undefined ? own : isMajor(own) ? undefined : inMajorFolder;
  if (text === undefined || !isMajor(text)) return [];
  const { errors, retractions } = parseGoMod(text);
  return errors.length === 0 ? retractions : [];
}

// coderepo.go, `isMajor`.
function isOfMajor(modulePath: string | undefined, major: string): boolean {
  const module = modulePath === undefined ? undefined : splitPathVersion(modulePath);
  if (module === undefined) return false;
  if (major === '') return ['', 'v0', 'v1'].includes(pathMajorPrefix(module.major));
  return module.major !== '' && module.major.slice(1) === major.slice(1);
}

/** As `isRetracted`, of a version as text; false for what is no version. */
export function isRetractedVersion(version: string, retracted: readonly GoRetraction[]): boolean {
  const parsed = parseGoSemver(version);
  return parsed !== undefined && isRetracted(parsed, retracted);
}

/**
 * True if a version is retracted. An interval end that is not a version is lower than every
 * version, as in `semver.Compare`.
 */
export function isRetracted(version: GoSemver, retracted: readonly GoRetraction[]): boolean {
  const compareEnd = (end: string): number => {
    const parsed = parseShortGoSemver(end);
    return parsed === undefined ? -1 : compareGoSemver(parsed, version);
  };
  return retracted.some(({ low, high }) => compareEnd(low) <= 0 && compareEnd(high) >= 0);
}
