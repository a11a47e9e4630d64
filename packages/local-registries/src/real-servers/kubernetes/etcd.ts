import { join } from 'node:path';
import type { StateFolder } from '../../state-folder.ts';
import { type Child, startChild } from '../child-server.ts';
import { freePort } from '../free-port.ts';

/** etcd, of one member. */
interface RunningEtcd {
  readonly child: Child;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
}

/** Starts etcd, the database of a Kubernetes API server, on loopback. Anybody there may write to it. */
export async function startEtcd(state: StateFolder, program: string): Promise<RunningEtcd> {
  const [client, peer] = [await freePort(), await freePort()].map(
    (port) => `http://127.0.0.1:${port}`,
  );
  const options = {
    'data-dir': join(state.directory, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    // A crash of the machine may cost the database of a test.
    'unsafe-no-fsync': true,
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const listening = /ready to serve client requests/;
  const child = await startChild(state, { command: [program, ...args], listening });
  return { child, url: client ?? '' };
}
