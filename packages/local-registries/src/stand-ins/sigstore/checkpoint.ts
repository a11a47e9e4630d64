import { randomBytes } from 'node:crypto';
import { leafHash, rootHash } from './merkle-tree.ts';

interface CheckpointOf {
  readonly leaves: readonly Buffer[];
  /** The first line of the note. */
  readonly origin: string;
  /** The name of the signer. */
  readonly name: string;
  /** Its first four bytes are the key hint. */
  readonly logId: Buffer;
  readonly sign: (text: string) => Buffer;
}

/** Makes the checkpoint of a log: a signed note (https://c2sp.org/signed-note) with one signature. */
export function checkpointOf({ leaves, logId, name, origin, sign }: CheckpointOf): string {
  const note = `${origin}\n${leaves.length}\n${rootHash(leaves).toString('base64')}\n`;
  const signature = Buffer.concat([logId.subarray(0, 4), sign(note)]).toString('base64');
  return `${note}\n\u2014 ${name} ${signature}\n`;
}

/** Entries of other people, so that no proof of inclusion is empty. */
export function foreignLeaves(): Buffer[] {
  return Array.from({ length: 3 }, () => leafHash(randomBytes(32)));
}
