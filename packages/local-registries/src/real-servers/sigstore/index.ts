import { X509Certificate } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Running, running } from '../../running.ts';
import { describeSigstore, type SigstoreAddresses } from '../../sigstore-trust/trust-files.ts';
import type { Child } from '../child-server.ts';
import { freePort } from '../free-port.ts';
import { type RealServerOptions, startReal } from '../open.ts';
import { startCertificateLog } from './certificate-log.ts';
import { startFulcio } from './fulcio.ts';
import { startRekor } from './rekor.ts';
import { startTimestampAuthority } from './timestamp-authority.ts';

export interface RealSigstoreOptions extends RealServerOptions {
  /**
   * Whose tokens Fulcio takes: `startIdentityIssuer({ issuer: 'own' })`, for Fulcio reads the keys from the
   * address that a token names.
   */
  readonly issuer: { readonly issuer: string };
}

/** Sigstore's own services. `url` is Fulcio's. */
export interface RunningRealSigstore extends Running, SigstoreAddresses {}

/**
 * Starts the real services of Sigstore: Fulcio, TesseraCT as its certificate log, Rekor v2 and the timestamp
 * authority, with keys of their own and in temporary files. Fulcio has the public instance's own rules for
 * tokens of GitHub Actions. All of them listen on loopback alone, except for the metrics of Fulcio and of the
 * timestamp authority, which have no option for it. One runs at a time on a machine; others wait.
 */
export async function startRealSigstore(
  options: RealSigstoreOptions,
): Promise<RunningRealSigstore> {
  const { directory, issuer } = options;
  return startReal('sigstore', directory, async (state, [fulcioProgram = '']) => {
    const children: Child[] = [];
    const stop = async (): Promise<void> => {
      // In reverse: the timestamp authority ends before it gives up its turn.
      for (const child of children.toReversed()) await child.stop();
      await state.dispose();
    };
    const program = (name: string): string => join(dirname(fulcioProgram), name);
    const start = { state, children };
    try {
      const logPort = await freePort();
      const fulcio = await startFulcio({
        ...start,
        program: fulcioProgram,
        settings: program('github-workflow.json'),
        issuer: issuer.issuer,
        certificateLog: `http://127.0.0.1:${logPort}`,
      });
      const certificateLog = await startCertificateLog({
        ...start,
        program: program('tesseract'),
        port: logPort,
        roots: fulcio.chain,
      });
      const transparencyLog = await startRekor({ ...start, program: program('rekor-server') });
      const timestampAuthority = await startTimestampAuthority({
        ...start,
        program: program('timestamp-server'),
      });
      const services = {
        start: new Date(Date.now() - 60_000),
        certificateAuthority: { url: fulcio.url, trust: fulcio.chain.map(derOf) },
        certificateLog,
        transparencyLog,
        timestampAuthority: {
          url: timestampAuthority.url,
          trust: timestampAuthority.chain.map(derOf),
        },
      };
      const addresses = await describeSigstore(state.directory, services, issuer.issuer);
      return Object.assign(running(fulcio.url, state.logFile, stop), addresses);
    } catch (error) {
      await stop();
      throw error;
    }
  });
}

function derOf(pem: string): Buffer {
  return new X509Certificate(pem).raw;
}
