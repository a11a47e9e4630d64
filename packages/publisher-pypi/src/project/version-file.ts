import { HATCH_NAMES, type VersionSource } from './version-source.ts';

/** A file from which the build reads the version, and into which a release writes it. */
export interface VersionFile {
  /** Paths relative to the project's folder. The first that exists counts. */
  readonly candidates: readonly string[];
  /** What the file must contain, for people. */
  readonly what: string;
  /** Returns the text with the version in it; undefined if the text has no place for one. */
  stamp(text: string, version: string): string | undefined;
}

/** Returns undefined if no file has the version, or if pyproject.toml or setup.cfg has it. */
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

/** Finds the only assignment `name = "…"` at the start of a line. */
function stampAssignment(text: string, version: string, name: string): string | undefined {
  // Like hatchling's search: allows an annotation, and a "v" before the number.
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
