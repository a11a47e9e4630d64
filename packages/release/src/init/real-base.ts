import { type BaseVersion, parseBase } from '@ameide/versioning-core';

/** Undefined for what is no version, and for 0.0.0, which is a placeholder. */
export function realBase(version: unknown): BaseVersion | undefined {
  if (version === '0.0.0') return undefined;
  try {
    return parseBase(version);
  } catch {
    return undefined;
  }
}
