import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';
import { dial } from './connection.ts';
import type { ContextFile } from './context.ts';
import type { ContextRequest } from './context-filter.ts';
import { decodePacket, encodePacket, type FilePacket } from './file-packet.ts';
import { type Call, type Method, serveGrpc } from './grpc.ts';

export interface BuildSession {
  /** The session's id, for the build's request. */
  readonly id: string;
  close(): void;
}

const DIFF_COPY = '/moby.filesync.v1.FileSync/DiffCopy';
const HEALTH_CHECK = '/grpc.health.v1.Health/Check';

/**
 * Opens a BuildKit session (`POST /session`), as `docker build` does: on a connection that we
 * opened we serve gRPC, and BuildKit asks for files and, through `methods`, for more. If we sent
 * the context as an archive instead, `COPY .` would also copy the Dockerfile and `.dockerignore`,
 * even if `.dockerignore` lists them.
 */
export async function openBuildSession(
  engine: Dockerode,
  list: (request: ContextRequest) => Promise<readonly ContextFile[]>,
  methods: Readonly<Record<string, Method>> = {},
): Promise<BuildSession> {
  const id = randomUUID();
  const served: Readonly<Record<string, Method>> = {
    ...methods,
    [DIFF_COPY]: async (call) => sendFiles(call, list),
    [HEALTH_CHECK]: reportHealth,
  };
  const socket = await upgrade(engine, id, Object.keys(served));
  serveGrpc(socket, served);
  return { id, close: () => void socket.destroy() };
}

async function upgrade(engine: Dockerode, id: string, methods: readonly string[]): Promise<Duplex> {
  return dial<Duplex>(engine, {
    method: 'POST',
    path: '/session',
    hijack: true,
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'ameide',
      // A separate key for each session, so that none reuses the files of another: BuildKit treats
      // a file of equal size and time as unchanged, and all our files have the commit's time.
      'X-Docker-Expose-Session-Sharedkey': id,
      'X-Docker-Expose-Session-Grpc-Method': methods,
    },
    statusCodes: { 200: true, 101: true, 500: 'server error' },
  });
}

/** BuildKit ends a session that does not answer this. The answer is `status: SERVING`. */
const reportHealth: Method = (call) => call.send(Uint8Array.of(0x08, 0x01));

/**
 * Sends the list of files, then one by one the files that BuildKit asks for. It may ask for
 * thousands at once.
 */
async function sendFiles(
  call: Call,
  list: (request: ContextRequest) => Promise<readonly ContextFile[]>,
): Promise<void> {
  const files = await list(requestOf(call));
  let sending = sendList(call, files);
  for await (const message of call.messages()) {
    const packet = decodePacket(message);
    if (packet.type === 'fin') {
      await sending;
      return send(call, { type: 'fin' });
    }
    if (packet.type === 'error') return;
    const { id = 0 } = packet;
    sending = sending.then(async () => sendFile(call, id, files[id]));
    // Whoever waits for the last packet gets the error.
    sending.catch(() => undefined);
  }
}

/** BuildKit encodes values that are not ASCII as in a query, and marks them. */
function requestOf(call: Call): ContextRequest {
  const values = (key: string): readonly string[] => {
    const isEncoded = call.metadata(`${key}-encoded`)[0] === '1';
    const decode = (value: string): string => decodeURIComponent(value.replaceAll('+', ' '));
    return isEncoded ? call.metadata(key).map(decode) : call.metadata(key);
  };
  return {
    exclude: values('exclude-patterns'),
    include: values('include-patterns'),
    follow: values('followpaths'),
  };
}

async function sendList(call: Call, files: readonly ContextFile[]): Promise<void> {
  for (const { stat } of files) await send(call, { type: 'stat', stat });
  await send(call, { type: 'stat' });
}

async function sendFile(call: Call, id: number, file: ContextFile | undefined): Promise<void> {
  try {
    if (file?.absolute === undefined)
      throw new Error('Docker Engine asked for something that is not a file');
    for await (const data of createReadStream(file.absolute))
      await send(call, { type: 'data', id, data: data as Buffer });
    await send(call, { type: 'data', id });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    await send(call, { type: 'error', data: Buffer.from(text) });
  }
}

async function send(call: Call, packet: FilePacket): Promise<void> {
  await call.send(encodePacket(packet));
}
