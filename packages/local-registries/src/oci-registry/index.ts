import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen, type Running } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';
import { type AuthorizationKind, createAuthorization } from './authorization.ts';
import { continueUpload, deleteBlob, readBlob, startUpload } from './blobs.ts';
import { ContentStore } from './content-store.ts';
import { deleteManifest, listReferrers, listTags, putManifest, readManifest } from './manifests.ts';
import { RegistryError, sendError } from './registry-error.ts';
import { parseRoute, type Route } from './route.ts';

export interface OciRegistryOptions {
  /**
   * The folder of the registry's state. A later registry on the same folder has the same content.
   * Default: temporary.
   */
  readonly directory?: string;
  /**
   * How clients authenticate. Default `bearer`, as GHCR and Docker Hub do. Anybody may pull unless
   * the registry is private; only the user may write.
   */
  readonly auth?: AuthorizationKind;
  /** True if pulling also needs the user, as for GHCR's private packages. */
  readonly isPrivate?: boolean;
  /**
   * True if the registry has the referrers API. Without it (GHCR, docker-registry 2) the registry
   * answers 404, and clients maintain the referrers tag.
   */
  readonly referrers?: boolean;
  /**
   * The limit of bytes in one piece of an upload (a PATCH with Content-Range). Default: none. GHCR
   * accepts 4 MiB.
   */
  readonly largestChunk?: number;
  /** How long a bearer token is valid, in seconds. Default 300. */
  readonly tokenLifetime?: number;
  /** The clock for the tokens, in milliseconds since 1970. */
  readonly now?: () => number;
}

export interface RunningOciRegistry extends Running {
  /** `127.0.0.1:PORT`: the part before the first slash of an image's name. */
  readonly host: string;
  readonly user: string;
  readonly password: string;
}

interface Settings {
  readonly store: ContentStore;
  readonly referrers: boolean;
  readonly largestChunk: number;
}

/**
 * Starts a registry that speaks the OCI distribution specification v1.1: blobs by every upload
 * path, manifests, tags, referrers, deletion. It stores content under its digest, verifies it
 * before it becomes visible, and accepts a manifest only after everything that it names.
 */
export async function startOciRegistry(
  options: OciRegistryOptions = {},
): Promise<RunningOciRegistry> {
  const state = await openStateFolder('oci-registry', options.directory);
  const [user, password] = ['local-user', createToken('local-oci-')];
  const authorization = createAuthorization({
    kind: options.auth ?? 'bearer',
    isPrivate: options.isPrivate ?? false,
    user,
    password,
    tokenLifetime: options.tokenLifetime ?? 300,
    now: options.now ?? Date.now,
  });
  const { referrers = true, largestChunk = Infinity } = options;
  const settings = { store: new ContentStore(state.directory), referrers, largestChunk };
  const server = await listen(state, async (request, response) => {
    // Docker clients look for this header to recognise a registry.
    response.setHeader('docker-distribution-api-version', 'registry/2.0');
    try {
      const url = new URL(`http://registry${request.url?.startsWith('/') ? request.url : '/'}`);
      if (url.pathname === '/token') {
        if (request.method !== 'GET')
          throw new RegistryError('UNSUPPORTED', 'tokens are asked for with GET', {
            headers: { allow: 'GET' },
          });
        authorization.token(request, response, url.searchParams);
        return;
      }
      const route = parseRoute(url.pathname);
      if (route === undefined)
        throw new RegistryError('UNSUPPORTED', 'nothing lives at this path', { status: 404 });
      authorization.check(request, route);
      await dispatch(settings, request, response, route, url.searchParams);
    } catch (error) {
      if (!(error instanceof RegistryError) || response.headersSent) throw error;
      sendError(request, response, error);
    }
  });
  return Object.assign(server, { host: new URL(server.url).host, user, password });
}

async function dispatch(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  route: Route,
  query: URLSearchParams,
): Promise<void> {
  const { store } = settings;
  const method = request.method ?? '';
  const reads = method === 'GET' || method === 'HEAD';
  if (route.kind === 'upload') {
    return continueUpload(
      store,
      request,
      response,
      { ...route, largestChunk: settings.largestChunk },
      query,
    );
  }
  if (route.kind === 'uploads' && method === 'POST')
    return startUpload(store, request, response, route.name, query);
  if (route.kind === 'blob' && reads)
    return readBlob(store, request, response, route.name, route.digest);
  if (route.kind === 'blob' && method === 'DELETE')
    return deleteBlob(store, response, route.name, route.digest);
  if (route.kind === 'manifest' && reads)
    return readManifest(store, request, response, route.name, route.reference);
  if (route.kind === 'manifest' && method === 'PUT')
    return putManifest(store, request, response, { ...route, referrers: settings.referrers });
  if (route.kind === 'manifest' && method === 'DELETE')
    return deleteManifest(store, response, route.name, route.reference);
  if (route.kind === 'tags' && reads) return listTags(store, response, route.name, query);
  if (route.kind === 'referrers' && reads) return referrers(settings, response, route, query);
  if (route.kind === 'support' && reads) {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': 2 })
      .end(method === 'HEAD' ? undefined : '{}');
    return;
  }
  throw new RegistryError('UNSUPPORTED', `${method} is not for this path`);
}

async function referrers(
  settings: Settings,
  response: ServerResponse,
  route: { readonly name: string; readonly digest: string },
  query: URLSearchParams,
): Promise<void> {
  if (!settings.referrers)
    throw new RegistryError('UNSUPPORTED', 'this registry has no referrers API', { status: 404 });
  return listReferrers(settings.store, response, route.name, route.digest, query);
}
