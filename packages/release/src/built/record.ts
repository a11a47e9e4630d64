import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Artifact, Plan } from '@ameide/versioning-core';

/** The record of one publisher's part in a build folder, beside the folder of its files. */
export const RECORD = 'built.json';
export const FILES = 'files';

/** What was built, for which plan, and every file of it. */
export interface BuiltRecord {
  readonly schema: 'ameide-release/built/1';
  /** The run's id. */
  readonly publisher: string;
  readonly sha: string;
  readonly channel: string;
  /** From `definitionDigest`. */
  readonly definition: string;
  readonly plan: Plan;
  readonly artifacts: readonly Artifact[];
  readonly files: readonly RecordedFile[];
}

export interface RecordedFile {
  /** Relative to the folder of files, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** Lists every file below a folder by its path. Throws for what is neither a file nor a folder. */
export async function listFiles(
  folder: string,
  signal: AbortSignal,
): Promise<readonly RecordedFile[]> {
  const files: RecordedFile[] = [];
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    const absolute = join(folder, path);
    const stats = await lstat(absolute);
    if (stats.isDirectory()) continue;
    if (!stats.isFile()) throw new OddFileError(path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(absolute), hash, { signal });
    files.push({ path, size: stats.size, sha256: hash.digest('hex') });
  }
  return files;
}

/** A build folder has a link, a socket or the like. */
export class OddFileError extends Error {
  override readonly name = 'OddFileError';
}

/** Returns the record, or why the text is none. */
export function parseRecord(text: string): BuiltRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<BuiltRecord> | null;
    const isRecord =
      value?.schema === 'ameide-release/built/1' &&
      [value.publisher, value.sha, value.channel, value.definition].every(isText) &&
      typeof value.plan === 'object' &&
      Array.isArray(value.artifacts) &&
      Array.isArray(value.files);
    return isRecord ? (value as BuiltRecord) : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
