import type { Problem } from '@ameide/versioning-core';

/** What came back is not a registry's answer: `Could not <what>: <why>.` */
export function malformed(what: string, why: string, coordinate?: string): Problem {
  return {
    code: 'npm-malformed',
    message: `Could not ${what}: ${why}.`,
    hint: 'Check the option registry: another server, or a proxy, may be answering.',
    ...(coordinate === undefined ? {} : { coordinate }),
    kind: 'incomplete',
    effect: 'none',
    rerun: 'safe',
  };
}
