import { constants, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** One call of a method, with messages from both sides in any order. */
export interface Call {
  /** Returns each value of a metadata key. */
  metadata(key: string): readonly string[];
  /** Yields the caller's messages. */
  messages(): AsyncIterable<Buffer>;
  /** Waits while the connection is full, because the messages may exceed memory. */
  send(message: Uint8Array): Promise<void>;
}

/** When it resolves, the call ends; when it rejects, the call ends with the error's message. */
export type Method = (call: Call) => Promise<void>;

/**
 * Serves gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md) on an open
 * connection until it closes. Messages are uncompressed.
 */
export function serveGrpc(socket: Duplex, methods: Readonly<Record<string, Method>>): void {
  const session = performServerHandshake(socket);
  // The socket's owner gets the error from the socket itself.
  session.on('error', () => socket.destroy());
  session.on('stream', (stream, headers, _flags, rawHeaders) => {
    stream.on('error', () => undefined);
    const method = methods[String(headers[constants.HTTP2_HEADER_PATH])];
    void answer(stream, rawHeaders, method);
  });
}

/** If a method rejects with this, it counts as missing, and BuildKit continues without it. */
export class Unimplemented extends Error {
  override readonly name = 'Unimplemented';
}

/** Makes a method with one message and one answer. */
export function unary(respond: (message: Buffer) => Promise<Uint8Array> | Uint8Array): Method {
  return async (call) => {
    for await (const message of call.messages()) return call.send(await respond(message));
  };
}

/** Status codes: https://grpc.io/docs/guides/status-codes */
const UNKNOWN = 2;
const UNIMPLEMENTED = 12;

async function answer(
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  method: Method | undefined,
): Promise<void> {
  let ending = { status: 0, message: '' };
  stream.on('wantTrailers', () => {
    const message = encodeURIComponent(ending.message);
    stream.sendTrailers({ 'grpc-status': String(ending.status), 'grpc-message': message });
  });
  stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
  try {
    if (method === undefined) throw new Unimplemented('there is no such method');
    await method(callOf(stream, rawHeaders));
  } catch (error) {
    const status = error instanceof Unimplemented ? UNIMPLEMENTED : UNKNOWN;
    ending = { status, message: error instanceof Error ? error.message : String(error) };
  }
  stream.end();
}

function callOf(stream: ServerHttp2Stream, rawHeaders: readonly string[]): Call {
  return {
    metadata: (key) => valuesOf(rawHeaders, key),
    messages: () => messagesOf(stream),
    async send(message) {
      if (stream.destroyed) throw new Error('the call is over');
      const header = Buffer.alloc(PREFIX_BYTES);
      header.writeUInt32BE(message.length, 1);
      stream.write(header);
      if (!stream.write(message)) await drained(stream);
    },
  };
}

/** Node joins the values of a key by commas, but a value may contain commas. */
function valuesOf(rawHeaders: readonly string[], key: string): readonly string[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && name === key
      ? [Buffer.from(rawHeaders[index + 1] ?? '', 'latin1').toString()]
      : [],
  );
}

/** One byte for the compression flag, four for the length. */
const PREFIX_BYTES = 5;

async function* messagesOf(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  let bytes = Buffer.alloc(0);
  // The side that stops reading may still write.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    for (;;) {
      const end = bytes.length < PREFIX_BYTES ? Infinity : PREFIX_BYTES + bytes.readUInt32BE(1);
      if (bytes.length < end) break;
      yield bytes.subarray(PREFIX_BYTES, end);
      bytes = bytes.subarray(end);
    }
  }
}

async function drained(stream: ServerHttp2Stream): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
