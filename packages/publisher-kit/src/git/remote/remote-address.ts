import { InvalidInputError, received } from '@ameide/versioning-core';
import { isLoopback } from '../../http/credential.ts';

/** The address of a remote, and its transport. */
export type RemoteAddress =
  /** `origin` is what a credential is bound to: `https://github.com`. */
  | {
      readonly transport: 'http';
      readonly url: string;
      readonly origin: string;
      readonly isPrivate: boolean;
    }
  | { readonly transport: 'ssh' | 'file'; readonly url: string };

/**
 * Parses the address of a git host: `https://…`, `http://…`, `ssh://…`, `user@host:path`,
 * `file:///…` or an absolute path. Refuses other transports (`ext::` runs a program) and
 * credentials in the URL, which other users could see in argv.
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
      hint: 'Pass the token as the credential: an address shows in process lists and messages.',
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
  // A wrong address may also contain a token, before the host or in a query.
  const shown = /[@?]/.test(text)
    ? { hint: 'Pass a token as the credential, not in the address.' }
    : { received: text };
  return new InvalidInputError({
    field: 'url',
    expected: 'https://host/path, ssh://host/path, user@host:path or an absolute path',
    ...shown,
  });
}
