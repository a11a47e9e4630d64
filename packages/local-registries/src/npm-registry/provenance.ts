import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type AttestationStore, attestationStore } from './attestation-store.ts';
import type { RegistryKey } from './publish-attestation.ts';
import { REPLAYED, type Replayed, replay } from './replay.ts';
import type { ProvenVersion } from './verify-provenance.ts';

/** The Sigstore whose signatures count, and that logs what the registry attests: `startSigstore()`. */
export interface NpmProvenanceOptions {
  readonly trustedRoot: object;
  readonly rekorUrl: string;
}

export interface NpmProvenance {
  /** Handles publishing, reading of documents, attestations and keys; returns false for any other request. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

interface World {
  readonly options: NpmProvenanceOptions;
  readonly url: string;
  readonly mark: string;
  readonly store: AttestationStore;
  key(): Promise<RegistryKey>;
}

const ATTESTATIONS = '/-/npm/v1/attestations/';

/**
 * A stand-in for what npmjs does about provenance, in front of a registry that knows none (verdaccio refuses it): the
 * attachment `<name>-<version>.sigstore` of `npm publish --provenance` is verified, and kept with the version, beside an
 * attestation of the registry's own; documents name both as `dist.attestations`.
 */
export function createProvenance(
  options: NpmProvenanceOptions,
  url: string,
  directory: string,
): NpmProvenance {
  let key: Promise<RegistryKey> | undefined;
  const world: World = {
    options,
    url,
    mark: randomUUID(),
    store: attestationStore(directory),
    // Loaded late: few tests publish a provenance.
    key: async () =>
      (key ??= import('./publish-attestation.ts').then(({ createRegistryKey }) =>
        createRegistryKey(options.rekorUrl, url),
      )),
  };
  return {
    async handle(request, response) {
      const { headers, method, url: path = '/' } = request;
      if (headers[REPLAYED] === world.mark) return false;
      if (method === 'GET' && path.startsWith(ATTESTATIONS))
        return serveAttestations(world, path.slice(ATTESTATIONS.length), response);
      if (method === 'GET' && path === '/-/npm/v1/keys')
        return reply(response, 200, (await world.key()).keys());
      if (path.startsWith('/-/') || path.includes('/-/') || path.includes('/-rev/')) return false;
      if (method === 'GET') return serveDocument(world, request, response);
      return method === 'PUT' ? publish(world, request, response) : false;
    },
  };
}

async function serveAttestations(
  { store }: World,
  escaped: string,
  response: ServerResponse,
): Promise<true> {
  const attestations = await store.read(decodeURIComponent(escaped));
  return attestations === undefined
    ? reply(response, 404, { error: 'Not found' })
    : reply(response, 200, { attestations });
}

interface Document {
  readonly name?: string;
  readonly version?: string;
  readonly dist?: object;
  readonly versions?: Readonly<Record<string, Document>>;
}

/** Adds `dist.attestations` to the document of a package, or of one version. */
async function serveDocument(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<true> {
  const answer = await replay(world.url, request, world.mark);
  if (answer.status !== 200 || !answer.contentType.includes('json')) return relay(response, answer);
  const document = JSON.parse(answer.body.toString()) as Document;
  const origin = `http://${request.headers.host}`;
  const { versions = {} } = document;
  const read = Object.entries(versions).map(
    async ([version, one]) => [version, await withAttestations(world, one, origin)] as const,
  );
  const added = {
    ...(await withAttestations(world, document, origin)),
    ...(document.versions === undefined
      ? {}
      : { versions: Object.fromEntries(await Promise.all(read)) }),
  };
  return relay(response, { ...answer, body: Buffer.from(JSON.stringify(added)) });
}

async function withAttestations(
  { store }: World,
  document: Document,
  origin: string,
): Promise<Document> {
  const { dist, name, version } = document;
  if (dist === undefined) return document;
  const found = await store.read(`${name}@${version}`);
  if (found === undefined) return document;
  const attestations = {
    url: `${origin}${ATTESTATIONS}${name?.replace('/', '%2f')}@${version}`,
    provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
  };
  return { ...document, dist: { ...dist, attestations } };
}

interface PublishBody {
  readonly name?: string;
  readonly access?: unknown;
  readonly versions?: Readonly<Record<string, ProvenVersion['manifest']>>;
  readonly _attachments?: Readonly<Record<string, { readonly data?: string }>>;
}

async function publish(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<true> {
  const bytes = await buffer(request);
  const body = parse(bytes);
  const of = body === undefined ? undefined : provenVersion(body);
  if (of === undefined) return relay(response, await replay(world.url, request, world.mark, bytes));
  const { provenanceFault } = await import('./verify-provenance.ts');
  const fault = provenanceFault(of, world.options.trustedRoot);
  if (fault !== undefined)
    return reply(response, 422, {
      success: false,
      error: `Error verifying sigstore provenance bundle: ${fault}`,
    });
  const plain = Buffer.from(JSON.stringify(withoutBundles(body ?? {})));
  const answer = await replay(world.url, request, world.mark, plain);
  if (answer.status < 300) await keep(world, of);
  return relay(response, answer);
}

async function keep(world: World, of: ProvenVersion): Promise<void> {
  const { PUBLISH_ATTESTATION } = await import('./publish-attestation.ts');
  const own = await (await world.key()).attest(of);
  await world.store.write(`${of.name}@${of.version}`, [
    { predicateType: PUBLISH_ATTESTATION, bundle: own },
    { predicateType: 'https://slsa.dev/provenance/v1', bundle: JSON.parse(of.bundle) },
  ]);
}

function parse(bytes: Buffer): PublishBody | undefined {
  try {
    return JSON.parse(bytes.toString()) as PublishBody;
  } catch {
    return undefined;
  }
}

function provenVersion(body: PublishBody): ProvenVersion | undefined {
  const { _attachments: attachments = {}, access, name = '', versions = {} } = body;
  const [[version, manifest] = []] = Object.entries(versions);
  const bundle = attachments[`${name}-${version}.sigstore`]?.data;
  if (version === undefined || manifest === undefined || bundle === undefined) return undefined;
  const tarball = Buffer.from(attachments[`${name}-${version}.tgz`]?.data ?? '', 'base64');
  return { name, version, access, manifest, tarball, bundle };
}

function withoutBundles(body: PublishBody): PublishBody {
  const kept = Object.entries(body._attachments ?? {}).filter(([name]) => name.endsWith('.tgz'));
  return { ...body, _attachments: Object.fromEntries(kept) };
}

function relay(response: ServerResponse, { body, contentType, status }: Replayed): true {
  response
    .writeHead(status, { 'content-type': contentType, 'content-length': body.length })
    .end(body);
  return true;
}

function reply(response: ServerResponse, status: number, body: object): true {
  const text = Buffer.from(JSON.stringify(body));
  return relay(response, { status, contentType: 'application/json', body: text });
}
