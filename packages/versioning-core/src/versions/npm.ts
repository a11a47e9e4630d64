import type { BaseVersion } from '../canonical/base.ts';
import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import { assembleParsed, type ParsedVersion } from './parsed.ts';
import { NPM_POINTERS, pointerPatterns } from './pointer-names.ts';
import { formatStamp, type StampFormat } from './stamp.ts';
import type { NpmVersion } from './versions.ts';

/**
 * Derives a SemVer 2.0.0 version. The `g` before the commit id keeps an all-digit id from being a
 * number with a leading zero (item 9).
 */
export function deriveNpm(
  canonical: Canonical,
  channel: Channel,
  target: BaseVersion,
  stamp: StampFormat,
): NpmVersion {
  const [distTag = null] = pointerPatterns(NPM_POINTERS, channel.kind);
  if (channel.kind === 'release') return { full: target, version: target, distTag };
  if (channel.kind === 'candidate') {
    const version = `${target}-rc.${channel.number}`;
    return { full: version, version, distTag };
  }
  const version = `${target}-dev.${formatStamp(canonical, stamp)}`;
  return { full: `${version}+g${canonical.shortSha}`, version, distTag };
}

const NPM =
  /^(\d+\.\d+\.\d+)(?:-rc\.(0|[1-9]\d{0,8})|-dev\.(\d{8}|\d{14})(?:\+g([0-9a-f]{7,64}))?)?$/;

/**
 * Reads a version that `deriveVersions` made, with or without its build metadata. Returns undefined
 * for any other.
 */
export function parseNpmVersion(version: string): ParsedVersion | undefined {
  const [, core, number, stamp, shortSha] = NPM.exec(version) ?? [];
  return assembleParsed(core, number, stamp, shortSha);
}
