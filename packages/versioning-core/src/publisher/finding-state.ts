import type { FindingState } from './publisher.ts';

/**
 * True of what is on the registry and names our SHA, whether or not its bytes are the ones built
 * here.
 */
export function isOurs(state: FindingState): boolean {
  return state === 'identical' || state === 'same-source';
}
