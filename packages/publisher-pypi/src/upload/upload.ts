import { readFile } from 'node:fs/promises';
import { cleanText, HttpError, httpProblem, retryAfterMs, type Secret, sha256Hex } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem } from '@ameide/versioning-core';
import type { PypiFile } from '../build/build.ts';
import { spokenText } from '../problems.ts';
import type { PypiSettings } from '../settings.ts';

/** How one upload was answered. */
export type UploadAnswer =
  | { readonly state: 'accepted' }
  /** Nothing was taken: 401, 403, or nothing was sent. */
  | { readonly state: 'refused'; readonly problem: Problem }
  /** It may be there: only a new look at the index tells. `again`: the same upload may be accepted later. */
  | { readonly state: 'doubtful'; readonly problem: Problem; readonly again: boolean; readonly afterMs?: number };

// A wheel over a slow line; PyPI answers when it has stored the file.
const UPLOAD_MS = 10 * 60_000;

/** Sends one file, once. Never decides by the text of an answer: "File already exists" does not say which bytes. */
export async function upload(
  settings: PypiSettings,
  coordinate: Coordinate,
  file: PypiFile,
  token: Secret,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  const { origin } = new URL(settings.uploadUrl);
  // `effect: none` keeps the kind `incomplete`: the caller reads the index before it is told to anyone.
  const deed = {
    code: 'pypi',
    what: `upload ${cleanText(file.name)} to ${origin}`,
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
  } as const;
  try {
    const response = await settings.http.request({
      method: 'POST',
      url: settings.uploadUrl,
      body: await uploadForm(file),
      credential: { scheme: 'basic', origin, user: settings.user, password: token },
      retry: 'never',
      deadlineMs: UPLOAD_MS,
      signal,
    });
    if (response.status >= 200 && response.status < 300) return { state: 'accepted' };
    const problem = httpProblem({
      ...deed,
      response,
      tokenFrom: 'PYPI_TOKEN or the option token',
      detail: spokenText(response, [token]),
    });
    if (problem.kind === 'authentication') return { state: 'refused', problem };
    const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
    return { state: 'doubtful', problem, again: problem.rerun === 'safe', ...(afterMs === undefined ? {} : { afterMs }) };
  } catch (error) {
    const problem = httpProblem({ ...deed, error });
    // Nobody received an insecure request: it was not sent.
    if (error instanceof HttpError && error.kind === 'insecure') return { state: 'refused', problem };
    const isUnsent = error instanceof HttpError && error.kind === 'refused';
    return { state: 'doubtful', problem: isUnsent ? problem : { ...problem, effect: 'unknown' }, again: problem.rerun === 'safe' };
  }
}

async function uploadForm(file: PypiFile): Promise<FormData> {
  const bytes = await readFile(file.path);
  if (sha256Hex(bytes) !== file.sha256) throw new Error(`${file.path} was changed after the build`);
  const form = new FormData();
  for (const [name, value] of file.fields) form.append(name, value);
  form.append('content', new Blob([bytes], { type: 'application/octet-stream' }), file.name);
  return form;
}
