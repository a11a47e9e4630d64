import { readFile } from 'node:fs/promises';
import {
  cleanText,
  HttpError,
  httpProblem,
  retryAfterMs,
  type Secret,
  sha256Hex,
} from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem } from '@ameide/versioning-core';
import type { PypiFile } from '../build/build.ts';
import { spokenText } from '../problems.ts';
import type { PypiSettings } from '../settings.ts';

/**
 * How one upload was answered.
 * - `refused`: surely not taken: not sent, or 401 or 403.
 * - `declined`: the index says no. What it holds decides; a file that it does not show is not
 *   there.
 * - `doubtful`: the file may be there, even though the index does not show it yet.
 *
 * `again`: the same upload may be accepted later.
 */
export type UploadAnswer =
  | { readonly state: 'accepted' }
  | {
      readonly state: 'refused' | 'declined' | 'doubtful';
      readonly problem: Problem;
      readonly again: boolean;
      readonly afterMs?: number;
    };

// A wheel over a slow line; PyPI answers when it has stored the file.
const UPLOAD_MS = 10 * 60_000;

/**
 * Sends one file, once. Never decides by the text of an answer: "File already exists" does not say
 * which bytes.
 */
export async function upload(
  settings: PypiSettings,
  coordinate: Coordinate,
  file: PypiFile,
  token: Secret,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  const { origin } = new URL(settings.uploadUrl);
  // `effect: none`: what a doubtful answer means is judged by the caller, after a look at the
  // index.
  const deed = {
    code: 'pypi',
    what: `upload ${cleanText(file.name)} to ${origin}`,
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
  } as const;
  const body = await uploadForm(file);
  try {
    const response = await settings.http.request({
      method: 'POST',
      url: settings.uploadUrl,
      body,
      credential: { scheme: 'basic', origin, user: settings.user, password: token },
      retry: 'never',
      deadlineMs: UPLOAD_MS,
      signal,
    });
    if (response.status >= 200 && response.status < 300) return { state: 'accepted' };
    const problem = httpProblem({
      ...deed,
      response,
      tokenFrom: TOKEN_PLACE,
      detail: spokenText(response, token),
    });
    const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
    return {
      state: stateOf(response.status),
      problem: response.status === 403 ? { ...problem, hint: FORBIDDEN_HINT } : problem,
      again: problem.rerun === 'safe',
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  } catch (error) {
    const problem = httpProblem({ ...deed, error });
    return { state: stateOfError(error), problem, again: problem.rerun === 'safe' };
  }
}

const TOKEN_PLACE = 'PYPI_TOKEN or the option token';

// PyPI answers 403 to a wrong token too, and lets a token for one project create none.
const FORBIDDEN_HINT =
  `Check the token in ${TOKEN_PLACE}: it is mistyped, expired or for another project. On pypi.org a project's first upload needs a token ` +
  'for the whole account; one for the project alone can take its place afterwards.';

/**
 * 429 and 503 come before the upload is looked at. A 409 is for a file that is there, or being
 * stored; any other 5xx, and 408, tells nothing.
 */
function stateOf(status: number): 'refused' | 'declined' | 'doubtful' {
  if (status === 401 || status === 403) return 'refused';
  return status === 408 || status === 409 || (status >= 500 && status !== 503)
    ? 'doubtful'
    : 'declined';
}

/**
 * Nobody received what was refused a connection, or would have been insecure; who redirects has not
 * stored it.
 */
function stateOfError(error: unknown): 'refused' | 'declined' | 'doubtful' {
  const kind = error instanceof HttpError ? error.kind : undefined;
  if (kind === 'refused' || kind === 'insecure') return 'refused';
  return kind === 'redirect' ? 'declined' : 'doubtful';
}

async function uploadForm(file: PypiFile): Promise<FormData> {
  const bytes = await readFile(file.path);
  if (sha256Hex(bytes) !== file.sha256) throw new Error(`${file.path} was changed after the build`);
  const form = new FormData();
  for (const [name, value] of file.fields) form.append(name, value);
  form.append('content', new Blob([bytes], { type: 'application/octet-stream' }), file.name);
  return form;
}
