import { lookup as dnsLookup } from 'node:dns/promises';
import { HttpError } from './http.ts';
import {
  extreme,
  isAddress,
  isLocalName,
  isMorePrivate,
  type Reach,
  reachOfAddress,
} from './reach.ts';

/** Returns every address of a name. Rejects if there is none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

/** One server's answer that names an address: a redirect, a Location, a link, a token's realm. */
export interface Lead {
  readonly from: URL;
  readonly to: URL;
  /** The request, for messages. */
  readonly request: string;
  /** The target, for messages: without query and secrets. */
  readonly target: string;
}

/**
 * The one rule for an address that a server names: an https server names only https; plain http is
 * allowed only to an address as private as the server's own; and no address may be more private than
 * the server's own, such as this machine, a cloud's metadata or the network around us. So a server
 * that the user has configured there may name itself and its neighbours. A name counts as its
 * addresses; a name that does not resolve here is left to a proxy. Throws `HttpError` of kind
 * `insecure` or `internal`.
 */
export async function checkLead(
  { from, to, request, target }: Lead,
  lookup: Lookup,
): Promise<void> {
  if (to.origin === from.origin) return;
  if (to.protocol === 'http:' && from.protocol === 'https:')
    throw new HttpError('insecure', request, `leads from https to ${target}`);
  const there = await reachOf(to, 'most', lookup);
  const isPlain = to.protocol === 'http:';
  if (there === 'public' && !isPlain) return;
  const here = await reachOf(from, 'least', lookup);
  if (isMorePrivate(there, here))
    throw new HttpError(
      'internal',
      request,
      `a ${here} server leads to ${target}, a ${there} address`,
    );
  if (isPlain && isMorePrivate(here, there))
    throw new HttpError('insecure', request, `leads over plain http to ${target}`);
}

async function reachOf(url: URL, which: 'most' | 'least', lookup: Lookup): Promise<Reach> {
  const { hostname } = url;
  if (isAddress(hostname)) return reachOfAddress(hostname);
  if (isLocalName(hostname)) return 'loopback';
  const addresses = await lookup(hostname).catch(() => []);
  return extreme(addresses.map(reachOfAddress), which);
}

/** Asks the machine's own resolver, as a connection does. */
export async function systemLookup(hostname: string): Promise<readonly string[]> {
  return (await dnsLookup(hostname, { all: true })).map(({ address }) => address);
}
