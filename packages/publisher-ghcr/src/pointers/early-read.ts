import { type PointerRead, whenSent } from '@ameide/publisher-kit';
import type { Manifest } from '../registry/client.ts';

/** Reads what a tag names; called several times. */
export type ReadTag = () => Promise<PointerRead<Manifest>>;

/**
 * Reads a tag before it is known what it should name. The first call of the function that it returns gives
 * what was read, and when; the others read it again. `now` returns milliseconds that never jump.
 */
export async function readEarly(read: ReadTag, now: () => number): Promise<ReadTag> {
  let readAt = now();
  let early: PointerRead<Manifest> | undefined = await whenSent(read, () => (readAt = now()));
  return async () => {
    const first = early;
    early = undefined;
    if (first === undefined) return read();
    return 'problem' in first ? first : { ...first, readAt };
  };
}
