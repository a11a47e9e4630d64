import type { HttpResponse } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { answerProblem, malformed, type Operation } from '../problems.ts';
import type { Read } from './client.ts';
import type { Sent } from './session.ts';

/** Returns what an answer to a read means. A 404 means `absent` only if it comes from the registry itself. */
export function bodyOf(sent: Sent, operation: Operation, signedIn: boolean): Read<HttpResponse> {
  if (sent.response === undefined)
    return { state: 'unknown', problem: hidden(sent.problem, signedIn) };
  if (sent.response.status === 200) return { state: 'present', value: sent.response };
  if (sent.response.status === 404) {
    // The distribution-spec's errors are JSON. A page for people comes from another server and
    // proves nothing.
    const isPage = (sent.response.headers.get('content-type') ?? '').includes('html');
    return isPage
      ? {
          state: 'unknown',
          problem: malformed(operation, 'a web page came back instead of an answer'),
        }
      : { state: 'absent' };
  }
  return { state: 'unknown', problem: hidden(answerProblem(operation, sent.response), signedIn) };
}

/**
 * Adds to a refusal without a login that GHCR answers DENIED both for a private package and for a
 * missing one, so that it does not mean "absent".
 */
export function hidden(found: Problem, signedIn: boolean): Problem {
  if (signedIn || found.kind !== 'authentication') return found;
  return {
    ...found,
    hint: 'Without a token a private image and an absent one look the same. Set a token that may read this package.',
  };
}
