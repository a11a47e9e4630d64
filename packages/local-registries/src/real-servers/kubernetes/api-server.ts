import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateFolder } from '../../state-folder.ts';
import { type Child, startChild } from '../child-server.ts';
import { freePort } from '../free-port.ts';

interface ApiServerStart {
  readonly state: StateFolder;
  readonly program: string;
  readonly etcdUrl: string;
  /** The bearer token of the one user, who may do everything. */
  readonly token: string;
}

interface RunningApiServer {
  readonly child: Child;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** The certificates that lead to the server's, as PEM. */
  readonly ca: string;
}

/** Starts kube-apiserver on loopback, with a certificate that it makes itself. */
export async function startApiServer(start: ApiServerStart): Promise<RunningApiServer> {
  const { state, program } = start;
  const at = (name: string): string => join(state.directory, name);
  const port = await freePort();
  await mkdir(at('certificates'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(at('service-account.pem'), key, { mode: 0o600 });
  await writeFile(at('tokens.csv'), `${start.token},test,test,system:masters\n`, { mode: 0o600 });
  const options = {
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'cert-dir': at('certificates'),
    'etcd-servers': start.etcdUrl,
    // Otherwise it looks for an address by which nodes could reach it.
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'service-cluster-ip-range': '10.0.0.0/24',
    'anonymous-auth': false,
    'token-auth-file': at('tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-signing-key-file': at('service-account.pem'),
    'service-account-key-file': at('service-account.pem'),
    // It refuses pods until a controller, which does not run, has made an account for their namespace.
    'disable-admission-plugins': 'ServiceAccount',
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const listening = /Serving securely on 127\.0\.0\.1:(\d+)/;
  const child = await startChild(state, { command: [program, ...args], listening });
  const ca = await readFile(join(at('certificates'), 'apiserver.crt'), 'utf8');
  return { child, url: `https://127.0.0.1:${port}`, ca };
}
