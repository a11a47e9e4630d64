import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { listen, type Running } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';
import { negotiate } from './content-type.ts';
import { IndexStore } from './index-store.ts';
import { INTEGRITY_TYPE, readIntegrity } from './integrity-api.ts';
import { latestVersion, renderRelease } from './json-api.ts';
import { normalizeName } from './project-name.ts';
import { Refusal } from './refusal.ts';
import { renderProject, renderProjects } from './simple-api.ts';
import {
  createPythonTrust,
  type PythonTrust,
  type PythonTrustOptions,
} from './trusted-publishing.ts';
import { upload } from './upload.ts';
import { readUpload } from './upload-request.ts';
import { findEqualVersion, parseVersion } from './version.ts';

export interface PythonIndexOptions {
  /**
   * The folder of the index's state. A later index on the same folder has the same files. Default:
   * temporary.
   */
  readonly directory?: string;
  /**
   * True to accept versions with a local label (`1.0+git.71e210b`). Default false, as on public
   * PyPI.
   */
  readonly localVersions?: boolean;
  /**
   * True to accept wheels of every platform, `linux_x86_64` too. Default false, as on public PyPI.
   */
  readonly anyPlatform?: boolean;
  /** The API token for uploads. Default: a new one. */
  readonly token?: string;
  /** The clock for upload times and tokens, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Trusted publishing, as PyPI has it. Default: none. */
  readonly trust?: PythonTrustOptions;
  /** The Sigstore whose attestations are taken with trusted publishing, as PyPI has it. Default: none. */
  readonly attestations?: { readonly trustedRoot: object };
}

export interface RunningPythonIndex extends Running {
  /** The upload address for `twine` and `uv publish`. */
  readonly uploadUrl: string;
  /** The address for `pip --index-url`. */
  readonly simpleUrl: string;
  /** The password of the user `__token__`. */
  readonly token: string;
}

/** Our own index, which can have trusted publishing. */
export interface RunningTrustingIndex extends RunningPythonIndex {
  /** The tokens that were minted for identity tokens so far. */
  minted(): readonly string[];
  /**
   * Yanks a version (PEP 592), as pypi.org's pages do, or takes that back (`null`). Rejects if there is no such
   * version.
   */
  yank(name: string, version: string, reason: string | null): Promise<void>;
}

interface Settings {
  readonly store: IndexStore;
  readonly token: string;
  readonly localVersions: boolean;
  readonly anyPlatform: boolean;
  readonly now: () => number;
  readonly trust: PythonTrust | undefined;
  readonly trustedRoot: object | undefined;
}

/**
 * Starts a Python index that behaves like public PyPI: its upload API, the Simple API in HTML and
 * JSON, the JSON API and the files.
 */
export async function startPythonIndex(
  options: PythonIndexOptions = {},
): Promise<RunningTrustingIndex> {
  const state = await openStateFolder('python-index', options.directory);
  const store = new IndexStore(state.directory);
  const now = options.now ?? Date.now;
  const settings: Settings = {
    store,
    token: options.token ?? createToken('pypi-local-'),
    localVersions: options.localVersions ?? false,
    anyPlatform: options.anyPlatform ?? false,
    now,
    trust: options.trust && createPythonTrust(options.trust, store, now),
    trustedRoot: options.attestations?.trustedRoot,
  };
  const server = await listen(state, async (request, response) => {
    // Clients cache by URL, and the next index on this machine may have the same port but other
    // files.
    response.setHeader('cache-control', 'no-store');
    try {
      const path = new URL(`http://index${request.url?.startsWith('/') ? request.url : '/'}`)
        .pathname;
      if (request.method === 'POST') await receive(settings, request, response, path);
      else if (request.method === 'GET' || request.method === 'HEAD')
        await serve(settings, request, response, path);
      else throw new Refusal(405, 'Method Not Allowed');
    } catch (error) {
      if (!(error instanceof Refusal) || response.headersSent) throw error;
      refuse(response, error);
    }
  });
  return Object.assign(server, {
    uploadUrl: `${server.url}/legacy/`,
    simpleUrl: `${server.url}/simple/`,
    token: settings.token,
    minted: () => settings.trust?.secrets() ?? [],
    async yank(name: string, version: string, reason: string | null) {
      if (!(await store.yank(name, version, reason)))
        throw new Error(`there is no ${name} ${version}`);
    },
  });
}

async function receive(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path === '/legacy') return redirect(response, 308, '/legacy/');
  if (path === '/_/oidc/mint-token' && settings.trust !== undefined)
    return settings.trust.mint(request, response);
  if (path !== '/legacy/') throw new Refusal(404, 'Not Found');
  const { form, publisher } = await readUpload(request, settings);
  await upload(settings.store, form, {
    publisher,
    trustedRoot: settings.trustedRoot,
    localVersions: settings.localVersions,
    anyPlatform: settings.anyPlatform,
    now: new Date(settings.now()).toISOString(),
  });
  response.writeHead(200, { 'content-length': 0 }).end();
}

async function serve(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (path === '/_/oidc/audience' && settings.trust !== undefined)
    return send(request, response, 'application/json', settings.trust.audience());
  if (path === '/simple') return redirect(response, 301, '/simple/');
  if (path === '/simple/' || path.startsWith('/simple/'))
    return serveSimple(settings, request, response, path.slice('/simple/'.length));
  if (path.startsWith('/integrity/'))
    return send(
      request,
      response,
      INTEGRITY_TYPE,
      await readIntegrity(settings.store, decode(path)),
    );
  const [, name, version] = /^\/pypi\/([^/]+)(?:\/([^/]+))?\/json$/.exec(path) ?? [];
  if (name !== undefined) return serveJson(settings, request, response, name, version);
  // Match after decoding, so that no encoded separator gets through.
  const [, file] =
    /^\/(packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\/[A-Za-z0-9._+!-]+)$/.exec(
      decode(path),
    ) ?? [];
  if (file !== undefined) return serveFile(settings, request, response, file);
  throw new Refusal(404, 'Not Found');
}

async function serveSimple(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  rest: string,
): Promise<void> {
  const [, rawName, slash] = /^([^/]*)(\/?)$/.exec(rest) ?? [];
  if (rawName === undefined) throw new Refusal(404, 'Not Found');
  const name = decode(rawName);
  const normalized = normalizeName(name);
  const canonical = `${normalized}/`;
  const safe = /^[a-z0-9-]+$/.test(normalized);
  if (name !== '' && safe && `${name}${slash}` !== canonical)
    return redirect(response, 301, `/simple/${canonical}`);
  const choice = negotiate(request.headers.accept);
  if (choice === undefined) throw new Refusal(406, 'Not Acceptable');
  const project = name !== '' && safe ? await settings.store.project(normalized) : undefined;
  if (name !== '' && project === undefined) throw new Refusal(404, 'Not Found');
  const body = project
    ? renderProject(project, choice.format, `http://${request.headers.host ?? '127.0.0.1'}`)
    : renderProjects(await settings.store.projects(), choice.format);
  send(request, response, choice.contentType, body);
}

async function serveJson(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  rawName: string,
  rawVersion: string | undefined,
): Promise<void> {
  const normalized = normalizeName(decode(rawName));
  const project = /^[a-z0-9-]+$/.test(normalized)
    ? await settings.store.project(normalized)
    : undefined;
  if (project === undefined) throw new Refusal(404, 'Not Found');
  const asked = rawVersion === undefined ? undefined : parseVersion(decode(rawVersion));
  const version =
    rawVersion === undefined
      ? latestVersion(project)
      : asked && findEqualVersion(Object.keys(project.releases), asked);
  const body =
    version === undefined
      ? undefined
      : renderRelease(project, version, `http://${request.headers.host ?? '127.0.0.1'}`);
  if (body === undefined) throw new Refusal(404, 'Not Found');
  send(request, response, 'application/json', body);
}

async function serveFile(
  settings: Settings,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const file = await settings.store.open(path);
  if (file === undefined) throw new Refusal(404, 'Not Found');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': file.size,
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(file.read(), response);
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  contentType: string,
  body: string,
): void {
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    vary: 'Accept',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function redirect(response: ServerResponse, status: 301 | 308, location: string): void {
  response.writeHead(status, { location, 'content-length': 0 }).end();
}

/**
 * Puts the message into the reason phrase (some clients show only that) and into the body, as PyPI
 * does.
 */
function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = `${refusal.status} ${refusal.message}\n`;
  // A reason phrase contains only visible ASCII (RFC 9112 §4).
  const reason = refusal.message.replaceAll(/[^\x20-\x7e]/g, '?');
  response.writeHead(refusal.status, reason, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(404, 'Not Found');
  }
}
