import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, type Running } from '../../running.ts';
import { bytesOf } from '../../sigstore-trust/pem.ts';
import { describeSigstore, type SigstoreAddresses } from '../../sigstore-trust/trust-files.ts';
import type { TrustedServices } from '../../sigstore-trust/trusted-root.ts';
import { openStateFolder } from '../../state-folder.ts';
import { createFulcio, type Fulcio, type IssuedCertificate, type TrustedIssuer } from './fulcio.ts';
import { createRekor, type LoggedEntry, type Rekor } from './rekor.ts';
import { createRekorV2 } from './rekor-v2.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';
import { createTimestampAuthority, type TimestampAuthority } from './timestamp.ts';

export interface SigstoreOptions {
  /** Whose tokens Fulcio takes: `startIdentityIssuer()`. */
  readonly issuer: TrustedIssuer;
  /** Rekor's `max_request_body_size`, in bytes; the public one has a limit that is not documented. Default: none. */
  readonly maxLogRequest?: number;
  /** The version of the log, default 1. */
  readonly rekorVersion?: 1 | 2;
  readonly directory?: string;
}

/** A request that a service refused. */
export interface RefusedRequest {
  readonly path: string;
  readonly status: number;
  /** What the client was told. */
  readonly message: string;
  /** Why: of a token, what the client is not told. */
  readonly reason: string;
}

/** One server has all three services. */
export interface RunningSigstore extends Running, SigstoreAddresses {
  /** Each certificate that was issued, with the claims of its token. */
  certificates(): readonly IssuedCertificate[];
  /** Each entry that was written to the transparency log. */
  entries(): readonly LoggedEntry[];
  /** How many timestamps were given. */
  timestamps(): number;
  /** Each request that was refused. */
  refused(): readonly RefusedRequest[];
}

/** The log's name in its checkpoints. */
const HOST = '127.0.0.1';

interface Services {
  readonly maxLogRequest: number;
  readonly fulcio: Fulcio;
  readonly rekor: Rekor;
  readonly authority: TimestampAuthority;
}

/**
 * A stand-in for Sigstore's public services: Fulcio with its certificate log, Rekor v1 or v2, and
 * the timestamp authority. Certificates and timestamps are made by `@sigstore/mock`.
 *
 * As the real ones: Fulcio checks the token (signature, issuer, audience `sigstore`, times, GitHub's
 * claims) and that the client has the private key; certificates have the subject and the extensions
 * of a GitHub job. Rekor checks the signature of an envelope, keeps the canonical form, refuses what
 * it has, and proves inclusion in a Merkle tree with a signed checkpoint.
 *
 * Not as the real ones: P-256 alone; one certificate authority without an intermediate, and one
 * serial number; a timestamp's nonce is not the client's; Rekor v2 has no tiles to read.
 */
export async function startSigstore(options: SigstoreOptions): Promise<RunningSigstore> {
  // Loaded here (as jose is), since few tests sign. The library's main file would replace Node.js's
  // HTTP client.
  const { initializeCA, initializeCTLog } = await import('@sigstore/mock/dist/fulcio/index.js');
  const { initializeTSA } = await import('@sigstore/mock/dist/timestamp/index.js');
  const { issuer, rekorVersion = 1 } = options;
  const logKeys = createKeys();
  // As the public logs have: ECDSA the first, Ed25519 the second.
  const entryKeys = rekorVersion === 1 ? createKeys() : generateKeyPairSync('ed25519');
  const rekor = rekorVersion === 1 ? createRekor : createRekorV2;
  const ca = await initializeCA(createKeys(), await initializeCTLog(logKeys));
  const services: Services = {
    maxLogRequest: options.maxLogRequest ?? Number.POSITIVE_INFINITY,
    fulcio: await createFulcio(ca, issuer),
    rekor: rekor(entryKeys, HOST),
    authority: await createTimestampAuthority((clock) => initializeTSA(createKeys(), clock)),
  };
  const refused: RefusedRequest[] = [];
  const state = await openStateFolder('sigstore', options.directory);
  const server = await listen(state, async (request, response) => {
    await answer(services, request, response, (refusal) => {
      refused.push(refusal);
      state.log(`refused ${refusal.path}: ${refusal.message}`);
    });
  });
  const { url } = server;
  const trusted: TrustedServices = {
    start: new Date(Date.now() - 60_000),
    certificateAuthority: { url, trust: [bytesOf(ca.rootCertificate)] },
    certificateLog: { url, trust: logKeys.publicKey },
    transparencyLog: { url, trust: entryKeys.publicKey, version: rekorVersion, origin: HOST },
    timestampAuthority: { url, trust: services.authority.chain },
  };
  const addresses = await describeSigstore(state.directory, trusted, issuer.issuer).catch(
    async (error: unknown) => {
      await server.stop();
      throw error;
    },
  );
  return Object.assign(server, addresses, {
    certificates: () => [...services.fulcio.issued],
    entries: () => [...services.rekor.entries],
    timestamps: () => services.authority.given,
    refused: () => refused,
  });
}

function createKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

async function answer(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  report: (refused: RefusedRequest) => void,
): Promise<void> {
  const { pathname: path } = new URL(request.url ?? '/', 'http://127.0.0.1');
  try {
    send(response, await dispatch(services, request));
  } catch (error) {
    // Whatever these services cannot read is the client's mistake.
    const refusal =
      error instanceof Refusal ? error : new Refusal(400, 'Invalid request', String(error));
    const { status, message, reason } = refusal;
    report({ path, status, message, reason });
    send(response, refusalAnswer(path, status, message));
  }
}

/** The codes of gRPC, whose errors Fulcio and Rekor v2 put into their JSON. */
const GRPC: Readonly<Record<number, number>> = { 400: 3, 404: 5, 409: 6 };

function refusalAnswer(path: string, status: number, message: string): ServiceAnswer {
  const code = path.startsWith('/api/v2/') ? GRPC[status] : undefined;
  if (code !== undefined) return { status, body: { code, message, details: [] } };
  const isTimestamp = path === '/api/v1/timestamp';
  const headers = isTimestamp ? { 'content-type': 'application/timestamp-reply' } : {};
  return { status, body: { code: status, message }, headers };
}

async function dispatch(services: Services, request: IncomingMessage): Promise<ServiceAnswer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const { method = 'GET', headers } = request;
  const body = await buffer(request);
  switch (`${method} ${url.pathname}`) {
    case 'POST /api/v2/signingCert':
      return services.fulcio.createCertificate(request, body);
    case 'POST /api/v1/timestamp':
      return services.authority.timestamp(headers['content-type'], body);
    default:
      if (body.length > services.maxLogRequest) throw new Refusal(413, 'Request Entity Too Large');
      return services.rekor.answer(method, url, body);
  }
}

function send(response: ServerResponse, { status, body, headers }: ServiceAnswer): void {
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  response
    .writeHead(status, { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers })
    .end(isJson ? JSON.stringify(body) : body);
}
