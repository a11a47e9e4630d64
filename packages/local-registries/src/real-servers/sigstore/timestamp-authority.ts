import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Child } from '../child-server.ts';
import { freePort } from '../free-port.ts';
import type { StartedFulcio } from './fulcio.ts';
import { certificatesIn, type ServiceStart, startService } from './service.ts';

/**
 * Its metrics are on port 2112, whatever it is told, and without that port it ends. So there is one at a time on a
 * machine: whoever listens on the next port has the turn.
 */
const TURN = 2113;

/** Starts the timestamp authority with a key in memory, and without comparing its clock with others. */
export async function startTimestampAuthority(start: ServiceStart): Promise<StartedFulcio> {
  start.children.push(await turn());
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

/** Waits for as long as another process has the turn. */
async function turn(): Promise<Child> {
  for (;;) {
    const server = createServer().listen(TURN, '127.0.0.1');
    const isOurs = await once(server, 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return false;
        throw error;
      },
    );
    if (isOurs) return { port: `${TURN}`, stop: async () => void server.close() };
    await setTimeout(100);
  }
}
