import { normalisePep440 } from '@ameide/versioning-core';

/**
 * Compares two versions by PEP 440: in normal form, without trailing zeros of the release (`0.1` is
 * `0.1.0`). Returns false if one is not a version.
 */
export function sameVersion(a: string, b: string): boolean {
  const left = comparable(a);
  return left !== undefined && left === comparable(b);
}

function comparable(version: string): string | undefined {
  return normalisePep440(version)?.replace(/^((?:\d+!)?\d+(?:\.\d+)*?)(?:\.0)+(?!\.?\d)/, '$1');
}
