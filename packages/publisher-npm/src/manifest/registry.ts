import { isLoopback } from '@ameide/publisher-kit';

export interface Registry {
  /** Without a trailing slash. */
  readonly url: string;
  readonly origin: string;
}

/** Returns undefined unless the address is one that we may send a token to. */
export function parseRegistry(address: string): Registry | undefined {
  const url = URL.parse(address);
  if (
    url === null ||
    !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)))
  )
    return undefined;
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain ? { url: url.href.replace(/\/+$/, ''), origin: url.origin } : undefined;
}
