import type { ObjectType } from './object-format.ts';

/** One answer of `git cat-file --batch`. */
export type BatchAnswer = BatchObject | { readonly absent: 'missing' | 'ambiguous' };

export interface BatchObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly content: Buffer;
}

const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d+)$/;

/**
 * Splits the output of `git cat-file --batch` (git-cat-file(1), "BATCH OUTPUT"): `<id> <type>
 * <size>\n<content>\n`, or a line `<name> missing`. Pass each chunk to the returned function; it
 * calls `deliver` once for each answer, in order.
 */
export function splitBatchAnswers(deliver: (answer: BatchAnswer) => void): (chunk: Buffer) => void {
  let line: Buffer[] = [];
  let open: BatchObject | undefined;
  let filled = 0;
  return (chunk) => {
    let rest = chunk;
    while (rest.length > 0) {
      if (open === undefined) {
        const end = rest.indexOf(0x0a);
        line.push(end === -1 ? rest : rest.subarray(0, end));
        if (end === -1) return;
        rest = rest.subarray(end + 1);
        const header = Buffer.concat(line).toString('utf8');
        line = [];
        const m = HEADER.exec(header);
        if (m === null)
          deliver({ absent: header.endsWith(' ambiguous') ? 'ambiguous' : 'missing' });
        else
          open = {
            id: m[1] ?? '',
            type: m[2] as ObjectType,
            content: Buffer.allocUnsafe(Number(m[3])),
          };
        filled = 0;
      } else if (filled < open.content.length) {
        const taken = rest.copy(open.content, filled);
        filled += taken;
        rest = rest.subarray(taken);
      } else {
        // Skip the newline that ends every object.
        rest = rest.subarray(1);
        const answer = open;
        open = undefined;
        deliver(answer);
      }
    }
  };
}
