import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ifThere, readJson, writeAtomically } from '../atomic-file.ts';
import { createKeyedLock } from '../keyed-lock.ts';
import type { ProvenanceObject } from './attestations.ts';
import type { CoreMetadata } from './core-metadata.ts';
import type { PackageType } from './distribution.ts';
import { normalizeName } from './project-name.ts';

/** The index's record of one file. */
export interface StoredFile {
  readonly fileName: string;
  /** Normal form, in the spelling of the release's first file. */
  readonly version: string;
  readonly packageType: PackageType;
  /** `py3`, or `source` for an sdist. */
  readonly pythonVersion: string;
  /** Bytes. */
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  readonly blake2b256: string;
  /** ISO 8601, UTC. */
  readonly uploadTime: string;
  readonly requiresPython?: string;
  /** SHA-256 of the metadata served beside a wheel. */
  readonly metadataSha256?: string;
  /** Why it was yanked, `''` without a reason (PEP 592); absent if it was not. */
  readonly yanked?: string;
  /** What the Integrity API says of it. */
  readonly provenance?: ProvenanceObject;
}

export interface StoredProject {
  /** In the spelling of its first upload. */
  readonly name: string;
  /** Normal form of a version to the metadata of the release's first file. */
  readonly releases: Readonly<Record<string, CoreMetadata>>;
  /** In the order of their uploads. */
  readonly files: readonly StoredFile[];
}

/**
 * The index's state on disk.
 *
 *     packages/<2 hex>/<2 hex>/<60 hex>/<file name>[.metadata]   content, below its BLAKE2b digest
 *     projects/<normalised name>.json                            a StoredProject: what makes a file visible
 */
export class IndexStore {
  readonly #directory: string;
  readonly #lock = createKeyedLock();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The normalised names of all projects, sorted. */
  async projects(): Promise<readonly string[]> {
    const entries = (await ifThere(readdir(join(this.#directory, 'projects')))) ?? [];
    const names = entries
      .filter((entry) => !entry.startsWith('.') && entry.endsWith('.json'))
      .map((entry) => entry.slice(0, -'.json'.length));
    return names.sort();
  }

  /** A project by its normalised name. */
  async project(normalizedName: string): Promise<StoredProject | undefined> {
    return readJson<StoredProject>(this.#record(normalizedName));
  }

  /**
   * Adds the file that `accept` returns for the project's present state. Adds nothing if `accept`
   * throws or says that the file exists. No other file of the project is added in between. Writes
   * the content before the record that makes it visible.
   */
  async add(
    name: string,
    content: {
      readonly bytes: Buffer;
      readonly sidecar: Buffer | undefined;
      readonly fields: CoreMetadata;
    },
    accept: (project: StoredProject | undefined) => StoredFile | 'there',
  ): Promise<'added' | 'there'> {
    const normalizedName = normalizeName(name);
    return this.#lock(normalizedName, async () => {
      const before = await this.project(normalizedName);
      const file = accept(before);
      if (file === 'there') return 'there';
      const path = join(this.#directory, contentPath(file));
      await writeAtomically(path, content.bytes);
      if (content.sidecar) await writeAtomically(`${path}.metadata`, content.sidecar);
      const project: StoredProject = {
        name: before?.name ?? name,
        releases: { [file.version]: content.fields, ...before?.releases },
        files: [...(before?.files ?? []), file],
      };
      await writeAtomically(this.#record(normalizedName), JSON.stringify(project));
      return 'added';
    });
  }

  /**
   * Yanks a version, or takes that back (`null`). Returns false if there is no such version. `version` is in normal
   * form.
   */
  async yank(name: string, version: string, reason: string | null): Promise<boolean> {
    const normalizedName = normalizeName(name);
    return this.#lock(normalizedName, async () => {
      const before = await this.project(normalizedName);
      if (before?.files.some((file) => file.version === version) !== true) return false;
      const files = before.files.map(({ yanked, ...file }): StoredFile => {
        const now = file.version === version ? reason : (yanked ?? null);
        return now === null ? file : { ...file, yanked: now };
      });
      await writeAtomically(this.#record(normalizedName), JSON.stringify({ ...before, files }));
      return true;
    });
  }

  /** Opens the content at a path that `contentPath` made, with its size in bytes. */
  async open(path: string): Promise<{ readonly size: number; read(): Readable } | undefined> {
    const absolute = join(this.#directory, path);
    const found = await ifThere(stat(absolute));
    return found?.isFile()
      ? { size: found.size, read: () => createReadStream(absolute) }
      : undefined;
  }

  #record(normalizedName: string): string {
    return join(this.#directory, 'projects', `${normalizedName}.json`);
  }
}

/**
 * Returns the path of a file, in the state folder and in URLs. It has the form of
 * files.pythonhosted.org, so that the bytes at a URL never change.
 */
function contentPath(file: StoredFile): string {
  return `packages/${file.blake2b256.slice(0, 2)}/${file.blake2b256.slice(2, 4)}/${file.blake2b256.slice(4)}/${file.fileName}`;
}

/** Returns the same path for a URL, without its leading slash. */
export function contentUrlPath(file: StoredFile): string {
  return contentPath(file).split('/').map(encodeURIComponent).join('/');
}
