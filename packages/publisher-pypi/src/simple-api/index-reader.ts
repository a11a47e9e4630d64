import { ArchiveError, cleanText, HttpError, sha256Hex } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  problem,
  type Result,
} from '@ameide/versioning-core';
import {
  type DistributionContents,
  MAX_METADATA_BYTES,
  MIB,
  readContents,
  readMetadata,
} from '../distribution/archive.ts';
import { parseFileName } from '../distribution/file-name.ts';
import {
  type CoreMetadata,
  parseMetadata,
  type SourceCommit,
  sourceCommit,
} from '../distribution/metadata.ts';
import { sameVersion } from '../project/pep440.ts';
import type { PypiSettings } from '../settings.ts';
import { createGet, type Get } from './get.ts';
import { isOwnPage, ownFiles } from './own-files.ts';
import { type IndexFile, parseProjectPage, SIMPLE_ACCEPT } from './project-files.ts';
import { SimpleApiError } from './simple-api-error.ts';

/** A file, and the address of the page that lists it. */
export interface ListedFile extends IndexFile {
  readonly page: string;
}

/**
 * Answers one question about an index. Writes nothing and caches nothing, because after a doubtful
 * upload we must read again, with a new reader.
 */
export interface IndexReader {
  /** Returns the index's own wheels and sdists of all versions; none if it reports none. */
  project(coordinate: Coordinate): Promise<Result<readonly ListedFile[]>>;
  /** Returns those of one version. */
  files(coordinate: Coordinate): Promise<Result<readonly ListedFile[]>>;
  /**
   * As `files`, or what this run has read before: only if it names the attestations of every file, and
   * nothing was uploaded since.
   */
  attested(coordinate: Coordinate): Promise<Result<readonly ListedFile[]>>;
  /**
   * Returns the commit that a file on the index names, from its metadata sidecar or from the file
   * itself.
   */
  source(coordinate: Coordinate, file: ListedFile): Promise<Result<SourceCommit>>;
  /** Returns the file's SHA-256, hex: from the index, or computed from the bytes that it serves. */
  sha256(coordinate: Coordinate, file: ListedFile): Promise<Result<string>>;
  /** Returns the SHA-256, hex, of the bytes that the index serves, whatever it reports of them. */
  served(coordinate: Coordinate, file: ListedFile): Promise<Result<string>>;
  /** Returns the attestations of a file (PEP 740); undefined if the index has none. */
  provenance(coordinate: Coordinate, file: ListedFile): Promise<Result<unknown>>;
  /** Returns what is in a file whose bytes have the digest that the index reports. */
  contents(coordinate: Coordinate, file: ListedFile): Promise<Result<ListedContents>>;
}

interface ListedContents extends DistributionContents {
  /** Hex. */
  readonly sha256: string;
}

// The limit after decompression, because some kilobytes can become gigabytes. A page of this size
// lists some forty thousand files.
const MAX_PAGE_BYTES = 32 * MIB;
const MAX_FILE_BYTES = 512 * MIB;
const MAX_UNPACKED_BYTES = 4096 * MIB;
/** The limit of one version's files, because we may have to read each. */
const MAX_FILES = 1000;
/** An attestation has some ten KiB, and a file at most a few. */
const MAX_PROVENANCE_BYTES = 4 * MIB;
/** https://docs.pypi.org/api/integrity/ */
const PROVENANCE_ACCEPT = 'application/vnd.pypi.integrity.v1+json, application/json;q=0.5';
// Enough for a large file over a slow line.
const DOWNLOAD_MS = 10 * 60_000;
/** For a whole question: an index may list many files and send each slowly. */
const QUESTION_MS = 10 * 60_000;

/** `questionMs` limits all of its calls together. */
export function createIndexReader(
  settings: PypiSettings,
  signal: AbortSignal,
  questionMs: number = QUESTION_MS,
): IndexReader {
  const { answers } = settings;
  const get = createGet(settings, signal, questionMs);
  const download: Download = async (coordinate, file) => {
    const bytes = await downloadFile(coordinate, file, get);
    if (bytes.value === undefined) return bytes;
    const digest = ok(sha256Hex(bytes.value));
    await answers.refresh(signal, `served ${file.url}`, async () => digest);
    return bytes;
  };
  const list: IndexReader['files'] = async (coordinate) => {
    const project = await listProject(coordinate, settings, get);
    return project.value === undefined ? project : filesOf(project.value, coordinate);
  };
  const listing = (coordinate: Coordinate) =>
    [
      signal,
      `files ${formatCoordinate(coordinate)}`,
      async () => list(coordinate),
      areAttested,
    ] as const;
  return {
    project: async (coordinate) => listProject(coordinate, settings, get),
    files: async (coordinate) => answers.refresh(...listing(coordinate)),
    attested: async (coordinate) => answers.keep(...listing(coordinate)),
    async source(coordinate, file) {
      const sidecar = await sidecarOf(coordinate, file, get);
      if (sidecar.problems !== undefined) return sidecar;
      if (sidecar.value !== undefined) return ok(sourceCommit(sidecar.value));
      const bytes = await download(coordinate, file);
      if (bytes.value === undefined) return bytes;
      return ok(await sourceInside(file, bytes.value, signal));
    },
    async sha256(coordinate, file) {
      if (file.sha256 !== undefined) return ok(file.sha256);
      const bytes = await download(coordinate, file);
      return bytes.value === undefined ? bytes : ok(sha256Hex(bytes.value));
    },
    async served(coordinate, { sha256: _reported, ...file }) {
      const ask = async (): Promise<Result<string>> => {
        const bytes = await downloadFile(coordinate, file, get);
        return bytes.value === undefined ? bytes : ok(sha256Hex(bytes.value));
      };
      return answers.keep(signal, `served ${file.url}`, ask, isRead);
    },
    provenance: async (coordinate, file) => readProvenance(coordinate, file, get),
    async contents(coordinate, file) {
      const bytes = await download(coordinate, file);
      return bytes.value === undefined
        ? bytes
        : contentsInside(coordinate, file, bytes.value, signal);
    },
  };
}

type Download = (coordinate: Coordinate, file: ListedFile) => Promise<Result<Uint8Array>>;

function isRead({ value }: Result<string>): boolean {
  return value !== undefined;
}

function areAttested({ value = [] }: Result<readonly ListedFile[]>): boolean {
  return value.length > 0 && value.every(({ provenance }) => provenance !== undefined);
}

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

async function listProject(
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

async function downloadFile(
  coordinate: Coordinate,
  { name, page, sha256, url }: ListedFile,
  get: Get,
): Promise<Result<Uint8Array>> {
  const limits = { maxBytes: MAX_FILE_BYTES, deadlineMs: DOWNLOAD_MS };
  const answer = await get({ coordinate, url, from: page, ...limits });
  if (answer.problems !== undefined) return answer;
  const unusable = (why: string) => failed(unreadable(coordinate, name, why));
  if (answer.value === undefined) return unusable('the index lists it and then answers 404');
  const { body } = answer.value;
  if (sha256 === undefined || sha256Hex(body) === sha256) return ok(body);
  return unusable("its bytes do not have the digest that the index's page gives");
}

async function sidecarOf(
  coordinate: Coordinate,
  file: ListedFile,
  get: Get,
): Promise<Result<CoreMetadata | undefined>> {
  if (file.metadata === undefined) return ok(undefined);
  const answer = await get({
    coordinate,
    url: `${file.url}.metadata`,
    from: file.page,
    maxBytes: MAX_METADATA_BYTES,
  });
  if (answer.problems !== undefined) return answer;
  if (answer.value === undefined) return ok(undefined);
  if (file.metadata.sha256 !== undefined && sha256Hex(answer.value.body) !== file.metadata.sha256) {
    const why = "its bytes do not have the digest that the index's page tells";
    return failed(unreadable(coordinate, `${file.name}.metadata`, why));
  }
  return ok(parseMetadata(answer.value.text()));
}

async function readProvenance(
  coordinate: Coordinate,
  { name, page, provenance }: ListedFile,
  get: Get,
): Promise<Result<unknown>> {
  if (provenance === undefined) return ok(undefined);
  const limits = { maxBytes: MAX_PROVENANCE_BYTES, accept: PROVENANCE_ACCEPT };
  const answer = await get({ coordinate, url: provenance, from: page, ...limits });
  if (answer.value === undefined) return answer;
  try {
    return ok(answer.value.json());
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return failed(unreadable(coordinate, `the attestations of ${name}`, 'they are no JSON'));
  }
}

async function sourceInside(
  file: ListedFile,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<SourceCommit> {
  try {
    return sourceCommit(await readMetadata(kindOf(file.name), bytes, signal));
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return { missing: error.message };
  }
}

async function contentsInside(
  coordinate: Coordinate,
  { name }: ListedFile,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<Result<ListedContents>> {
  try {
    const limits = { maxBytes: MAX_UNPACKED_BYTES, signal };
    const contents = await readContents(kindOf(name), bytes, limits);
    return ok({ ...contents, sha256: sha256Hex(bytes) });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const hint = 'Download that file from the index, and look at it by hand.';
    return failed({ ...unreadable(coordinate, name, cleanText(error.message)), hint });
  }
}

function kindOf(name: string): 'wheel' | 'sdist' {
  return name.endsWith('.whl') ? 'wheel' : 'sdist';
}

function unreadable(coordinate: Coordinate, what: string, why: string): Problem {
  return problem({
    code: 'pypi-unreadable',
    kind: 'incomplete',
    message: `${cleanText(what)}: ${why}.`,
    coordinate: formatCoordinate(coordinate),
    hint: 'Check simpleUrl: it must be the root of a Simple API (PEP 503, PEP 691).',
  });
}
