import type { Canonical } from '../canonical/canonical.ts';
import type { VersionOptions } from './versions.ts';

export type StampFormat = NonNullable<VersionOptions['stamp']>;

/**
 * The time in a dev version: DATETIME, or DATE alone. All digits without a leading zero, so a
 * number to SemVer and PEP 440 alike.
 */
export function formatStamp(canonical: Canonical, stamp: StampFormat): string {
  return stamp === 'date' ? canonical.date : canonical.datetime;
}
