import { ArchiveError, cleanText, HttpError, sha256Hex } from '@ameide/publisher-kit';
import { type Coordinate, failed, ok, type Result } from '@ameide/versioning-core';
import {
  type DistributionContents,
  MAX_METADATA_BYTES,
  MIB,
  readContents,
  readMetadata,
} from '../distribution/archive.ts';
import {
  type CoreMetadata,
  parseMetadata,
  type SourceCommit,
  sourceCommit,
} from '../distribution/metadata.ts';
import type { Get } from './get.ts';
import type { ListedFile } from './list-files.ts';
import { unreadable } from './unreadable.ts';

export interface ListedContents extends DistributionContents {
  /** Hex. */
  readonly sha256: string;
}

const MAX_FILE_BYTES = 512 * MIB;
const MAX_UNPACKED_BYTES = 4096 * MIB;
/** An attestation has some ten KiB, and a file has a few at most. */
const MAX_PROVENANCE_BYTES = 4 * MIB;
/** https://docs.pypi.org/api/integrity/ */
const PROVENANCE_ACCEPT = 'application/vnd.pypi.integrity.v1+json, application/json;q=0.5';
// Enough for a large file over a slow line.
const DOWNLOAD_MS = 10 * 60_000;

/** Downloads a file, and compares it with the digest that the page gives. */
export async function downloadFile(
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

/** Reads the metadata that the index serves beside a file; undefined if it serves none. */
export async function readSidecar(
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
    const why = "its bytes do not have the digest that the index's page gives";
    return failed(unreadable(coordinate, `${file.name}.metadata`, why));
  }
  return ok(parseMetadata(answer.value.text()));
}

/** Reads the attestations of a file; undefined if the page names none. */
export async function readProvenance(
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

/** Reads the commit that the metadata in a file names. */
export async function sourceInside(
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

/** Unpacks a file. */
export async function contentsInside(
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
