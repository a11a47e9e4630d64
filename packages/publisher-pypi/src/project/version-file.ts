import { HATCH_NAMES, type VersionSource } from './version-source.ts';

/** A file that the build reads the version from, and that a release stamps. */
export interface VersionFile {
  /** Paths from the project's folder, of which the first that is there counts. */
  readonly candidates: readonly string[];
  /** What it has to hold, for people. */
  readonly what: string;
  /** The text with the version in it; undefined where it has no place for one. */
  stamp(text: string, version: string): string | undefined;
}

/** Undefined where the version is no file's, or pyproject.toml's or setup.cfg's own. */
export function versionFile(source: VersionSource): VersionFile | undefined {
  if (source.kind === 'meson.build')
    return {
      candidates: ['meson.build'],
      what: "project(…, version: '0.0.0')",
      stamp: stampMesonBuild,
    };
  if (source.kind !== 'file') return undefined;
  const { candidates, name } = source;
  if (name === undefined)
    return { candidates, what: 'the version', stamp: (_text, version) => `${version}\n` };
  return {
    candidates,
    what: `${name} = "0.0.0" on a line of its own`,
    stamp: (text, version) => stampAssignment(text, version, name),
  };
}

/** The one assignment `name = "…"` at the start of a line. */
function stampAssignment(text: string, version: string, name: string): string | undefined {
  // As hatchling looks for it: an annotation may be there, and a "v" before the number.
  const assignment = new RegExp(
    `^((?:${name})(?:\\s*:\\s*str)?\\s*=\\s*)(['"])[^'"\\n]*\\2`,
    name === HATCH_NAMES ? 'im' : 'm',
  );
  if (!assignment.test(text)) return undefined;
  return text.replace(assignment, (_all, before: string) => `${before}"${version}"`);
}

/** `version: '…'` in the call of `project`, which every meson.build begins with. */
const MESON_VERSION = /^((?:\s|#.*\n)*project\s*\([^()]*?\bversion\s*:\s*)'[^'\n]*'/;

function stampMesonBuild(text: string, version: string): string | undefined {
  if (!MESON_VERSION.test(text)) return undefined;
  return text.replace(MESON_VERSION, (_all, before: string) => `${before}'${version}'`);
}
