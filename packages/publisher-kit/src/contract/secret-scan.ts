import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { createRedactor } from '../secret/redactor.ts';

/**
 * Finds secrets in every spelling that the redactor knows: plain, escaped, URL-encoded and inside
 * base64.
 */
export interface SecretScan {
  /**
   * True if a value, or anything that `console.log` or JSON would show of it, contains a secret.
   */
  inValue(value: unknown): boolean;
  /** Returns the files below a directory that contain a secret, also inside gzip and zip files. */
  inFiles(directory: string): Promise<readonly string[]>;
}

export function createSecretScan(secrets: readonly string[]): SecretScan {
  const redactor = createRedactor(secrets);
  const found = (text: string): boolean => redactor.redact(text) !== text;
  return {
    inValue: (value) =>
      found(inspect(value, { depth: 20, maxStringLength: null, maxArrayLength: null })) ||
      found(asJson(value)),
    async inFiles(directory) {
      const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile(),
      );
      const paths = files.map((entry) => join(entry.parentPath, entry.name));
      const holding = await Promise.all(
        paths.map(async (path) =>
          views(await readFile(path)).some((view) => found(view.toString('latin1'))),
        ),
      );
      return paths.filter((_, n) => holding[n]);
    },
  };
}

function asJson(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

function views(content: Buffer): readonly Buffer[] {
  return [
    content,
    ...(content.subarray(0, 2).equals(GZIP) ? [unpacked(() => gunzipSync(content))] : []),
    ...zipped(content),
  ];
}

const GZIP = Buffer.from([0x1f, 0x8b]);
const ZIP_ENTRY = Buffer.from('PK\x03\x04', 'latin1');

/**
 * Unpacks each deflated entry of a zip file (a wheel), found by its local header (APPNOTE.TXT
 * 4.3.7).
 */
function zipped(content: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (
    let at = content.indexOf(ZIP_ENTRY);
    at !== -1 && at + 30 <= content.length;
    at = content.indexOf(ZIP_ENTRY, at + 4)
  ) {
    const start = at + 30 + content.readUInt16LE(at + 26) + content.readUInt16LE(at + 28);
    // Bytes of the next entry follow this one; a sync flush decompresses as far as the stream goes.
    if (content.readUInt16LE(at + 8) === 8) {
      entries.push(
        unpacked(() =>
          inflateRawSync(content.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH }),
        ),
      );
    }
  }
  return entries;
}

function unpacked(unpack: () => Buffer): Buffer {
  try {
    return unpack();
  } catch {
    return Buffer.alloc(0); // Something else that begins alike.
  }
}
