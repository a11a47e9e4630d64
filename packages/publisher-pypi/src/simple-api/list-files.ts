import { type Coordinate, failed, ok, type Result } from '@ameide/versioning-core';
import { MIB } from '../distribution/archive.ts';
import { parseFileName } from '../distribution/file-name.ts';
import { sameVersion } from '../project/pep440.ts';
import type { PypiSettings } from '../settings.ts';
import type { Get } from './get.ts';
import { isOwnPage, ownFiles } from './own-files.ts';
import { type IndexFile, parseProjectPage, SIMPLE_ACCEPT } from './project-files.ts';
import { SimpleApiError } from './simple-api-error.ts';
import { unreadable } from './unreadable.ts';

/** A file, and the address of the page that lists it. */
export interface ListedFile extends IndexFile {
  readonly page: string;
}

// The limit after decompression, because some kilobytes can become gigabytes. A page of this size
// lists some forty thousand files.
const MAX_PAGE_BYTES = 32 * MIB;
/** The limit of one version's files, because we may have to read each. */
const MAX_FILES = 1000;

/** Chooses the wheels and sdists of one version. */
export function filesOf(
  files: readonly ListedFile[],
  coordinate: Coordinate,
): Result<readonly ListedFile[]> {
  const found = files.filter(({ name }) => {
    const parsed = parseFileName(name);
    return parsed?.name === coordinate.name && sameVersion(parsed.version, coordinate.version);
  });
  if (found.length <= MAX_FILES) return ok(found);
  const why = `it lists more than ${MAX_FILES} files of one version`;
  return failed(unreadable(coordinate, found[0]?.page ?? '', why));
}

/** True if installers pass over all files of a version (PEP 592). */
export function isYanked(files: readonly ListedFile[]): boolean {
  return files.length > 0 && files.every((file) => file.isYanked);
}

/** Lists the index's own wheels and sdists of a project. */
export async function listProject(
  coordinate: Coordinate,
  settings: PypiSettings,
  get: Get,
): Promise<Result<readonly ListedFile[]>> {
  const url = `${settings.simpleUrl}${coordinate.name}/`;
  const answer = await get({
    coordinate,
    url,
    maxBytes: MAX_PAGE_BYTES,
    accept: SIMPLE_ACCEPT,
  });
  if (answer.problems !== undefined) return answer;
  const page = answer.value;
  if (page === undefined) return ok([]);
  const isOwn = await isOwnPage(page.url, settings.simpleUrl, async (root) => {
    const { problems, value } = await get({
      coordinate,
      url: root,
      maxBytes: 0,
      method: 'HEAD',
    });
    return problems === undefined ? ok(value?.url) : { problems };
  });
  if (isOwn.value !== true) return isOwn.problems === undefined ? ok([]) : isOwn;
  try {
    const files = parseProjectPage(page.text(), page.headers.get('content-type') ?? '', page.url);
    const own = ownFiles(files, page, settings.simpleUrl);
    return ok(own.map((file) => ({ ...file, page: page.url })));
  } catch (error) {
    if (!(error instanceof SimpleApiError)) throw error;
    return failed(unreadable(coordinate, url, error.message));
  }
}
