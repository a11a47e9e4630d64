import { readFile } from 'node:fs/promises';
import {
  type Answer,
  cleanText,
  errorAnswer,
  HttpError,
  httpProblem,
  type Secret,
  type StatusExceptions,
  sha256Hex,
  statusAnswer,
} from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import type { PypiFile } from '../build.ts';
import { answerText } from '../problems.ts';
import { credential, type PypiSettings } from '../settings.ts';
import { trustedHint } from '../trusted/upload-hint.ts';

// Enough for a wheel over a slow line. PyPI answers after it has stored the file.
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
): Promise<Answer<Problem>> {
  // After a doubtful answer, reading the index decides what it means.
  const action = {
    code: 'pypi',
    what: `upload ${cleanText(file.name)} to ${settings.uploadUrl}`,
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
  } as const;
  const body = await uploadForm(file);
  if (body === undefined) return { state: 'denied', again: false, reason: changed(file, action) };
  try {
    const response = await settings.http.request({
      method: 'POST',
      url: settings.uploadUrl,
      body,
      credential: credential(settings, token),
      retry: 'never',
      deadlineMs: UPLOAD_MS,
      signal,
    });
    return statusAnswer(
      response,
      () => {
        const detail = answerText(response, token);
        const problem = httpProblem({ ...action, response, tokenFrom: TOKEN_PLACE, detail });
        const hint = trustedHint(settings, response.status) ?? HINTS.get(response.status);
        return hint === undefined ? problem : { ...problem, hint };
      },
      EXCEPTIONS,
    );
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return errorAnswer(error.kind, httpProblem({ ...action, error }));
  }
}

// pypiserver and devpi answer 409 for a file that exists, so repeating is useless.
const EXCEPTIONS: StatusExceptions = { 409: { again: false } };

const TOKEN_PLACE = 'PYPI_TOKEN or the option token';

const NO_INDEX =
  'Check the option uploadUrl: no package index takes uploads at this address, or it hides the project from this token.';

const HINTS: ReadonlyMap<number, string> = new Map([
  [404, NO_INDEX],
  [405, NO_INDEX],
  // PyPI also answers 403 to a wrong token, and to a token for one project that creates another.
  [
    403,
    `Check the token in ${TOKEN_PLACE}: it is mistyped, expired or for another project. On pypi.org a project's first upload needs a token ` +
      'for the whole account; afterwards a token for only this project is enough.',
  ],
]);

/** The bytes that are sent are those that are digested: other programs may still write to the file. */
async function uploadForm(file: PypiFile): Promise<FormData | undefined> {
  const bytes = await readFile(file.path);
  if (sha256Hex(bytes) !== file.sha256) return undefined;
  const form = new FormData();
  for (const [name, value] of file.fields) form.append(name, value);
  form.append('content', new Blob([bytes], { type: 'application/octet-stream' }), file.name);
  return form;
}

function changed(file: PypiFile, { coordinate }: { readonly coordinate: string }): Problem {
  return problem({
    code: 'pypi-file-changed',
    kind: 'incomplete',
    message: `The file ${file.path} has changed since it was built for ${coordinate}.`,
    hint: 'Another program changed a file in the temporary folder of this run: find out which, then run again.',
    coordinate,
    rerun: 'after-fix',
  });
}
