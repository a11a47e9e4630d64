import { freePort } from '../free-port.ts';
import type { StartedFulcio } from './fulcio.ts';
import { certificatesIn, type ServiceStart, startService } from './service.ts';

/** Starts the timestamp authority with a key in memory, and without comparing its clock with others. */
export async function startTimestampAuthority(start: ServiceStart): Promise<StartedFulcio> {
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
