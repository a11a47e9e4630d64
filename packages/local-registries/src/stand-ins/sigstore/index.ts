import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { listen, type Running } from '../../running.ts';
import { openStateFolder } from '../../state-folder.ts';
import { createFulcio, type Fulcio, type IssuedCertificate, type TrustedIssuer } from './fulcio.ts';
import { bytesOf } from './pem.ts';
import { createRekor, type LoggedEntry, type Rekor } from './rekor.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';
import { createTimestampAuthority, type TimestampAuthority } from './timestamp.ts';
import { signingConfig, trustedRoot } from './trusted-root.ts';

export interface SigstoreOptions {
  /** Whose tokens Fulcio takes: `startIdentityIssuer()`. */
  readonly issuer: TrustedIssuer;
  /** Rekor's `max_request_body_size`, in bytes; the public one has a limit that is not documented. Default: none. */
  readonly maxLogRequest?: number;
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

export interface RunningSigstore extends Running {
  /** The addresses that clients are given. One server has all three. */
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  readonly tsaUrl: string;
  /** All of it, as a release definition's option `sigstore`. */
  readonly option: {
    readonly fulcio: string;
    readonly rekor: string;
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
  /** Each certificate that was issued, with the claims of its token. */
  certificates(): readonly IssuedCertificate[];
  /** Each entry that was written to the transparency log. */
  entries(): readonly LoggedEntry[];
  /** How many timestamps were given. */
  timestamps(): number;
  /** Each request that was refused. */
  refused(): readonly RefusedRequest[];
}

interface Services {
  readonly maxLogRequest: number;
  readonly fulcio: Fulcio;
  readonly rekor: Rekor;
  readonly authority: TimestampAuthority;
}

/**
 * A stand-in for Sigstore's public services: Fulcio with its certificate log, Rekor v1 and the
 * timestamp authority. Certificates and timestamps are made by `@sigstore/mock`.
 *
 * As the real ones: Fulcio checks the token (signature, issuer, audience `sigstore`, times, GitHub's
 * claims) and that the client has the private key; certificates have the subject and the extensions
 * of a GitHub job. Rekor checks the signature of an envelope, keeps the canonical form, refuses what
 * it has, and proves inclusion in a Merkle tree with a signed checkpoint.
 *
 * Not as the real ones: P-256 alone; one certificate authority without an intermediate, and one
 * serial number; a timestamp's nonce is not the client's; no Rekor v2.
 */
export async function startSigstore(options: SigstoreOptions): Promise<RunningSigstore> {
  // Loaded here (as jose is), since few tests sign. The library's main file would replace Node.js's
  // HTTP client.
  const { initializeCA, initializeCTLog } = await import('@sigstore/mock/dist/fulcio/index.js');
  const { initializeTSA } = await import('@sigstore/mock/dist/timestamp/index.js');
  const [logKeys, entryKeys] = [createKeys(), createKeys()];
  const ca = await initializeCA(createKeys(), await initializeCTLog(logKeys));
  const services: Services = {
    maxLogRequest: options.maxLogRequest ?? Number.POSITIVE_INFINITY,
    fulcio: await createFulcio(ca, options.issuer),
    rekor: createRekor(entryKeys, '127.0.0.1'),
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
  const start = new Date(Date.now() - 60_000);
  const root = trustedRoot({
    url,
    start,
    certificateAuthority: bytesOf(ca.rootCertificate),
    certificateLog: logKeys.publicKey,
    transparencyLog: entryKeys.publicKey,
    timestampAuthority: services.authority.chain,
  });
  const config = signingConfig(url, options.issuer.issuer, start);
  const files = await writeTrust(state.directory, root, config).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return Object.assign(server, {
    fulcioUrl: url,
    rekorUrl: url,
    tsaUrl: url,
    option: { fulcio: url, rekor: url, timestamps: url, trustedRoot: root },
    trustedRoot: root,
    ...files,
    certificates: () => [...services.fulcio.issued],
    entries: () => [...services.rekor.entries],
    timestamps: () => services.authority.given,
    refused: () => refused,
  });
}

/** Where sigstore-python keeps what it has read of Sigstore's public update repository. */
const PYTHON_CACHE = 'sigstore-python/tuf/https%3A%2F%2Ftuf-repo-cdn.sigstore.dev';

async function writeTrust(
  directory: string,
  root: object,
  config: object,
): Promise<Pick<RunningSigstore, 'trustedRootFile' | 'signingConfigFile' | 'pythonEnvironment'>> {
  const folder = join(directory, PYTHON_CACHE);
  await mkdir(folder, { recursive: true });
  const write = async (name: string, content: object): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(content, undefined, 2));
    return file;
  };
  return {
    trustedRootFile: await write('trusted_root.json', root),
    signingConfigFile: await write('signing_config.v0.2.json', config),
    pythonEnvironment: { XDG_CACHE_HOME: directory },
  };
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
    send(response, { status, body: { code: status, message } });
  }
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
