import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { StateFolder } from '../../state-folder.ts';
import { type Child, startChild } from '../child-server.ts';

/** What one of the services is started with. */
export interface ServiceStart {
  readonly state: StateFolder;
  /** Receives the started program, which the caller stops. */
  readonly children: Child[];
  readonly program: string;
}

interface Arguments {
  readonly command?: 'serve';
  /** Become `--name=value`. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** What it prints shortly before it listens. */
  readonly listening: RegExp;
  readonly port: number;
}

/** Starts one of the services. Resolves to its address, when it takes connections there. */
export async function startService(
  { children, program, state }: ServiceStart,
  { command, listening, options, port }: Arguments,
): Promise<string> {
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const argv = [program, ...(command === undefined ? [] : [command]), ...args];
  children.push(await startChild(state, { command: argv, listening }));
  await connectable(port);
  return `http://127.0.0.1:${port}`;
}

/** Waits until somebody listens on a port of 127.0.0.1, for ten seconds. */
async function connectable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await setTimeout(20);
  }
  throw new Error(`nobody listens on port ${port}`);
}

/** Returns the certificates in a text, each as PEM. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
