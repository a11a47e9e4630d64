import { normalisePep440, parsePypiName } from '@ameide/versioning-core';

/** A project name as in a coordinate (PEP 503); undefined for what is none. */
export function pypiName(text: string): string | undefined {
  try {
    return parsePypiName(text);
  } catch {
    return undefined;
  }
}

/** A version as in a coordinate (PEP 440); as written if it is none. */
export function pypiVersion(text: string): string {
  return normalisePep440(text) ?? text;
}
