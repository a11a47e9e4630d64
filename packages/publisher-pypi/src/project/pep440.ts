import { normalisePep440 } from '@ameide/versioning-core';

/**
 * PEP 440 equality: of normal forms, with trailing zeros of the release cut off (`0.1` is `0.1.0`).
 * False when one is no version.
 */
export function sameVersion(a: string, b: string): boolean {
  const left = comparable(a);
  return left !== undefined && left === comparable(b);
}

function comparable(version: string): string | undefined {
  return normalisePep440(version)?.replace(/^((?:\d+!)?\d+(?:\.\d+)*?)(?:\.0)+(?!\.?\d)/, '$1');
}
