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

/** The name with which a requirement begins (PEP 508). */
export function requirementName(text: string): string | undefined {
  const [name] = /^\s*[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(text) ?? [];
  return name === undefined ? undefined : pypiName(name.trim());
}
