import type { ImageReference } from '@ameide/deploy-policy';
import type { Dependency } from '@ameide/source-files/dependencies';
import { parseImageReference } from '@ameide/source-files/image';
import type { Use } from './service.ts';

/** The images that Dockerfiles and Compose files take. */
export function imageUses(images: readonly Dependency[]): readonly Use[] {
  return images.map(({ name, place, requirement }): Use => {
    const reference = parseImageReference(`${name}${requirement}`);
    const at = { path: place.path, line: place.line };
    if (reference !== undefined) return imageUse(reference, at);
    // A variable without a value.
    const use = { ecosystem: 'oci', name, version: requirement, isDirect: true } as const;
    return { ...use, kind: 'not-locked', ...at };
  });
}

/** A digest decides, whatever the tag beside it; without both, every tool takes `latest`. */
export function imageUse(
  { digest, name, tag }: ImageReference,
  at: Pick<Use, 'path' | 'line'>,
): Use {
  const version = digest ?? tag ?? 'latest';
  return { ecosystem: 'oci', name, kind: 'registry', version, ...at, isDirect: true };
}
