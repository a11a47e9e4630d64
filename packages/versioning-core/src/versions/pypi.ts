import type { BaseVersion } from '../canonical/base.ts';
import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import { assembleParsed, type ParsedVersion } from './parsed.ts';
import { formatStamp, type StampFormat } from './stamp.ts';
import type { PypiVersion } from './versions.ts';

/** Derives a PEP 440 version in its normal form, so that no tool rewrites it. */
export function derivePypi(
  canonical: Canonical,
  channel: Channel,
  target: BaseVersion,
  stamp: StampFormat,
): PypiVersion {
  if (channel.kind === 'release') return { full: target, version: target };
  if (channel.kind === 'candidate') {
    const version = `${target}rc${channel.number}`;
    return { full: version, version };
  }
  const version = `${target}.dev${formatStamp(canonical, stamp)}`;
  return { full: `${version}+git.${localLabel(canonical.shortSha)}`, version };
}

// PEP 440 reads an all-digit segment as an integer and drops its leading zeros. `shortSha` avoids
// that if the commit id contains any letter.
function localLabel(shortSha: string): string {
  return /^\d+$/.test(shortSha) ? `g${shortSha}` : shortSha;
}

const PYPI =
  /^(\d+\.\d+\.\d+)(?:rc(0|[1-9]\d{0,8})|\.dev(\d{8}|\d{14})(?:\+git\.(g?[0-9a-f]{7,64}))?)?$/;

/**
 * Reads a version that `deriveVersions` made, with or without its local label. Returns undefined
 * for any other version or spelling.
 */
export function parsePypiVersion(version: string): ParsedVersion | undefined {
  const [, core, number, stamp, label] = PYPI.exec(version) ?? [];
  const shortSha = label?.replace(/^g/, '');
  if (shortSha !== undefined && localLabel(shortSha) !== label) return undefined;
  return assembleParsed(core, number, stamp, shortSha);
}
