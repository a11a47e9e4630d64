/**
 * The file of Sigstore bundles that an attestation ref holds: one a line, the newest first, as `gh attestation
 * download` writes them.
 */
export const BUNDLE_FILE = 'provenance.sigstore.jsonl';

/** A bundle has some kilobytes. Whoever may push to the mirror can put anything there: what is larger is not read. */
export const MAX_BYTES: number = 1024 * 1024;

/** As many are verified. */
const MAX_BUNDLES = 16;

/** Returns the bundles, whatever the lines are. */
export function splitBundles(file: Uint8Array): readonly Uint8Array[] {
  const lines = Buffer.from(file)
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(0, MAX_BUNDLES).map((line) => Buffer.from(line));
}

/** Puts a bundle before the others, as many as are read again. */
export function joinBundles(bundle: Uint8Array, others: readonly Uint8Array[]): string {
  let file = `${Buffer.from(bundle).toString()}\n`;
  for (const other of others.slice(0, MAX_BUNDLES - 1)) {
    const longer = `${file}${Buffer.from(other).toString()}\n`;
    if (Buffer.byteLength(longer) > MAX_BYTES) break;
    file = longer;
  }
  return file;
}
