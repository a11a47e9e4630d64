import { once } from 'node:events';
import { createServer } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, describe, expect, test } from 'vitest';
import { openBuildSession } from '../src/engine/build-session.ts';
import { type ContextFile, listContext } from '../src/engine/context.ts';
import type { ContextRequest } from '../src/engine/context-filter.ts';
import { bytesOf, decodeFields, numberField, numberOf, textOf } from '../src/engine/protobuf.ts';
import { step } from './release.ts';

const [STAT, REQUEST, DATA, FIN, ERROR] = [0, 1, 2, 3, 4];

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A fake of BuildKit: an engine that takes the session, and then asks over it. */
async function openSession(
  list: (request: ContextRequest) => Promise<readonly ContextFile[]>,
): Promise<ClientHttp2Session> {
  const client = Promise.withResolvers<ClientHttp2Session>();
  const server = createServer().on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    client.resolve(connect('http://client', { createConnection: () => socket }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const engine = new Dockerode({ protocol: 'http', host: '127.0.0.1', port });
  const session = await openBuildSession(engine, list);
  const asking = (await client.promise).on('error', () => undefined);
  closers.push(
    () => server.close(),
    () => session.close(),
    () => asking.destroy(),
  );
  return asking;
}

interface Packet {
  readonly type: number;
  readonly id: number;
  readonly path?: string;
  readonly data: Buffer;
}

class Receiver {
  readonly #stream: ClientHttp2Stream;
  readonly #packets: AsyncGenerator<Packet>;

  constructor(client: ClientHttp2Session, metadata: Readonly<Record<string, unknown>> = {}) {
    this.#stream = client.request({
      ':method': 'POST',
      ':path': '/moby.filesync.v1.FileSync/DiffCopy',
      ...metadata,
    });
    this.#packets = packetsOf(this.#stream);
  }

  send(type: number, id = 0): void {
    const message = Buffer.concat([...numberField(1, type), ...numberField(3, id)]);
    const header = Buffer.alloc(5);
    header.writeUInt32BE(message.length, 1);
    this.#stream.write(Buffer.concat([header, message]));
  }

  async next(): Promise<Packet | undefined> {
    return (await this.#packets.next()).value as Packet | undefined;
  }

  /** The paths, up to the end of the list. */
  async list(): Promise<readonly string[]> {
    const paths: string[] = [];
    for (;;) {
      const packet = await this.next();
      if (packet?.type !== STAT || packet.path === undefined) return paths;
      paths.push(packet.path);
    }
  }
}

async function* packetsOf(stream: ClientHttp2Stream): AsyncGenerator<Packet> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
      const end = 5 + bytes.readUInt32BE(1);
      const fields = decodeFields(bytes.subarray(5, end));
      const [stat] = bytesOf(fields, 2);
      yield {
        type: numberOf(fields, 1),
        id: numberOf(fields, 3),
        ...(stat === undefined ? {} : { path: textOf(decodeFields(stat), 1) }),
        data: Buffer.from(bytesOf(fields, 4)[0] ?? []),
      };
      bytes = bytes.subarray(end);
    }
  }
}

const contextFiles = async (names: readonly string[]): Promise<readonly ContextFile[]> => {
  const { checkout } = await step(Object.fromEntries(names.map((name) => [name, `of ${name}`])));
  return listContext(checkout, { exclude: [], include: [], follow: [] }, 0);
};

describe('a build session', () => {
  test('sends the list, then each requested file, and ends after `fin`', async () => {
    const files = await contextFiles(['a', 'b']);
    const receiver = new Receiver(await openSession(async () => files));
    expect(await receiver.list()).toEqual(['a', 'b']);
    receiver.send(REQUEST, 1);
    expect(await receiver.next()).toMatchObject({ type: DATA, id: 1, data: Buffer.from('of b') });
    expect(await receiver.next()).toMatchObject({ type: DATA, id: 1, data: Buffer.alloc(0) });
    receiver.send(FIN);
    expect(await receiver.next()).toMatchObject({ type: FIN });
    expect(await receiver.next()).toBeUndefined();
  });

  test('sends thousands of files that are asked for at once, one after the other', async () => {
    const files = await contextFiles(Array.from({ length: 3000 }, (_, index) => `f${index}`));
    const receiver = new Receiver(await openSession(async () => files));
    const { length } = await receiver.list();
    for (let id = 0; id < length; id++) receiver.send(REQUEST, id);
    const ids: number[] = [];
    while (ids.length < length) {
      const packet = await receiver.next();
      if (packet?.type === DATA && packet.data.length === 0) ids.push(packet.id);
    }
    expect(ids).toEqual(Array.from({ length }, (_, id) => id));
  });

  test('reports a file that cannot be read, and one that is not in the list', async () => {
    const [file] = await contextFiles(['a']);
    if (file === undefined) throw new Error('no file');
    const gone = { ...file, absolute: Buffer.from(join(import.meta.dirname, 'gone')) };
    const receiver = new Receiver(await openSession(async () => [gone]));
    await receiver.list();
    receiver.send(REQUEST, 0);
    receiver.send(REQUEST, 7);
    const errors = [await receiver.next(), await receiver.next()];
    expect(errors.map((packet) => [packet?.type, packet?.data.toString()])).toEqual([
      [ERROR, expect.stringContaining('ENOENT')],
      [ERROR, 'Docker Engine asked for something that is not a file'],
    ]);
  });

  test('reads what is asked for: each value, also one that is not ASCII', async () => {
    const requests: ContextRequest[] = [];
    const client = await openSession(async (request) => {
      requests.push(request);
      return [];
    });
    await new Receiver(client, {
      'exclude-patterns': ['a, b', '!c'],
      followpaths: ['%C3%BCber+all', 'a%2Bb'],
      'followpaths-encoded': '1',
    }).list();
    expect(requests).toEqual([
      { exclude: ['a, b', '!c'], include: [], follow: ['über all', 'a+b'] },
    ]);
  });
});
