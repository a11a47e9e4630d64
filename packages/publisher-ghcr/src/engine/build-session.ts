import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import type Dockerode from 'dockerode';
import type { ContextFile } from './context.ts';
import { decodePacket, encodePacket, type FilePacket } from './file-packet.ts';

/** The files that BuildKit may ask for: all those of a folder that the exclusions leave. */
export type ServeFiles = (folder: string, exclude: readonly string[]) => readonly ContextFile[];

export interface BuildSession {
  /** Names the session in the build's request. */
  readonly id: string;
  close(): void;
}

const DIFF_COPY = '/moby.filesync.v1.FileSync/DiffCopy';
const HEALTH_CHECK = '/grpc.health.v1.Health/Check';

/**
 * Opens a BuildKit session (`POST /session`): a gRPC server of ours on a connection that we opened,
 * which BuildKit asks for files. This is what `docker build` does. A context that is sent as an
 * archive instead has every file in it for `COPY .`, the Dockerfile and `.dockerignore` that
 * `.dockerignore` lists among them.
 */
export async function openBuildSession(
  engine: Dockerode,
  files: ServeFiles,
): Promise<BuildSession> {
  const { Server, ServerCredentials } = await import('@grpc/grpc-js');
  const id = randomUUID();
  const socket = await dial(engine, id);
  const server = new Server();
  server.addService(
    { diffCopy: { ...stream(DIFF_COPY), ...codec(encodePacket, decodePacket) } },
    { diffCopy: (call: DiffCopy) => void sendFiles(call, files) },
  );
  // BuildKit ends a session that does not answer this. `status: SERVING`
  server.addService(
    { check: { ...unary(HEALTH_CHECK), ...codec((bytes: Buffer) => bytes, (bytes) => bytes) } },
    {
      check: (_call: unknown, done: (error: null, answer: Buffer) => void) =>
        done(null, Buffer.from([0x08, 0x01])),
    },
  );
  server.createConnectionInjector(ServerCredentials.createInsecure()).injectConnection(socket);
  return {
    id,
    close() {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

type DiffCopy = ServerDuplexStream<FilePacket, FilePacket>;

function stream(path: string): { path: string; requestStream: true; responseStream: true } {
  return { path, requestStream: true, responseStream: true };
}

function unary(path: string): { path: string; requestStream: false; responseStream: false } {
  return { path, requestStream: false, responseStream: false };
}

function codec<T>(encode: (value: T) => Buffer, decode: (bytes: Buffer) => T) {
  return {
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  };
}

async function dial(engine: Dockerode, id: string): Promise<Duplex> {
  const options = {
    method: 'POST',
    path: '/session',
    hijack: true,
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'ameide',
      // With a key of its own no session finds the files of another one: BuildKit takes a file of
      // the same size and time for unchanged, and every file of ours has the commit's time.
      'X-Docker-Expose-Session-Sharedkey': id,
      'X-Docker-Expose-Session-Grpc-Method': DIFF_COPY,
    },
    statusCodes: { 200: true, 101: true, 500: 'server error' },
  };
  const modem = engine.modem as {
    dial(options: object, done: (error: unknown, socket: Duplex) => void): void;
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, socket) => {
      if (error === null || error === undefined) resolve(socket);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

/** Sends the list of files, then each file that BuildKit asks for. */
async function sendFiles(call: DiffCopy, files: ServeFiles): Promise<void> {
  const list = files(value(call.metadata, 'dir-name'), values(call.metadata, 'exclude-patterns'));
  call.on('data', (packet: FilePacket) => {
    if (packet.type === 'request') void sendFile(call, packet.id ?? 0, list[packet.id ?? 0]);
    else if (packet.type === 'fin') {
      call.write({ type: 'fin' });
      call.end();
    } else if (packet.type === 'error') call.end();
  });
  call.on('error', () => undefined);
  for (const { stat } of list) await write(call, { type: 'stat', stat });
  await write(call, { type: 'stat' });
}

async function sendFile(
  call: DiffCopy,
  id: number,
  file: ContextFile | undefined,
): Promise<void> {
  try {
    if (file?.absolute === undefined) throw new Error('Docker Engine asked for what is no file');
    for await (const data of createReadStream(file.absolute))
      await write(call, { type: 'data', id, data: data as Buffer });
    await write(call, { type: 'data', id });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await write(call, { type: 'error', data: Buffer.from(text) });
  }
}

/** Waits while the connection is full: a context may be larger than the memory. */
async function write(call: DiffCopy, packet: FilePacket): Promise<void> {
  if (call.write(packet) || call.cancelled) return;
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'cancelled', 'error'] as const;
    const done = (): void => {
      for (const event of events) call.off(event, done);
      resolve();
    };
    for (const event of events) call.on(event, done);
  });
}

function values(metadata: Metadata, name: string): readonly string[] {
  return metadata.get(name).map(String);
}

function value(metadata: Metadata, name: string): string {
  return values(metadata, name)[0] ?? '';
}
