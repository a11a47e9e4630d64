import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';

export interface TarEntry {
  readonly header: Header;
  readonly text: string;
}

/** Every entry of a .tgz, by name. */
export async function readTarball(path: string): Promise<ReadonlyMap<string, TarEntry>> {
  const archive = extract();
  archive.end(gunzipSync(readFileSync(path)));
  const entries = new Map<string, TarEntry>();
  for await (const entry of archive) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    entries.set(entry.header.name, {
      header: entry.header,
      text: Buffer.concat(chunks).toString('utf8'),
    });
  }
  return entries;
}
