/**
 * The file of Sigstore bundles that an attestation ref holds: one a line, the newest first, as `gh attestation
 * download` writes them.
 */
export const BUNDLE_FILE = 'provenance.sigstore.jsonl';

/** A bundle has some kilobytes. Anybody who may push to the mirror can put a larger file there: it is not read. */
export const MAX_BYTES: number = 1024 * 1024;

/** More are neither verified nor kept. */
const MAX_BUNDLES = 16;

/** Returns the first 16 lines that are not empty. They may be anything. */
export function splitBundles(file: Uint8Array): readonly Uint8Array[] {
  const lines = Buffer.from(file)
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(0, MAX_BUNDLES).map((line) => Buffer.from(line));
}

/** Puts a bundle before the others. Drops the last ones if there is no room for all. */
export function joinBundles(bundle: Uint8Array, others: readonly Uint8Array[]): string {
  let file = `${Buffer.from(bundle).toString()}\n`;
  for (const other of others.slice(0, MAX_BUNDLES - 1)) {
    const longer = `${file}${Buffer.from(other).toString()}\n`;
    if (Buffer.byteLength(longer) > MAX_BYTES) break;
    file = longer;
  }
  return file;
}
