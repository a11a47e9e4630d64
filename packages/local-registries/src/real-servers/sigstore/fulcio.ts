import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { certificatesIn, type ServiceStart, startService } from './service.ts';

interface FulcioStart extends ServiceStart {
  /** A JSON file: how the public Fulcio makes certificates of GitHub Actions' tokens. */
  readonly settings: string;
  /** The issuer whose tokens it accepts, in place of GitHub. */
  readonly issuer: string;
  readonly certificateLog: string;
}

/** A service that issues certificates, or signs with one: Fulcio, or the timestamp authority. */
export interface StartedAuthority {
  readonly url: string;
  /** Its certificates as PEM, the root last. */
  readonly chain: readonly string[];
}

const PROVIDER = 'github-workflow';

/** Starts Fulcio with a certificate authority that lives as long as it does. */
export async function startFulcio(start: FulcioStart): Promise<StartedAuthority> {
  const { certificateLog, issuer, settings, state } = start;
  const file = join(state.directory, 'fulcio.yaml');
  const trusted = {
    'issuer-url': issuer,
    'client-id': 'sigstore',
    type: 'ci-provider',
    'ci-provider': PROVIDER,
  };
  const rules: unknown = JSON.parse(await readFile(settings, 'utf8'));
  const config = {
    'oidc-issuers': { [issuer]: trusted },
    'ci-issuer-metadata': { [PROVIDER]: rules },
  };
  // JSON is YAML; where the whole file is JSON, Fulcio expects other names.
  await writeFile(file, `# YAML\n${JSON.stringify(config)}\n`);
  const [port, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const options = {
    ca: 'ephemeralca',
    'config-path': file,
    'ct-log-url': certificateLog,
    host: '127.0.0.1',
    port,
    'grpc-host': '127.0.0.1',
    'grpc-port': grpc,
    'metrics-port': metrics,
    'legacy-unix-domain-socket': join(state.directory, 'fulcio.sock'),
    log_type: 'prod',
  };
  const listening = /listening on http at/;
  const url = await startService(start, { command: 'serve', options, listening, port });
  const answer = await fetch(`${url}/api/v2/trustBundle`);
  const { chains } = (await answer.json()) as {
    readonly chains: readonly { readonly certificates: readonly string[] }[];
  };
  return { url, chain: chains.flatMap(({ certificates }) => certificates.flatMap(certificatesIn)) };
}
