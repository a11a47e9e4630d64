import { channel, subscribe } from 'node:diagnostics_channel';
import type { Secret } from './secret.ts';
import { isLong } from './secret-variables.ts';

/** By name, so that every copy of this package in the process uses the same one. */
const MADE = channel('ameide.publisher-kit.secret');

/**
 * Announces a secret that was just read or issued, such as a publisher's token, to everything that shows text. Does not
 * announce a short one: with `test` as the token of a local registry, every word `test` would be hidden.
 */
export function announceSecret(secret: Secret): void {
  if (isLong(secret.reveal())) MADE.publish({ reveal: () => secret.reveal() });
}

/**
 * Calls the listener with each secret that this process announces from now on. It must not throw: Node would report that
 * as uncaught.
 */
export function observeSecrets(listener: (value: string) => void): void {
  subscribe(MADE.name, (message) => listener((message as { reveal(): string }).reveal()));
}
