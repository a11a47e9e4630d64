import { byBytes } from '@ameide/publisher-kit';

/**
 * The file that `sha256sum --check` reads. `attach` makes it, not `publish`, because only then every other
 * file of the release is known, and the release is still a draft.
 */
export const SUMS_FILE = 'SHA256SUMS';

interface Summed {
  readonly name: string;
  /** `sha256:<hex>` */
  readonly digest: string;
}

/** Writes one line for each file, sorted by name, in the format of coreutils: `<hex>  <name>`. */
export function checksums(files: readonly Summed[]): string {
  return files
    .toSorted((a, b) => byBytes(a.name, b.name))
    .map(({ digest, name }) => `${digest.replace(/^sha256:/, '')}  ${name}\n`)
    .join('');
}
