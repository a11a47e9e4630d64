import type { Canonical } from '../canonical/canonical.ts';
import type { VersionOptions } from './versions.ts';

export type StampFormat = NonNullable<VersionOptions['stamp']>;

/**
 * Returns the time in a dev version: DATETIME, or only DATE. It has only digits and no leading
 * zero, so SemVer and PEP 440 both read it as a number.
 */
export function formatStamp(canonical: Canonical, stamp: StampFormat): string {
  return stamp === 'date' ? canonical.date : canonical.datetime;
}
