import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { sameSecret } from '../basic-credentials.ts';
import { listen, type Running } from '../running.ts';
import { createToken, openStateFolder } from '../state-folder.ts';
import {
  type PublishedPackage,
  type PublishedVersion,
  storeDeprecations,
  storeVersion,
} from './npm-packages.ts';

/** An npm registry that plays another product. In memory. */
export interface RunningNpmStandIn extends Running {
  /** Accepted as `Authorization: Bearer <token>`. */
  readonly token: string;
  /** The registry's address, as npm is given it. `url` is the server's. */
  readonly npmUrl: string;
}

/** Where a product differs from other npm registries. */
export interface NpmRules {
  /** The path of the registry, without a slash at its end. */
  readonly path: string;
  /** True if reads need the token. */
  readonly isPrivate: boolean;
  /** The answer to `GET /<name>/<version>`. */
  versionStatus(name: string): number;
  /** The answer to a version that exists. */
  readonly takenStatus: number;
  /**
   * When the product shows a message of `npm deprecate`: at once, or some time after its answer. Absent
   * if it answers 400.
   */
  readonly deprecates?: 'at once' | 'later';
  /** True if the product does not show the dist-tags of a package on a page of their own. */
  readonly hidesTags?: boolean;
  /** The name of the user, where the product has `/-/whoami`. */
  readonly user?: string;
  /** Returns why the product does not take a package of this name. */
  refuse?(name: string): string | undefined;
  /** Another registry's packument, whose versions and tags the product shows beside its own. */
  merged?(name: string, base: string): Promise<Packument | undefined>;
  /** Where the product redirects requests for a package that it does not have. */
  forward?(name: string): string | undefined;
  tags(found: PublishedPackage): Readonly<Record<string, string>>;
  /** The version's part of the packument. `base` is the registry's address as the client knows it. */
  document(version: PublishedVersion, base: string): object;
  /** Answers a request for a tarball; returns false if it is for something else. */
  tarball(
    path: string,
    packages: ReadonlyMap<string, PublishedPackage>,
    response: ServerResponse,
  ): boolean | Promise<boolean>;
}

export interface Packument {
  readonly versions: Readonly<Record<string, object>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
}

interface Exchange {
  readonly rules: NpmRules;
  readonly packages: Map<string, PublishedPackage>;
  /** What is done after the next packument was sent. */
  readonly later: (() => void)[];
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path below the registry's, decoded. */
  readonly path: string;
  readonly hasToken: boolean;
}

export async function startNpmStandIn(name: string, rules: NpmRules): Promise<RunningNpmStandIn> {
  const token = createToken('npm_local_');
  const state = await openStateFolder(name);
  const packages = new Map<string, PublishedPackage>();
  const later: (() => void)[] = [];
  const server = await listen(state, async (request, response) => {
    const presented = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const hasToken = presented !== undefined && sameSecret(presented, token);
    const url = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
    if (!url.startsWith(`${rules.path}/`)) return answer(response, 404, { error: 'Not found' });
    const path = url.slice(rules.path.length + 1);
    const exchange = { rules, packages, later, request, response, path, hasToken };
    if (presented !== undefined && !hasToken) return unauthorized(exchange);
    if (!hasToken && (rules.isPrivate || request.method !== 'GET')) return unauthorized(exchange);
    await (request.method === 'GET' ? read(exchange) : write(exchange));
  });
  return Object.assign(server, { token, npmUrl: `${server.url}${rules.path}` });
}

async function read(exchange: Exchange): Promise<void> {
  const { rules, packages, response, path, hasToken } = exchange;
  if (path === '-/whoami') {
    if (rules.user === undefined) return answer(response, 404, { error: '404 Not Found' });
    return hasToken
      ? answer(response, 200, { username: rules.user })
      : answer(response, 401, { error: 'unauthenticated' });
  }
  if (await rules.tarball(path, packages, response)) return;
  const tagged = /^-\/package\/(.+)\/dist-tags$/.exec(path)?.[1];
  const name = tagged ?? /^(?:@[^/]+\/)?[^/]+$/.exec(path)?.[0];
  if (name === undefined)
    return answer(response, rules.versionStatus(path), { error: 'no such page' });
  if (tagged === undefined) return readPackument(exchange, name);
  const found = packages.get(name);
  return found === undefined || rules.hidesTags === true
    ? answer(response, 404, { error: '404 Not Found' })
    : answer(response, 200, rules.tags(found));
}

async function readPackument(exchange: Exchange, name: string): Promise<void> {
  const { rules, packages, later, request, response } = exchange;
  const found = packages.get(name);
  const base = `http://${request.headers.host}${rules.path}`;
  const merged = await rules.merged?.(name, base);
  if (found === undefined && merged === undefined) {
    const elsewhere = rules.forward?.(name);
    return elsewhere === undefined
      ? answer(response, 404, { error: '404 Not Found' })
      : void response.writeHead(302, { location: elsewhere }).end();
  }
  const versions = [...(found?.versions ?? [])].map(
    ([version, stored]) => [version, rules.document(stored, base)] as const,
  );
  answer(response, 200, {
    name,
    'dist-tags': { ...merged?.['dist-tags'], ...(found && rules.tags(found)) },
    versions: { ...merged?.versions, ...Object.fromEntries(versions) },
  });
  for (const work of later.splice(0)) work();
}

async function write({ rules, packages, later, request, response, path }: Exchange): Promise<void> {
  const body = await text(request);
  const [, tagged, tag] = /^-\/package\/(.+)\/dist-tags\/([^/]+)$/.exec(path) ?? [];
  if (tagged === undefined || tag === undefined) {
    const refusal = rules.refuse?.(path);
    if (refusal !== undefined) return answer(response, 403, { error: refusal });
    const stored = packages.get(path);
    if (stored !== undefined && request.headers['npm-command'] === 'deprecate') {
      if (rules.deprecates === undefined) return answer(response, 400, { error: 'no attachment' });
      if (rules.deprecates === 'later') later.push(() => storeDeprecations(stored, body));
      else storeDeprecations(stored, body);
      return answer(response, 200, {});
    }
    return storeVersion(packages, body)
      ? answer(response, 200, { ok: true })
      : answer(response, rules.takenStatus, { error: 'Package already exists.' });
  }
  const found = packages.get(tagged);
  const version = request.method === 'PUT' ? (JSON.parse(body) as string) : found?.tags.get(tag);
  if (found === undefined || version === undefined || !found.versions.has(version))
    return answer(response, 404, { error: '404 Package Not Found' });
  if (request.method === 'PUT') found.tags.set(tag, version);
  else found.tags.delete(tag);
  response.writeHead(204).end();
}

function unauthorized({ request, response }: Exchange): void {
  request.resume();
  request.once('end', () => answer(response, 401, { error: 'unauthenticated' }));
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
