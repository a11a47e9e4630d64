import { bytesOf, decodeFields, numberOf, textOf } from './protobuf.ts';

/**
 * BuildKit's progress during a build: `StatusResponse` of moby/buildkit,
 * api/services/control/control.proto.
 */
export interface BuildTrace {
  readonly vertices: readonly Vertex[];
  readonly logs: readonly VertexLog[];
}

/** A step of the build, sent again whenever it changes. */
export interface Vertex {
  readonly digest: string;
  /** `[2/3] RUN make`. */
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  /** Empty unless something went wrong. */
  readonly error: string;
}

/** A piece of a step's output; it may begin and end inside a line. */
interface VertexLog {
  /** The step's digest. */
  readonly vertex: string;
  /** 1 for stdout, 2 for stderr. */
  readonly stream: number;
  readonly bytes: Uint8Array;
}

/**
 * Decodes the `aux` of a line `moby.buildkit.trace`: a protobuf message in base64. Returns an empty
 * trace for anything else, because it only shows progress.
 */
export function parseTrace(aux: string): BuildTrace {
  try {
    const message = decodeFields(Buffer.from(aux, 'base64'));
    return { vertices: bytesOf(message, 1).map(vertexOf), logs: bytesOf(message, 3).map(logOf) };
  } catch (error) {
    if (error instanceof RangeError) return { vertices: [], logs: [] };
    throw error;
  }
}

function vertexOf(bytes: Uint8Array): Vertex {
  const fields = decodeFields(bytes);
  return {
    digest: textOf(fields, 1),
    name: textOf(fields, 3),
    cached: numberOf(fields, 4) === 1,
    started: fields.has(5),
    completed: fields.has(6),
    error: textOf(fields, 7),
  };
}

function logOf(bytes: Uint8Array): VertexLog {
  const fields = decodeFields(bytes);
  return {
    vertex: textOf(fields, 1),
    stream: numberOf(fields, 3),
    bytes: bytesOf(fields, 4)[0] ?? new Uint8Array(),
  };
}
