/**
 * What BuildKit tells of a build while it goes on: `StatusResponse` of moby/buildkit,
 * api/services/control/control.proto.
 */
export interface BuildTrace {
  readonly vertices: readonly Vertex[];
  readonly logs: readonly VertexLog[];
}

/** A step of the build, told again whenever something about it changes. */
export interface Vertex {
  readonly digest: string;
  /** `[2/3] RUN make`. */
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  /** Empty while nothing went wrong. */
  readonly error: string;
}

/** A piece of what a step printed; it may begin and end inside a line. */
interface VertexLog {
  /** The step's digest. */
  readonly vertex: string;
  /** 1 for stdout, 2 for stderr. */
  readonly stream: number;
  readonly bytes: Uint8Array;
}

type Field = Uint8Array | number;

/**
 * Decodes the `aux` of a line `moby.buildkit.trace`, base64 of a protobuf message. Progress only,
 * so that what is no such message is empty.
 */
export function parseTrace(aux: string): BuildTrace {
  try {
    const message = fieldsOf(Buffer.from(aux, 'base64'));
    return { vertices: messages(message, 1).map(vertexOf), logs: messages(message, 3).map(logOf) };
  } catch (error) {
    if (error instanceof RangeError) return { vertices: [], logs: [] };
    throw error;
  }
}

function vertexOf(bytes: Uint8Array): Vertex {
  const fields = fieldsOf(bytes);
  return {
    digest: text(fields, 1),
    name: text(fields, 3),
    cached: fields.get(4)?.[0] === 1,
    started: fields.has(5),
    completed: fields.has(6),
    error: text(fields, 7),
  };
}

function logOf(bytes: Uint8Array): VertexLog {
  const fields = fieldsOf(bytes);
  const stream = fields.get(3)?.[0];
  return {
    vertex: text(fields, 1),
    stream: typeof stream === 'number' ? stream : 0,
    bytes: messages(fields, 4)[0] ?? new Uint8Array(),
  };
}

function text(fields: ReadonlyMap<number, readonly Field[]>, number: number): string {
  return new TextDecoder().decode(messages(fields, number)[0]);
}

function messages(
  fields: ReadonlyMap<number, readonly Field[]>,
  number: number,
): readonly Uint8Array[] {
  return (fields.get(number) ?? []).filter((field) => typeof field !== 'number');
}

/**
 * The fields of a protobuf message by their numbers (protobuf.dev/programming-guides/encoding).
 * Throws `RangeError` for bytes that are none.
 */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, readonly Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('cut off');
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    at += length;
    if (at > bytes.length) throw new RangeError('cut off');
    return bytes.subarray(at - length, at);
  };
  const wires: Readonly<Record<number, () => Field>> = {
    0: varint,
    1: () => take(8),
    2: () => take(varint()),
    5: () => take(4),
  };
  while (at < bytes.length) {
    const key = varint();
    const read = wires[key % 8];
    if (read === undefined) throw new RangeError('no wire type');
    const number = Math.floor(key / 8);
    fields.set(number, [...(fields.get(number) ?? []), read()]);
  }
  return fields;
}
