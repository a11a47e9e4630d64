import { withoutLogins } from '@ameide/publisher-kit';
import { createRedactor, observeSecrets, secretVariables } from '@ameide/publisher-kit/redactor';
import type { EventDetail } from './events.ts';
import type { PublisherRun } from './publisher-run.ts';

/** Removes secrets from events. */
export interface EventRedactor {
  redact(detail: EventDetail): EventDetail;
  /** Adds the tokens of these publishers, which it reads when they are first needed. */
  know(runs: readonly Pick<PublisherRun, 'publisher'>[]): void;
}

/** The tokens that the kit has announced in this process, for all runs: it does not know which run a token is for. */
const announced = new Set<string>();
observeSecrets((value) => announced.add(value));

/**
 * The kit has already removed what it knows: the credential of a request, and the environment's secrets
 * from what a program prints. But a server may repeat the token of another publisher, and a program may
 * print a token that no environment variable has.
 */
export function createEventRedactor(): EventRedactor {
  const variables = new Set([...secretVariables(process.env).values()].flat());
  /** Removes the environment's secrets, too. */
  const all = createRedactor(variables);
  const given = createRedactor();
  let runs: Parameters<EventRedactor['know']>[0] = [];
  let hasReadTokens = true;
  let knownCount = 0;
  const learn = (token: string): void => {
    all.add(token);
    if (!variables.has(token)) given.add(token);
  };
  return {
    know(opened) {
      runs = opened;
      hasReadTokens = false;
    },
    redact(detail) {
      // Not for each event: a release of 400 packages has thousands. The kit announces each token that
      // is read or issued later; for publishers that do not use the kit, tokens are read in each phase.
      if (!hasReadTokens || detail.type === 'phase-started') tokensOf(runs).forEach(learn);
      hasReadTokens = true;
      if (announced.size !== knownCount) announced.forEach(learn);
      knownCount = announced.size;
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
