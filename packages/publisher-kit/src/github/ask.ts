import type { Problem } from '@ameide/versioning-core';
import { RequestError } from '@octokit/request-error';
import { HttpError } from '../http/http.ts';
import { httpProblem } from '../problem/http-problem.ts';
import { type Answer, errorAnswer, type StatusExceptions, statusAnswer } from '../write/answer.ts';
import type { GithubAccess } from './octokit.ts';

/** Why a request failed. */
interface Failure {
  /** The HTTP status; absent if there was no answer. */
  readonly status?: number;
  readonly problem: Problem;
  /** What the answer means for a write. */
  readonly answer: Exclude<Answer<Problem>, { state: 'accepted' }>;
}

export type Asked<T> =
  | { readonly value: T; readonly failure?: undefined }
  | { readonly failure: Failure; readonly value?: undefined };

/** How a request is described if it fails. */
export interface GithubQuestion {
  readonly access: Pick<GithubAccess, 'token'>;
  readonly signal: AbortSignal;
  /** The beginning of the codes of problems: `github`. */
  readonly code: string;
  /** Begins with a verb: `make the tag v0.1.0 of ameideio/ameide`. */
  readonly what: string;
  /** Where the token comes from, for hints: `GITHUB_TOKEN or the option token`. */
  readonly tokenFrom: string;
  /** Hints in place of the kit's, by the end of the code: `forbidden`. */
  readonly hints?: Readonly<Record<string, string>>;
  readonly coordinate?: string;
}

/** Sends a request, and returns its failure as a value. Rejects on abort, and for bugs. */
export async function ask<T>(
  question: GithubQuestion,
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

/** The answer, or undefined for a 404. */
export async function orNone<T>(asking: Promise<Asked<T>>): Promise<Asked<T | undefined>> {
  const asked = await asking;
  return asked.failure?.status === 404 ? { value: undefined } : asked;
}

/**
 * What an answer means for a write, where GitHub differs from the kit's table. GitHub answers 404 for
 * what the token may not write. After 422 a read shows whether it was stored before, or not at all.
 */
const EXCEPTIONS: StatusExceptions = { 404: { state: 'denied', again: false } };

function failureOf(question: GithubQuestion, error: unknown): Failure {
  if (!(error instanceof RequestError)) throw error;
  if (error.cause instanceof HttpError) {
    const found = problemOf(question, { error: error.cause });
    return { problem: found, answer: withState(errorAnswer(error.cause.kind, found)) };
  }
  // Octokit wraps every other error of its fetch: a bug, or a wrong call.
  if (error.cause !== undefined) throw error.cause;
  const { response, status } = error;
  const headers = new Headers(
    Object.entries(response?.headers ?? {}).map(([name, value]) => [name, `${value}`]),
  );
  const found = problemOf(question, {
    response: { status, headers, redact: redactor(question.access) },
    detail: detailOf(response?.data) ?? error.message,
  });
  const answer = statusAnswer({ status, headers }, () => found, EXCEPTIONS);
  return { status, problem: found, answer: withState(answer) };
}

/** Octokit rejects for every status that is not a success. */
function withState(answer: Answer<Problem>): Failure['answer'] {
  if (answer.state === 'accepted') throw new TypeError('octokit rejects no accepted answer');
  return answer;
}

function problemOf(
  { code, coordinate, hints = {}, tokenFrom, what }: GithubQuestion,
  failure: Pick<Parameters<typeof httpProblem>[0], 'response' | 'error' | 'detail'>,
): Problem {
  const found = httpProblem({
    code,
    what,
    effect: 'none',
    tokenFrom,
    ...(coordinate === undefined ? {} : { coordinate }),
    ...failure,
  });
  const hint = hints[found.code.slice(code.length + 1)];
  return hint === undefined ? found : { ...found, hint };
}

/** Returns GitHub's reason without the documentation's address, which octokit's message adds. */
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

function redactor(access: GithubQuestion['access']): (text: string) => string {
  const token = access.token()?.reveal();
  return (text) => (token === undefined ? text : text.replaceAll(token, '[secret]'));
}
