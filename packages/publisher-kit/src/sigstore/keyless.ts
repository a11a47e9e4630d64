import { sign as signBytes } from 'node:crypto';
import { failed, ok, type Result, type Sigstore } from '@ameide/versioning-core';
import { bundleToJSON } from '@sigstore/bundle';
import {
  DSSEBundleBuilder,
  InternalError,
  type Signature,
  TSAWitness,
  type Witness,
} from '@sigstore/sign';
import type { Http } from '../http/http.ts';
import type { Secret } from '../secret/secret.ts';
import { type Certified, certify } from './fulcio.ts';
import { logWitness } from './log-witness.ts';
import { sigstoreProblem } from './problems.ts';
import type { StatementSigner } from './signer.ts';
import { STATEMENT_TYPE, type Statement } from './statement.ts';

/** Where identity tokens come from: the CI system. */
export interface IdentitySource {
  token(audience: string, signal: AbortSignal): Promise<Result<Secret>>;
}

/** The audience that Fulcio expects in an identity token. */
export const SIGSTORE_AUDIENCE = 'sigstore';

/** Three attempts to get a timestamp, each of ten seconds at most. */
const TIMESTAMP = { retry: { retries: 2 }, timeout: 10_000 };

/**
 * Signs with a key that lives for one signature, certified by Fulcio for the identity of the CI job,
 * and logged by Rekor. Each signature uses an identity token of its own.
 */
export function keylessSigner(
  sigstore: Sigstore,
  { http, identity }: { readonly http: Http; readonly identity: IdentitySource },
): StatementSigner {
  return {
    async sign(statement, signal) {
      const token = await identity.token(SIGSTORE_AUDIENCE, signal);
      if (token.value === undefined) return token;
      const certified = await certify(http, sigstore.fulcio, token.value, signal);
      if (certified.value === undefined) return certified;
      signal.throwIfAborted();
      return bundleOf(statement, certified.value, sigstore, signal);
    },
  };
}

async function bundleOf(
  statement: Statement,
  certified: Certified,
  sigstore: Sigstore,
  signal: AbortSignal,
): Promise<Result<Uint8Array>> {
  const builder = new DSSEBundleBuilder({
    signer: { sign: async (data) => signWith(certified, data) },
    witnesses: witnessesOf(sigstore),
  });
  try {
    const data = Buffer.from(JSON.stringify(statement));
    const bundle = await orAborted(builder.create({ data, type: STATEMENT_TYPE }), signal);
    return ok(Buffer.from(JSON.stringify(bundleToJSON(bundle))));
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    return failed(witnessProblem(error, sigstore));
  }
}

/** The library cannot be stopped: what it still receives is dropped. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function signWith({ certificate, privateKey }: Certified, data: Buffer): Signature {
  const signature = signBytes('sha256', data, privateKey);
  return { signature, key: { $case: 'x509Certificate', certificate } };
}

function witnessesOf(sigstore: Sigstore): Witness[] {
  const log = logWitness(sigstore);
  const { timestamps } = sigstore;
  if (timestamps === undefined) return [log];
  return [log, new TSAWitness({ tsaBaseURL: timestamps, ...TIMESTAMP })];
}

function witnessProblem(
  error: InternalError,
  { rekor, timestamps }: Sigstore,
): ReturnType<typeof sigstoreProblem> {
  const isTimestamp = error.code === 'TSA_CREATE_TIMESTAMP_ERROR';
  const what = isTimestamp ? `get a timestamp from ${timestamps}` : `log the signature at ${rekor}`;
  const reason = error.cause instanceof Error ? error.cause.message : error.message;
  const code = isTimestamp ? 'timestamp-failed' : 'log-failed';
  return sigstoreProblem(code, `Could not ${what}: ${reason}.`, {
    hint: 'Run the same command again: an entry that is logged already does no harm.',
    reason,
    cause: error,
  });
}
