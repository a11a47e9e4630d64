import { createRunAnswers, httpProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';
import { isPublicPypi, isTestPypi } from '../index-address.ts';
import type { PypiSettings } from '../settings.ts';

/** The audience of pypi.org and test.pypi.org; undefined for another index. */
export function expectedAudience(uploadUrl: string): string | undefined {
  if (!isPublicPypi(uploadUrl)) return undefined;
  return isTestPypi(uploadUrl) ? 'testpypi' : 'pypi';
}

/** Audiences of other receivers. A server that has a token for one of them could publish there in our name, or sign. */
const OF_OTHERS = /^(?:npm:.*|pypi|testpypi|sigstore)$/;

/**
 * Reads the audience that identity tokens for this index must have: `GET /_/oidc/audience` (warehouse's `oidc/views.py`). An index may name only its
 * own audience, as it could use a token for another receiver there.
 */
export async function readAudience(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Result<string>> {
  const ask = async (): Promise<Result<string>> => askAudience(settings, coordinate, signal);
  const isKnown = ({ value }: Result<string>): boolean => value !== undefined;
  return audiences.get(signal, settings.uploadUrl, ask, isKnown);
}

/** The audience of each index, by its upload address. A run asks for it once. */
const audiences = createRunAnswers();

async function askAudience(
  settings: PypiSettings,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Result<string>> {
  const { origin } = new URL(settings.uploadUrl);
  const about = {
    code: 'pypi',
    what: `read the audience of trusted publishing at ${origin}`,
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
  } as const;
  try {
    const response = await settings.http.request({
      method: 'GET',
      url: `${origin}/_/oidc/audience`,
      headers: { accept: 'application/json' },
      maxBytes: 64 * 1024,
      signal,
    });
    const isOwn = URL.parse(response.url)?.origin === origin;
    if (!isOwn || NOT_OFFERED.has(response.status)) return failed(notOffered(origin, coordinate));
    if (response.status !== 200) return failed(httpProblem({ ...about, response }));
    const audience = audienceIn(response.json());
    const expected = expectedAudience(settings.uploadUrl);
    const isRight =
      expected === undefined ? !OF_OTHERS.test(audience ?? '') : audience === expected;
    return audience !== undefined && isRight
      ? ok(audience)
      : failed(foreignAudience(origin, audience, coordinate));
  } catch (error) {
    signal.throwIfAborted();
    return failed(httpProblem({ ...about, error }));
  }
}

/** PyPI answers 403 while trusted publishing is switched off. */
const NOT_OFFERED: ReadonlySet<number> = new Set([403, 404, 405]);

function audienceIn(body: unknown): string | undefined {
  const audience =
    typeof body === 'object' && body !== null && 'audience' in body ? body.audience : undefined;
  return typeof audience === 'string' && /^[\x21-\x7e]{1,200}$/.test(audience)
    ? audience
    : undefined;
}

function notOffered(origin: string, coordinate: Coordinate): Problem {
  return problem({
    code: 'pypi-no-trusted-publishing',
    kind: 'authentication',
    message: `${origin} offers no trusted publishing now, and there is no token to upload ${formatCoordinate(coordinate)} with.`,
    hint: 'Set PYPI_TOKEN, or the option token.',
    coordinate: formatCoordinate(coordinate),
  });
}

function foreignAudience(
  origin: string,
  named: string | undefined,
  coordinate: Coordinate,
): Problem {
  const asked =
    named === undefined
      ? 'does not say for which audience an identity token must be'
      : `asks for an identity token for the audience ${named}, which is not its own`;
  return problem({
    code: 'pypi-foreign-audience',
    kind: 'authentication',
    message: `For trusted publishing, ${origin} ${asked}.`,
    hint: 'It got no token. A server that has a token for another receiver could publish there, or sign, in your name: find out why this index asks, and set PYPI_TOKEN meanwhile.',
    coordinate: formatCoordinate(coordinate),
  });
}
