import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import { oneOf } from '../options/values.ts';
import { deriveGo } from './go/derive.ts';
import { deriveNpm } from './npm.ts';
import { deriveOci } from './oci.ts';
import { derivePypi } from './pypi.ts';
import { decideTarget } from './target.ts';
import type { DeriveVersions, Lineage, VersionOptions, Versions } from './versions.ts';

const STAMP = oneOf('datetime', 'date');
const AFTER_RELEASE = oneOf('next-patch', 'keep', 'error');

/**
 * Derives every ecosystem's version strings for one commit on one channel. Pure. Throws
 * `InvalidInputError` with the code `tag-differs-from-base`, `base-behind-release`,
 * `base-already-released`, `module-path-major` or `invalid-input`.
 */
export const deriveVersions: DeriveVersions = (
  canonical: Canonical,
  channel: Channel,
  lineage: Lineage,
  options: VersionOptions = {},
): Versions => {
  const stamp = STAMP(options.stamp ?? 'datetime', 'stamp');
  AFTER_RELEASE(options.afterRelease ?? 'next-patch', 'afterRelease');
  const { target, note } = decideTarget(canonical.base, channel, lineage, options);
  return {
    target,
    ...(note === undefined ? {} : { note }),
    npm: deriveNpm(canonical, channel, target, stamp),
    pypi: derivePypi(canonical, channel, target, stamp),
    go: deriveGo(canonical, channel, lineage, options.go),
    oci: deriveOci(canonical, channel, target),
  };
};
