import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, ok, type Problem, type Sigstore } from '@ameide/versioning-core';
import { processProblem } from '../problem/process-problem.ts';
import type { Processes, ProcessResult } from '../process/processes.ts';
import type { Secret } from '../secret/secret.ts';
import { credentialsOf } from './key-reference.ts';
import { sigstoreProblem } from './problems.ts';
import type { StatementSigner } from './signer.ts';

/** A key that the `cosign` program signs with. */
export interface SigningKey {
  /** A file, or what cosign accepts besides: `env://COSIGN_PRIVATE_KEY`, `awskms://…`, `gcpkms://…`. */
  readonly reference: string;
  /** The password of a key in a file or a variable. Absent for a KMS. */
  readonly password?: Secret | undefined;
  /** The key's other half, in PEM: signatures are verified with it. */
  readonly publicKey: string;
  /** False: signatures are not put into the transparency log, and are accepted without it. */
  readonly isLogged: boolean;
}

interface CosignPorts {
  readonly processes: Processes;
  /** Has the variables of the key, or of the KMS's login. */
  readonly env: NodeJS.ProcessEnv;
  /** An absolute folder for files without secrets. */
  readonly folder: string;
}

/**
 * Checks that cosign is installed, that it can read the key, and that `publicKey` is the key's other half. Signs
 * nothing.
 */
export async function checkKey(
  key: SigningKey,
  ports: CosignPorts,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const result = await cosign(['public-key', '--key', key.reference], key, ports, signal);
  if (!result.ok) return unreadableKey(key, result);
  if (isSameKey(result.stdoutText, key.publicKey)) return undefined;
  return sigstoreProblem(
    'key-mismatch',
    `The signing key ${key.reference} does not belong to sign.publicKey in the release definition: nobody who verifies with that would accept its signatures.`,
    {
      kind: 'policy',
      hint: `If the key is the right one, set sign.publicKey to what "cosign public-key --key ${key.reference}" prints; if the public key is, correct sign.key or what it names.`,
    },
  );
}

/**
 * Signs with a key through the `cosign` program, which gets the statement and no token of a registry.
 * Cosign logs the signature in the transparency log of `sigstore`, unless the key says otherwise.
 */
export function keySigner(
  key: SigningKey,
  sigstore: Sigstore,
  ports: CosignPorts,
): StatementSigner {
  return {
    async sign(statement, signal) {
      // Several statements may be signed at once.
      const folder = await mkdtemp(join(ports.folder, 'cosign-'));
      const [config, input, output] = ['config', 'statement', 'bundle'].map((name) =>
        join(folder, `${name}.json`),
      ) as [string, string, string];
      await writeFile(config, JSON.stringify(signingConfig(key, sigstore)));
      await writeFile(input, JSON.stringify(statement));
      const argv = ['attest-blob', '--key', key.reference, '--statement', input];
      const written = ['--bundle', output, '--signing-config', config, '--yes'];
      const result = await cosign([...argv, ...written], key, ports, signal);
      return result.ok
        ? ok(await readFile(output))
        : failed(cosignProblem(`sign with the key ${key.reference}`, key.reference, result));
    },
  };
}

async function cosign(
  argv: readonly string[],
  { password, reference }: SigningKey,
  { env, folder, processes }: CosignPorts,
  signal: AbortSignal,
): Promise<ProcessResult> {
  return processes.run({
    argv: ['cosign', ...argv],
    cwd: folder,
    env: {
      ...credentialsOf(reference, env),
      // Without this variable cosign asks for a password, and waits.
      COSIGN_PASSWORD: password ?? '',
      TUF_ROOT: join(folder, 'tuf'),
    },
    trust: 'all',
    timeoutMs: 120_000,
    signal,
  });
}

/** A KMS may be unreachable for a moment; a file or a variable is wrong until somebody corrects it. */
function unreadableKey({ reference }: SigningKey, result: ProcessResult): Problem {
  const found = cosignProblem(`read the signing key ${reference}`, reference, result);
  const isLocal = reference.startsWith('/') || reference.startsWith('env://');
  if (isLocal && result.failure === 'exit') return { ...found, kind: 'policy' };
  if (!result.summary.includes('unrecognized scheme')) return found;
  const [scheme = ''] = reference.split('://');
  return {
    ...found,
    kind: 'policy',
    hint: `This cosign was built without ${scheme}: Debian's knows no KMS. Install the one that the Sigstore project releases.`,
  };
}

function cosignProblem(what: string, reference: string, result: ProcessResult): Problem {
  const hint =
    result.failure === 'not-found'
      ? 'Install cosign, version 3, or put its folder on PATH.'
      : `Check sign.key in the release definition, and the key's password (COSIGN_PASSWORD, or sign.password): "cosign public-key --key ${reference}" must work on this machine, with cosign 3.`;
  return processProblem({ code: 'sigstore-cosign', kind: 'incomplete', what, result, hint });
}

/** sigstore/protobuf-specs, `SigningConfig`, version 0.2. */
function signingConfig(
  { isLogged }: SigningKey,
  { rekor, rekorVersion = 1, timestamps }: Sigstore,
): object {
  const service = (url: string, majorApiVersion: number): object => ({
    url,
    majorApiVersion,
    validFor: { start: '2020-01-01T00:00:00Z' },
    operator: new URL(url).host,
  });
  const empty = {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    rekorTlogConfig: {},
    tsaConfig: {},
  };
  if (!isLogged) return empty;
  return {
    ...empty,
    rekorTlogUrls: [service(rekor, rekorVersion)],
    rekorTlogConfig: { selector: 'ANY' },
    ...(timestamps === undefined
      ? {}
      : {
          tsaUrls: [service(`${timestamps}/api/v1/timestamp`, 1)],
          tsaConfig: { selector: 'ANY' },
        }),
  };
}

function isSameKey(a: string, b: string): boolean {
  const body = (pem: string): string => pem.replace(/-----[^-]+-----|\s/g, '');
  return body(a) === body(b);
}
