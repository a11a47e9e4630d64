import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Child } from '../child-server.ts';
import { freePort } from '../free-port.ts';
import type { StartedAuthority } from './fulcio.ts';
import { certificatesIn, type ServiceStart, startService } from './service.ts';

/**
 * The authority has its metrics on port 2112, whatever its options say, and ends if that port is taken. So only one can
 * run on a machine: that of the process which listens on this port.
 */
const TURN_PORT = 2113;

/** Starts the timestamp authority with a key in memory. It does not compare its clock with time servers. */
export async function startTimestampAuthority(start: ServiceStart): Promise<StartedAuthority> {
  start.children.push(await takeTurn());
  const port = await freePort();
  const options = {
    host: '127.0.0.1',
    port,
    'timestamp-signer': 'memory',
    'disable-ntp-monitoring': true,
  };
  const listening = /Serving timestamp server at http/i;
  const url = await startService(start, { command: 'serve', options, listening, port });
  const answer = await fetch(`${url}/api/v1/timestamp/certchain`);
  return { url, chain: certificatesIn(await answer.text()) };
}

/** Waits until no other process has the turn, and takes it. */
async function takeTurn(): Promise<Child> {
  for (;;) {
    const server = createServer().listen(TURN_PORT, '127.0.0.1');
    const isOurs = await once(server, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return false;
        throw error;
      },
    );
    if (isOurs) return { port: `${TURN_PORT}`, stop: async () => void server.close() };
    await setTimeout(100);
  }
}
