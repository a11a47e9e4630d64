import { createRunAnswers } from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import { answerProblem, type Operation } from '../problems.ts';
import type { TokenAction } from './grants.ts';
import type { Sent, Session } from './session.ts';

/** Answers to `GET /v2/` with a login, by origin and login. The images of one run share them. */
const logins = createRunAnswers();

/**
 * Checks that a registry answers, that it gives a token for this access, and that it accepts the login
 * (distribution-spec, "Determining Support": `GET /v2/`).
 */
export async function pingRegistry(
  session: Session,
  access: TokenAction,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const operation: Operation = { what: `reach ${session.origin}`, effect: 'none' };
  const base = await session.base(signal);
  if (base.response === undefined) return base.problem;
  if (base.response.status !== 401) return problemOf(base, operation);
  const { login, problem: refused } = await session.authorise(access, operation, signal);
  if (refused !== undefined) return refused;
  const request = { method: 'GET', url: `${session.origin}/v2/`, signal } as const;
  let isOwn = false;
  const ask = async (): Promise<Sent> => {
    isOwn = true;
    return session.send(request, access, operation);
  };
  const isAccepted = (sent: Sent): boolean => problemOf(sent, operation) === undefined;
  const shared = await logins.get(signal, `${session.origin} ${login}`, ask, isAccepted);
  const found = problemOf(shared, operation);
  // The request was sent with the token of another repository, so a failure says nothing about this one.
  return found === undefined || isOwn ? found : problemOf(await ask(), operation);
}

function problemOf(sent: Sent, operation: Operation): Problem | undefined {
  if (sent.response === undefined) return sent.problem;
  const { status } = sent.response;
  if (status === 200) return undefined;
  if (status === 404)
    return problem({
      code: 'ghcr-not-a-registry',
      kind: 'incomplete',
      message: `Could not ${operation.what}: there is no /v2/, so this is not an OCI registry.`,
      hint: 'Check the host of the option image, or the option registry.',
      rerun: 'after-fix',
    });
  return answerProblem(operation, sent.response);
}
