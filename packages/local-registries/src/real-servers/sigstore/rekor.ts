import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustedServices } from '../../sigstore-trust/trusted-root.ts';
import { freePort } from '../free-port.ts';
import { type ServiceStart, startService } from './service.ts';

/** Starts Rekor v2 (rekor-tiles) on files, with a key of the kind that the public log has. */
export async function startRekor(start: ServiceStart): Promise<TrustedServices['transparencyLog']> {
  const { directory } = start.state;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const [key, tiles] = [join(directory, 'rekor.pem'), join(directory, 'rekor')];
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await mkdir(tiles);
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  // The log's name: clients expect the host of its address, without the port.
  const origin = '127.0.0.1';
  const options = {
    'http-address': '127.0.0.1',
    'http-port': port,
    'http-metrics-port': metrics,
    'grpc-address': '127.0.0.1',
    'grpc-port': grpc,
    hostname: origin,
    'storage-dir': tiles,
    'signer-filepath': key,
    'persistent-antispam': true,
    // It answers only when the entry is in a checkpoint: by default there is one every ten seconds.
    'checkpoint-interval': '100ms',
    'batch-max-age': '50ms',
  };
  const listening = /starting HTTP proxy/;
  const url = await startService(start, { command: 'serve', options, listening, port });
  return { url, trust: publicKey, version: 2, origin };
}
