import { sha256Hex } from '@ameide/publisher-kit';
import { type Coordinate, formatCoordinate, ok, type Result } from '@ameide/versioning-core';
import { type SourceCommit, sourceCommit } from '../distribution/metadata.ts';
import type { PypiSettings } from '../settings.ts';
import { createGet } from './get.ts';
import { filesOf, type ListedFile, listProject } from './list-files.ts';
import {
  contentsInside,
  downloadFile,
  type ListedContents,
  readProvenance,
  readSidecar,
  sourceInside,
} from './read-file.ts';

/**
 * Answers one question about an index. Writes nothing. Only `attested` and `served` may return what the
 * run has read before, and nothing from before an upload: after a doubtful one we must read again.
 */
export interface IndexReader {
  /** Returns the index's own wheels and sdists of all versions; none if it reports none. */
  project(coordinate: Coordinate): Promise<Result<readonly ListedFile[]>>;
  /** Returns the index's own wheels and sdists of one version. */
  files(coordinate: Coordinate): Promise<Result<readonly ListedFile[]>>;
  /**
   * As `files`, but may return what this run has read before, if that names the attestations of every file
   * and nothing was uploaded since.
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
    attested: async (coordinate) => answers.get(...listing(coordinate)),
    async source(coordinate, file) {
      const sidecar = await readSidecar(coordinate, file, get);
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
      return answers.get(signal, `served ${file.url}`, ask, isRead);
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
