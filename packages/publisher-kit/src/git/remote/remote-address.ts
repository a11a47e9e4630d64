import { InvalidInputError, received } from '@ameide/versioning-core';
import { isLoopback } from '../../http/credential.ts';

/** Where a remote is, and how it is reached. */
export type RemoteAddress =
  /** `origin` as credentials are bound to it: `https://github.com`. */
  | {
      readonly transport: 'http';
      readonly url: string;
      readonly origin: string;
      readonly isPrivate: boolean;
    }
  | { readonly transport: 'ssh' | 'file'; readonly url: string };

/**
 * Parses the address of a git host: `https://…`, `http://…`, `ssh://…`, `user@host:path`,
 * `file:///…` or an absolute path. Other transports are refused (`ext::` runs a program), and so is
 * a credential inside the URL: it would be seen in argv.
 */
export function parseRemoteAddress(value: unknown): RemoteAddress {
  const text = typeof value === 'string' ? value : '';
  if (
    text.length > 2000 ||
    /[\s\p{C}]/u.test(text.startsWith('/') ? '' : text) ||
    /[\n\0]/.test(text)
  )
    throw refused(value);
  if (text.startsWith('/')) return { transport: 'file', url: text };
  if (/^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^:].*$/.test(text))
    return { transport: 'ssh', url: text };
  const url =
    /^(?:https?|ssh|file):\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw refused(value);
  if (url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:')) {
    throw new InvalidInputError({
      field: 'url',
      expected: 'an address without user name and password in it',
      hint: 'Hand the token over as the credential: in the address it would show in process lists and messages.',
    });
  }
  if (url.search !== '' || url.hash !== '') throw refused(value);
  if (url.protocol === 'file:') return { transport: 'file', url: text };
  if (url.hostname === '' || url.hostname.startsWith('-') || url.username.startsWith('-'))
    throw refused(value);
  if (url.protocol === 'ssh:') return { transport: 'ssh', url: text };
  return {
    transport: 'http',
    url: text,
    origin: url.origin,
    isPrivate: url.protocol === 'https:' || isLoopback(url.hostname),
  };
}

function refused(value: unknown): InvalidInputError {
  const text = received(value);
  // Whatever else is wrong with it, it may hold a token: before a host, or in a query.
  const shown = /[@?]/.test(text)
    ? { hint: 'Hand a token over as the credential, not in the address.' }
    : { received: text };
  return new InvalidInputError({
    field: 'url',
    expected: 'https://host/path, ssh://host/path, user@host:path or an absolute path',
    ...shown,
  });
}
