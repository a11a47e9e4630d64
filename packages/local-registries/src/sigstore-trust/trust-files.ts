import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signingConfig, type TrustedServices, trustedRoot } from './trusted-root.ts';

/** What clients need to know about the services of one Sigstore. */
export interface SigstoreAddresses {
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  readonly tsaUrl: string;
  /** All of it, as a release definition's option `sigstore`. */
  readonly option: {
    readonly fulcio: string;
    readonly rekor: string;
    readonly rekorVersion: 1 | 2;
    readonly timestamps: string;
    readonly trustedRoot: object;
  };
  /** The services' TrustedRoot, as protobuf JSON. */
  readonly trustedRoot: object;
  /** A file that has it, for `cosign --trusted-root`. */
  readonly trustedRootFile: string;
  /** A file with the addresses, for `cosign --signing-config`. */
  readonly signingConfigFile: string;
  /** With it, sigstore-python and `pypi-attestations --offline` trust these services alone. */
  readonly pythonEnvironment: { readonly XDG_CACHE_HOME: string };
}

/** Where sigstore-python keeps what it has read of Sigstore's public update repository. */
const PYTHON_CACHE = 'sigstore-python/tuf/https%3A%2F%2Ftuf-repo-cdn.sigstore.dev';

/** Writes the files into `directory`. Fulcio accepts the tokens of `issuer`. */
export async function describeSigstore(
  directory: string,
  services: TrustedServices,
  issuer: string,
): Promise<SigstoreAddresses> {
  const folder = join(directory, PYTHON_CACHE);
  await mkdir(folder, { recursive: true });
  const write = async (name: string, content: object): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(content, undefined, 2));
    return file;
  };
  const root = trustedRoot(services);
  const [fulcio, rekor, timestamps] = [
    services.certificateAuthority.url,
    services.transparencyLog.url,
    services.timestampAuthority.url,
  ];
  const { version: rekorVersion } = services.transparencyLog;
  return {
    fulcioUrl: fulcio,
    rekorUrl: rekor,
    tsaUrl: timestamps,
    option: { fulcio, rekor, rekorVersion, timestamps, trustedRoot: root },
    trustedRoot: root,
    trustedRootFile: await write('trusted_root.json', root),
    signingConfigFile: await write('signing_config.v0.2.json', signingConfig(services, issuer)),
    pythonEnvironment: { XDG_CACHE_HOME: directory },
  };
}
