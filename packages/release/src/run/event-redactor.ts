import {
  createRedactor,
  type Redactor,
  secretVariables,
  withoutLogins,
} from '@ameide/publisher-kit';
import type { EventDetail } from './events.ts';
import type { PublisherRun } from './publisher-run.ts';

/** Removes secrets from events. */
export interface EventRedactor {
  redact(detail: EventDetail): EventDetail;
  /** Adds the tokens of these publishers, which it reads when they are first needed. */
  know(runs: readonly Pick<PublisherRun, 'publisher'>[]): void;
}

interface Made {
  /** The number of tokens when it was made. */
  readonly count: number;
  /** Also the environment's secrets. */
  readonly all: Redactor;
  readonly given: Redactor;
}

/**
 * The kit has already removed what it knows: the credential of a request, and the environment's secrets
 * from what a program prints. But a server may repeat the token of another publisher, and a program may
 * print a token that no environment variable has.
 */
export function createEventRedactor(): EventRedactor {
  let runs: Parameters<EventRedactor['know']>[0] = [];
  let made: Made | undefined;
  const make = (tokens: readonly string[]): Made => {
    const variables = [...secretVariables(process.env).values()].flat();
    const known = new Set(variables);
    const given = tokens.filter((token) => !known.has(token));
    const all = createRedactor([...variables, ...given]);
    return { count: tokens.length, all, given: createRedactor(given) };
  };
  return {
    know(opened) {
      runs = opened;
      made = undefined;
    },
    redact(detail) {
      // A publisher may have got another token meanwhile.
      const tokens = tokensOf(runs);
      if (made?.count !== tokens.length) made = make(tokens);
      const { all, given } = made;
      switch (detail.type) {
        case 'request':
          return { ...detail, url: all.redact(detail.url) };
        case 'program':
          return { ...detail, argv: detail.argv.map((word) => all.redact(word)) };
        case 'progress':
        case 'note':
          return { ...detail, text: given.redact(withoutLogins(detail.text)) };
        case 'run-started':
        case 'run-ended':
        case 'phase-started':
        case 'phase-ended':
        case 'step-started':
        case 'step-ended':
        case 'waiting':
        case 'artifact':
        case 'pointer':
          break;
      }
      return detail;
    },
  };
}

function tokensOf(runs: readonly Pick<PublisherRun, 'publisher'>[]): readonly string[] {
  return runs.flatMap(({ publisher }) => {
    try {
      return (publisher.secrets?.() ?? []).map((secret) => secret.reveal());
    } catch {
      // A token that cannot be read is sent nowhere; its own step reports why.
      return [];
    }
  });
}
