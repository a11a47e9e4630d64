import type { Pointer, Problem } from '@ameide/versioning-core';
import type { RegistryClient } from '../registry/client.ts';
import type { PresentImage } from '../registry/existing-image.ts';

/** What a moving tag names. */
export interface PointerName {
  /** The name for people: the version, the commit for `dev`, else the digest. */
  readonly name: string;
  /** The version of the image. Not read for `dev`. */
  readonly version?: string;
  /** Set if the version could not be read. */
  readonly problem?: Problem;
}

/**
 * Returns the name of an image under a pointer. If a commit was published as a dev build or a
 * candidate and is then released, it keeps its one image: the label says `0.1.0-dev.…`, and the tag
 * `0.1.0` names the same digest. So this reads that tag.
 */
export async function readName(
  client: RegistryClient,
  { pointer }: Pointer,
  image: PresentImage,
  signal: AbortSignal,
): Promise<PointerName> {
  if (pointer === 'dev') return { name: image.revision ?? image.digest };
  const { version } = image;
  if (version === undefined) return { name: image.digest };
  const core = /^(\d+\.\d+\.\d+)[-+]/.exec(version)?.[1];
  if (core === undefined) return { name: version, version };
  const tagged = await client.manifest(core, signal);
  if (tagged.state === 'unknown') return { name: version, problem: tagged.problem };
  const released =
    tagged.state === 'present' && tagged.value.digest === image.digest ? core : version;
  return { name: released, version: released };
}
