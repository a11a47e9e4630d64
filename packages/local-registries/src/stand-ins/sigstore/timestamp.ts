import type { TSA } from '@sigstore/mock/dist/timestamp/index.js';
import { bytesOf } from '../../sigstore-trust/pem.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';

type TimestampRequest = Parameters<TSA['timestamp']>[0];

/** The policy of Sigstore's authority (`1.3.6.1.4.1.57264.2` in Fulcio's `docs/oid-info.md`). */
const POLICY = '1.3.6.1.4.1.57264.2';

const ALGORITHMS: Readonly<Record<string, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** The library has no other way to make a timestamp without a nonce of the client. */
const DEFAULT_NONCE = 1_234_567_890;

/** Sigstore's timestamp authority: a request in its own JSON, or in DER (RFC 3161). */
export interface TimestampAuthority {
  /** Its certificates: the one that signs, then the root. */
  readonly chain: readonly Buffer[];
  /** How many timestamps it has given. */
  readonly given: number;
  timestamp(type: string | undefined, body: Buffer): Promise<ServiceAnswer>;
}

/** `initialize` makes the library's authority, whose time is that of the clock. */
export async function createTimestampAuthority(
  initialize: (clock: Date) => Promise<TSA>,
): Promise<TimestampAuthority> {
  const clock = new Date();
  const tsa = await initialize(clock);
  let given = 0;
  return {
    chain: [bytesOf(tsa.intCertificate), bytesOf(tsa.rootCertificate)],
    get given() {
      return given;
    },
    async timestamp(type, body) {
      const isDer = type === 'application/timestamp-query';
      const request = await (isDer ? requestOfDer : requestOfJson)(body);
      // Whole seconds: DER drops the zeros at a fraction's end, and sigstore-js reads three digits or none.
      clock.setTime(Math.floor(Date.now() / 1000) * 1000);
      const timestamp = bytesOf(await tsa.timestamp(request));
      given += 1;
      return {
        status: 200,
        body: timestamp,
        headers: { 'content-type': 'application/timestamp-reply' },
      };
    },
  };
}

/** The authority says no more than that. */
function refusal(reason: string): Refusal {
  return new Refusal(400, 'Error generating timestamp response', reason);
}

interface JsonRequest {
  readonly artifactHash: string;
  readonly hashAlgorithm?: string;
  readonly nonce?: number;
  readonly certificates?: boolean;
}

function parseJson(body: Buffer): JsonRequest {
  try {
    return JSON.parse(body.toString()) as JsonRequest;
  } catch (error) {
    throw refusal(String(error));
  }
}

async function requestOfJson(body: Buffer): Promise<TimestampRequest> {
  const json = parseJson(body);
  const hashAlgorithmOID = ALGORITHMS[json.hashAlgorithm?.toLowerCase() ?? ''];
  if (hashAlgorithmOID === undefined) throw refusal('an unknown hash algorithm');
  return {
    artifactHash: Buffer.from(json.artifactHash, 'base64'),
    hashAlgorithmOID,
    nonce: json.nonce ?? DEFAULT_NONCE,
    policyOID: POLICY,
    certReq: json.certificates ?? false,
  };
}

async function requestOfDer(body: Buffer): Promise<TimestampRequest> {
  const { TimeStampReq } = await import('pkijs');
  const { messageImprint, certReq } = TimeStampReq.fromBER(Uint8Array.from(body));
  return {
    artifactHash: Buffer.from(messageImprint.hashedMessage.valueBlock.valueHexView),
    hashAlgorithmOID: messageImprint.hashAlgorithm.algorithmId,
    nonce: DEFAULT_NONCE,
    policyOID: POLICY,
    certReq: certReq ?? false,
  };
}
