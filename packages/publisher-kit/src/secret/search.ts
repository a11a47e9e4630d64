import { digitForms, literalForms } from './secret-forms.ts';

/** A secret, and what people know it by: `NPM_TOKEN`. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** A search through one stream of bytes. */
export interface StreamSearch {
  /** The chunk's memory may be used again afterwards. */
  write(chunk: Uint8Array): void;
  /** Where each secret was first found: bytes from the stream's beginning, by its name. */
  readonly found: ReadonlyMap<string, number>;
}

/** A part of a form that the scan looks for. The bytes around it must then be the rest of the form. */
interface Anchor {
  readonly name: string;
  readonly form: Buffer;
  /** Where the part begins in the form. */
  readonly at: number;
}

/** Shorter than the lines into which tools break base64 (MIME: 76, PEM: 64). */
const LONGEST_ANCHOR = 24;
const SHORTEST_BROKEN = 16;

/**
 * Prepares a search for secrets in every form that the redactor knows, also where line ends interrupt
 * them. One pass for all secrets, after Wu and Manber, "A fast algorithm for multi-pattern searching"
 * (1994): a table gives, for the next two bytes, how many bytes can be skipped at least.
 */
export function prepareSearch(secrets: readonly NamedSecret[]): () => StreamSearch {
  const anchors = secrets.flatMap(anchorsOf);
  const length = Math.min(...anchors.map(({ at, form }) => form.length - at), LONGEST_ANCHOR / 2);
  const shifts = new Uint8Array(65_536).fill(Math.max(1, length - 1));
  const ending = new Map<number, Anchor[]>();
  for (const anchor of anchors) {
    const { at, form } = anchor;
    for (let index = 1; index < length; index++) {
      const pair = pairAt(form, at + index);
      shifts[pair] = Math.min(shifts[pair] ?? 0, length - 1 - index);
      if (index === length - 1) ending.set(pair, [...(ending.get(pair) ?? []), anchor]);
    }
  }
  const longest = Math.max(0, ...anchors.map(({ form }) => form.length));
  return () => searchStream({ shifts, ending, length, kept: 2 * longest + 256 });
}

interface Tables {
  readonly shifts: Uint8Array;
  readonly ending: ReadonlyMap<number, readonly Anchor[]>;
  /** How many bytes of each anchor the tables cover. */
  readonly length: number;
  /** Bytes to keep of the last chunk, because a form may begin there. */
  readonly kept: number;
}

function searchStream({ ending, kept, length, shifts }: Tables): StreamSearch {
  const found = new Map<string, number>();
  let rest: Uint8Array = new Uint8Array();
  let before = 0;
  const scan = (bytes: Uint8Array, offset: number): void => {
    for (let at = length - 1; at < bytes.length; ) {
      const pair = pairAt(bytes, at);
      const shift = shifts[pair] ?? 1;
      if (shift > 0) {
        at += shift;
        continue;
      }
      for (const anchor of ending.get(pair) ?? []) {
        const start = beginning(bytes, at - length + 1, anchor);
        if (start !== undefined && !found.has(anchor.name)) found.set(anchor.name, offset + start);
      }
      at += 1;
    }
  };
  return {
    found,
    write(chunk) {
      // Only what may begin in the last chunk is copied, together with as much of this one.
      const joined = Buffer.concat([rest, chunk.subarray(0, kept)]);
      scan(joined, before);
      if (chunk.length > kept) scan(chunk, before + rest.length);
      const end = before + rest.length + chunk.length;
      rest = chunk.length > kept ? Buffer.from(chunk.subarray(-kept)) : joined.subarray(-kept);
      before = end - rest.length;
    },
  };
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0);
}

function anchorsOf({ name, value }: NamedSecret): readonly Anchor[] {
  const literal = literalForms(value).map((text) => ({ name, form: Buffer.from(text), at: 0 }));
  const digits = digitForms(value).flatMap((text) => {
    const form = Buffer.from(text);
    if (form.length < SHORTEST_BROKEN) return [{ name, form, at: 0 }];
    // A line end can interrupt only one of the two anchors, so the other is found.
    const second = Math.min(LONGEST_ANCHOR, form.length >> 1);
    return [
      { name, form, at: 0 },
      { name, form, at: second },
    ];
  });
  return [...literal, ...digits];
}

/** Returns where the whole form begins, if its anchor is at `at` and the rest is around it. */
function beginning(
  bytes: Uint8Array,
  at: number,
  { at: inForm, form }: Anchor,
): number | undefined {
  let position = at;
  for (let index = inForm; index < form.length; index++) {
    position = afterLineEnds(bytes, position);
    if (bytes[position] !== form[index]) return undefined;
    position += 1;
  }
  position = at;
  for (let index = inForm - 1; index >= 0; index--) {
    position = beforeLineEnds(bytes, position - 1);
    if (bytes[position] !== form[index]) return undefined;
  }
  return position;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === 10 || byte === 13;
}

/** Skips line ends, also `\n` as JSON escapes it. */
function afterLineEnds(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    if (isLineEnd(bytes[at])) at += 1;
    else if (bytes[at] === 0x5c && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72)) at += 2;
    else return at;
  }
}

function beforeLineEnds(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    if (isLineEnd(bytes[at])) at -= 1;
    else if (bytes[at - 1] === 0x5c && (bytes[at] === 0x6e || bytes[at] === 0x72)) at -= 2;
    else return at;
  }
}
