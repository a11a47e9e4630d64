import {
  type Answer,
  errorAnswer,
  HttpError,
  httpProblem,
  type StatusExceptions,
  statusAnswer,
} from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { RequestError } from '@octokit/request-error';
import type { Target } from '../options.ts';

/** Why a request failed, as octokit reports it. */
interface Failure {
  /** The status; absent without an answer. */
  readonly status?: number;
  readonly problem: Problem;
  /** Of a write, what the answer means. */
  readonly answer: Exclude<Answer<Problem>, { state: 'accepted' }>;
}

export type Asked<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly failure: Failure; readonly value?: undefined };

/** How a request is described if it fails. */
export interface Question {
  readonly target: Target;
  readonly signal: AbortSignal;
  /** As a verb: `make the tag v0.1.0 of ameideio/ameide`. */
  readonly what: string;
  readonly coordinate?: string | undefined;
}

/** Sends a request, and returns its failure as a value. Rejects on abort, and for bugs. */
export async function ask<T>(
  question: Question,
  send: () => Promise<{ readonly data: T }>,
): Promise<Asked<T>> {
  question.signal.throwIfAborted();
  try {
    return { value: (await send()).data };
  } catch (error) {
    question.signal.throwIfAborted();
    return { failure: failureOf(question, error) };
  }
}

/**
 * What a write's answer means where GitHub differs from the kit's table. A 404 hides what the token may
 * not write; 422 says that it was not stored, or was before: a read tells which.
 */
const EXCEPTIONS: StatusExceptions = { 404: { state: 'denied', again: false } };

function failureOf(question: Question, error: unknown): Failure {
  if (!(error instanceof RequestError)) throw error;
  if (error.cause instanceof HttpError) {
    const found = problemOf(question, { error: error.cause });
    return { problem: found, answer: withState(errorAnswer(error.cause.kind, found)) };
  }
  // Octokit wraps whatever else its fetch throws: a bug, or a wrong call.
  if (error.cause !== undefined) throw error.cause;
  const { response, status } = error;
  const headers = new Headers(
    Object.entries(response?.headers ?? {}).map(([name, value]) => [name, `${value}`]),
  );
  const found = problemOf(question, {
    response: { status, headers, redact: redactor(question.target) },
    detail: detailOf(response?.data) ?? error.message,
  });
  const answer = statusAnswer({ status, headers }, () => found, EXCEPTIONS);
  return { status, problem: found, answer: withState(answer) };
}

/** Octokit rejects for every status that is not accepted. */
function withState(answer: Answer<Problem>): Failure['answer'] {
  if (answer.state === 'accepted') throw new TypeError('octokit rejects no accepted answer');
  return answer;
}

function problemOf(
  { target, what, coordinate }: Question,
  failure: Pick<Parameters<typeof httpProblem>[0], 'response' | 'error' | 'detail'>,
): Problem {
  const found = httpProblem({
    code: 'github',
    what,
    effect: 'none',
    tokenFrom: `${target.tokenVariables[0]} or the option token`,
    ...(coordinate === undefined ? {} : { coordinate }),
    ...failure,
  });
  const hint = HINTS[found.code];
  return hint === undefined ? found : { ...found, hint };
}

const HINTS: Readonly<Record<string, string>> = {
  'github-forbidden':
    'The token must be allowed to write the contents of this repository: permissions: contents: write in GitHub Actions, "Contents: Read and write" of a fine-grained token, the scope repo of a classic one. GitHub refuses a token of Actions also for a tag on a commit that changes workflows: push the tag with git instead.',
  'github-not-found':
    'Check the option repository. GitHub also answers 404 for what the token may not see.',
};

/** Octokit's own message quotes the documentation's address. */
function detailOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { message, errors } = data as { readonly message?: unknown; readonly errors?: unknown };
  if (typeof message !== 'string') return undefined;
  const more = Array.isArray(errors) ? errors.map(errorText).filter((text) => text !== '') : [];
  return [message, ...more].join('; ');
}

function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, field, message } = error as Readonly<Record<string, unknown>>;
  if (typeof message === 'string') return message;
  return [field, code].filter((part) => typeof part === 'string').join(' ');
}

function redactor(target: Target): (text: string) => string {
  const token = target.token()?.reveal();
  return (text) => (token === undefined ? text : text.replaceAll(token, '[secret]'));
}
