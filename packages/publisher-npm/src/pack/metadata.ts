import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { JsonObject } from '../manifest/json.ts';

/**
 * The document the registry keeps for the version: the packed manifest, with the README that npm's
 * site shows, and `bin` in the one form that every client reads, as npm's own CLI adds them.
 */
export async function versionMetadata(
  manifest: JsonObject,
  tarball: Uint8Array,
): Promise<JsonObject> {
  const readme = await readmeOf(tarball);
  const { name } = manifest;
  const command = typeof name === 'string' ? name.replace(/^@[^/]+\//, '') : '';
  const bin = typeof manifest['bin'] === 'string' ? { bin: { [command]: manifest['bin'] } } : {};
  return {
    ...manifest,
    ...bin,
    ...(readme === undefined ? {} : { readme: readme.text, readmeFilename: readme.name }),
  };
}

async function readmeOf(
  tarball: Uint8Array,
): Promise<{ readonly name: string; readonly text: string } | undefined> {
  const archive = extract();
  archive.end(gunzipSync(tarball));
  const found = new Map<string, string>();
  for await (const entry of archive) {
    const name = /^package\/(readme(?:\.(?:md|markdown))?)$/i.exec(entry.header.name)?.[1];
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) if (name !== undefined) chunks.push(chunk as Uint8Array);
    if (name !== undefined) found.set(name, Buffer.concat(chunks).toString('utf8'));
  }
  const [name] = [...found.keys()].toSorted((a, b) => b.length - a.length);
  return name === undefined ? undefined : { name, text: found.get(name) ?? '' };
}
