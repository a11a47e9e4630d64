/**
 * What a setup.py passes to `setup()` as plain strings. A setup.py is a program, so this is what it
 * looks like, not what it does: the metadata of the built files is compared with it.
 */
export interface SetupProgram {
  readonly name?: string;
  /** The one version that it passes as a plain string. */
  readonly version?: string;
  /** It passes URLs, which hide those of setup.cfg. */
  readonly hasUrls: boolean;
}

const NAME = /\bname\s*=\s*(['"])([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\1/g;
const VERSION = /(\bversion\s*=\s*)(['"])([^'"\n]+)\2/g;

export function readSetupProgram(text: string): SetupProgram {
  const name = only(text, NAME)?.[2];
  const version = /\bsetup\s*\(/.test(text) ? only(text, VERSION)?.[3] : undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    hasUrls: /\bproject_urls\s*=/.test(text),
  };
}

/** Writes the version; undefined if there is no place for it, or more than one. */
export function stampSetupProgram(text: string, version: string): string | undefined {
  if (readSetupProgram(text).version === undefined) return undefined;
  return text.replace(VERSION, (_all, before: string) => `${before}"${version}"`);
}

function only(text: string, pattern: RegExp): RegExpExecArray | undefined {
  const [found, ...others] = text.matchAll(pattern);
  return others.length === 0 ? found : undefined;
}
