import { channel, subscribe } from 'node:diagnostics_channel';
import type { Secret } from './secret.ts';
import { isLong } from './secret-variables.ts';

/** By name, so that every copy of this package in the process uses the same one. */
const MADE = channel('ameide.publisher-kit.secret');

/** Tells everything that shows text about a secret that was just read or got: the token of a publisher. A
 * short one is announced to nobody: `test` as the token of a local registry would hide every word `test`. */
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
