import { type HttpResponse, httpProblem } from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import { type Coordinate, failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import { malformed } from '../problems.ts';
import {
  createClient,
  jsonObject,
  NOT_SERVED,
  type RegistryClient,
  saysNotFound,
} from './client.ts';
import { readVersionDocument, type VersionDocument } from './version-document.ts';

type Shown = Result<VersionDocument | 'absent'>;

/**
 * Reads what the registry shows of one version. `absent` comes from the packument alone, which is
 * what clients install from: not every registry has the page of one version. A run
 * asks only once for a version that is there, until something is written. Rejects as the client does.
 */
export async function readVersion(
  target: Target,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Shown> {
  const question = `version ${coordinate.name}@${coordinate.version}`;
  const isThere = ({ value }: Shown): boolean => value !== undefined && value !== 'absent';
  return target.answers.get(
    signal,
    question,
    async () => askVersion(target, coordinate, signal),
    isThere,
  );
}

/** As `readVersion`, for a version that is most likely absent: then it needs only one request. */
export async function readNewVersion(
  target: Target,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Shown> {
  const listed = await fromPackument(createClient(target, signal), target, coordinate);
  const isListed = listed.value !== undefined && listed.value !== 'absent';
  // The short form of a packument lacks the commit.
  return isListed ? readVersion(target, coordinate, signal) : listed;
}

async function askVersion(
  target: Target,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Shown> {
  const client = createClient(target, signal);
  const page = await client.version(coordinate.name, coordinate.version);
  if (page.status === 200 && isOwn(page, target)) return documentOf(coordinate, jsonObject(page));
  if (page.status === 200 || NOT_SERVED.has(page.status))
    return fromPackument(client, target, coordinate);
  return failed(answered(coordinate, page));
}

async function fromPackument(
  client: RegistryClient,
  target: Target,
  coordinate: Coordinate,
): Promise<Shown> {
  const { name, version } = coordinate;
  const response = await client.packument(name);
  // A registry may send those who ask for a package that it lacks to another one (GitLab does, to
  // npmjs): that one's package is a stranger's.
  if (saysNotFound(response) || !isOwn(response, target)) return ok('absent');
  if (response.status !== 200) return failed(answered(coordinate, response));
  const versions = jsonObject(response)?.['versions'];
  if (!isObject(versions)) return failed(unreadable(coordinate, 'a list of versions'));
  if (!Object.hasOwn(versions, version)) return ok('absent');
  const document = versions[version];
  return documentOf(coordinate, isObject(document) ? document : undefined);
}

/** True if the registry itself answered, and did not send us to another server. */
export function isOwn(response: HttpResponse, { registry }: Target): boolean {
  return URL.parse(response.url)?.origin === registry.origin;
}

function documentOf(
  coordinate: Coordinate,
  body: Readonly<Record<string, unknown>> | undefined,
): Result<VersionDocument> {
  const { name, version } = coordinate;
  const document = body === undefined ? undefined : readVersionDocument(body, name, version);
  return document === undefined
    ? failed(unreadable(coordinate, 'the document of that version'))
    : ok(document);
}

function answered(coordinate: Coordinate, response: HttpResponse): Problem {
  const reference = formatNpm(coordinate);
  const what = `read ${reference}`;
  return httpProblem({ code: 'npm', what, response, coordinate: reference, effect: 'none' });
}

function unreadable(coordinate: Coordinate, expected: string): Problem {
  const reference = formatNpm(coordinate);
  return malformed(`read ${reference}`, `the answer is not ${expected}`, reference);
}
