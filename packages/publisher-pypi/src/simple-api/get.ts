import { HttpError, type HttpFailure, type HttpResponse, httpProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  type Result,
} from '@ameide/versioning-core';
import { answerText } from '../problems.ts';
import { credential, type PypiSettings } from '../settings.ts';

/** One request of a question about a version. */
interface Ask {
  readonly coordinate: Coordinate;
  readonly url: string;
  /** The page that names `url`; absent if the user has configured `url`. */
  readonly from?: string;
  readonly maxBytes: number;
  readonly method?: 'HEAD';
  readonly accept?: string;
  /** Default: a minute. */
  readonly deadlineMs?: number;
}

/** Returns undefined for a 404. Any other status except 200 is a problem: unknown is not absent. */
export type Get = (ask: Ask) => Promise<Result<HttpResponse | undefined>>;

const DEADLINE_MS = 60_000;

/** Returns what sends requests, all of them together for at most `questionMs`. */
export function createGet(settings: PypiSettings, signal: AbortSignal, questionMs: number): Get {
  const end = performance.now() + questionMs;
  return async (ask) => {
    const left = Math.round(end - performance.now());
    if (left <= 0) return failed(tooLate(ask, questionMs));
    const deadlineMs = Math.min(ask.deadlineMs ?? DEADLINE_MS, left);
    return request(settings, signal, { ...ask, deadlineMs });
  };
}

function tooLate(ask: Ask, questionMs: number): Problem {
  const reason = `the index's answers took longer than ${questionMs} ms in all`;
  const error = new HttpError('timeout', `${ask.method ?? 'GET'} ${ask.url}`, reason);
  return httpProblem({ ...actionOf(ask), error });
}

function actionOf({ coordinate, url }: Ask): Omit<HttpFailure, 'error' | 'response'> {
  const what = `read ${url}`;
  return { code: 'pypi', what, coordinate: formatCoordinate(coordinate), effect: 'none' };
}

async function request(
  settings: PypiSettings,
  signal: AbortSignal,
  ask: Ask,
): Promise<Result<HttpResponse | undefined>> {
  const { accept, coordinate: _, method, ...asked } = ask;
  const action = actionOf(ask);
  const known = readingCredential(settings, asked.url);
  const send = async (): Promise<HttpResponse> =>
    settings.http.request({
      ...asked,
      method: method ?? 'GET',
      // After an upload, no cache may answer for the index.
      headers: { 'cache-control': 'no-cache', ...(accept === undefined ? {} : { accept }) },
      signal,
      ...(known === undefined ? {} : { credential: known }),
    });
  const question = [method ?? 'GET', asked.url, accept, asked.from].join(' ');
  try {
    const response = await settings.answers.join(signal, question, send);
    if (response.status === 404) return ok(undefined);
    if (response.status === 200) return ok(response);
    const detail = answerText(response, settings.knownToken());
    return failed(httpProblem({ ...action, response, detail }));
  } catch (error) {
    return failed(httpProblem({ ...action, error }));
  }
}

/** Sends the upload token only to its own origin. */
function readingCredential(
  settings: PypiSettings,
  url: string,
): ReturnType<typeof credential> | undefined {
  if (new URL(url).origin !== new URL(settings.uploadUrl).origin) return undefined;
  const password = settings.token();
  return password === undefined ? undefined : credential(settings, password);
}
