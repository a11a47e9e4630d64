import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustedServices } from '../../sigstore-trust/trusted-root.ts';
import { type ServiceStart, startService } from './service.ts';

interface LogStart extends ServiceStart {
  /** The port at which Fulcio expects the log. */
  readonly port: number;
  /** The roots whose certificates it accepts, each as PEM. */
  readonly roots: readonly string[];
}

/** Starts TesseraCT on files: the log that each certificate is in before Fulcio gives it out. */
export async function startCertificateLog(
  start: LogStart,
): Promise<TrustedServices['certificateLog']> {
  const { port, roots, state } = start;
  const at = (name: string): string => join(state.directory, `certificate-log${name}`);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(at('.pem'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  await writeFile(at('-roots.pem'), `${roots.join('\n')}\n`);
  await mkdir(at(''));
  const options = {
    http_endpoint: `127.0.0.1:${port}`,
    origin: 'certificate-log.local',
    roots_pem_file: at('-roots.pem'),
    private_key: at('.pem'),
    storage_dir: at(''),
    // It answers only when the certificate is in a checkpoint.
    checkpoint_interval: '200ms',
    batch_max_age: '50ms',
  };
  const listening = /CT HTTP Server Starting/;
  return { url: await startService(start, { options, listening, port }), trust: publicKey };
}
