import { type KeyPairKeyObjectResult, sign as signBytes, X509Certificate } from 'node:crypto';
import { logId } from '../../sigstore-trust/trusted-root.ts';
import { canonicalJson } from './canonical-json.ts';
import { checkpointOf, foreignLeaves } from './checkpoint.ts';
import { inclusionPath, leafHash, rootHash } from './merkle-tree.ts';
import type { LoggedEntry, Rekor } from './rekor.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';

interface HashedRekordRequest {
  readonly digest: string;
  readonly signature: {
    readonly content: string;
    readonly verifier: {
      readonly keyDetails: string;
      readonly x509Certificate?: { readonly rawBytes: string };
      readonly publicKey?: { readonly rawBytes: string };
    };
  };
}

/**
 * The HTTP interface of Rekor v2 (rekor-tiles) for writing: `POST /api/v2/log/entries` with a `hashedrekord`. A log
 * in memory, whose origin is `host`. Unlike Rekor it does not check the signature, since Node.js verifies no ECDSA
 * signature of a hash alone.
 */
export function createRekorV2(keys: KeyPairKeyObjectResult, host: string): Rekor {
  const log = new MemoryLog(keys, host);
  return { entries: log.stored, answer: log.answer.bind(log) };
}

class MemoryLog {
  readonly stored: LoggedEntry[] = [];
  readonly #leaves = foreignLeaves();
  readonly #keys: KeyPairKeyObjectResult;
  readonly #logId: Buffer;
  readonly #host: string;

  constructor(keys: KeyPairKeyObjectResult, host: string) {
    this.#keys = keys;
    this.#host = host;
    this.#logId = logId(keys.publicKey, host);
  }

  answer(method: string, { pathname }: URL, body: Buffer): ServiceAnswer {
    if (`${method} ${pathname}` !== 'POST /api/v2/log/entries') throw new Refusal(404, 'Not Found');
    const { hashedRekordRequestV002: request } = JSON.parse(body.toString()) as {
      readonly hashedRekordRequestV002?: HashedRekordRequest;
    };
    if (request === undefined) throw new Refusal(400, 'invalid type, must be hashedrekord');
    return this.#create(hashedRekord(request));
  }

  #create(entry: LoggedEntry['body']): ServiceAnswer {
    const bytes = Buffer.from(canonicalJson(entry));
    const leaf = leafHash(bytes);
    const known = this.#leaves.findIndex((one) => one.equals(leaf));
    if (known !== -1) {
      const message = `an equivalent entry already exists in the transparency log with index ${known}`;
      throw new Refusal(409, message);
    }
    const logIndex = this.#leaves.length;
    this.#leaves.push(leaf);
    this.stored.push({ uuid: leaf.toString('hex'), logIndex, integratedTime: 0, body: entry });
    return {
      status: 201,
      body: {
        logIndex: `${logIndex}`,
        logId: { keyId: this.#logId.toString('base64') },
        kindVersion: { kind: entry.kind, version: entry.apiVersion },
        integratedTime: '0',
        inclusionPromise: null,
        inclusionProof: this.#proof(logIndex),
        canonicalizedBody: bytes.toString('base64'),
      },
    };
  }

  #proof(index: number): object {
    return {
      logIndex: `${index}`,
      rootHash: rootHash(this.#leaves).toString('base64'),
      treeSize: `${this.#leaves.length}`,
      hashes: inclusionPath(index, this.#leaves).map((hash) => hash.toString('base64')),
      checkpoint: { envelope: this.#checkpoint() },
    };
  }

  #checkpoint(): string {
    const name = this.#host;
    const sign = (text: string): Buffer =>
      signBytes(null, Buffer.from(text), this.#keys.privateKey);
    return checkpointOf({ leaves: this.#leaves, logId: this.#logId, name, origin: name, sign });
  }
}

/** The entry as the log keeps it (rekor-tiles, `HashedRekordLogEntryV002`). */
function hashedRekord({ digest, signature }: HashedRekordRequest): LoggedEntry['body'] {
  const { keyDetails, publicKey, x509Certificate } = signature.verifier;
  if (Buffer.from(digest, 'base64').length !== 32 || keyDetails !== 'PKIX_ECDSA_P256_SHA_256')
    throw new Refusal(400, 'invalid hashedrekord request');
  if (x509Certificate !== undefined && !isCertificate(x509Certificate.rawBytes))
    throw new Refusal(400, 'invalid hashedrekord request');
  const verifier = x509Certificate === undefined ? { publicKey } : { x509Certificate };
  return {
    kind: 'hashedrekord',
    apiVersion: '0.0.2',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest },
        signature: { content: signature.content, verifier: { keyDetails, ...verifier } },
      },
    },
  };
}

function isCertificate(base64: string): boolean {
  try {
    return !new X509Certificate(Buffer.from(base64, 'base64')).ca;
  } catch {
    return false;
  }
}
