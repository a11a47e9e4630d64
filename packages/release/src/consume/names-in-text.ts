import { completeName } from '@ameide/source-files/image';
import type { ReleasedArtifact } from './released.ts';

/**
 * True if a file that cannot be parsed may have one of the names in it, in any spelling that its format and the ecosystem
 * allow. In doubt it has.
 */
export function mayName(bytes: Uint8Array, names: readonly string[]): boolean {
  const text = plain(new TextDecoder().decode(bytes));
  return names.some((name) => text.includes(plain(name)));
}

/** What has to be written of an artifact's name: Docker's own registry may be left out, and a variable may hold any other. */
export function writtenName({
  ecosystem,
  name,
}: Pick<ReleasedArtifact, 'ecosystem' | 'name'>): string {
  if (ecosystem !== 'oci') return name;
  const full = completeName(name);
  return full.slice(full.indexOf('/') + 1).replace(/^library\//, '');
}

/**
 * Without the escapes of JSON, TOML and YAML, line breaks within a word, and the zeros of UTF-16; letters and separators
 * as PEP 503 normalises them (https://peps.python.org/pep-0503/#normalized-names).
 */
function plain(text: string): string {
  return text
    .replaceAll('\0', '')
    .replaceAll(/\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2})/gi, (escape) => {
      const code = Number.parseInt(escape.slice(2), 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : escape;
    })
    .replaceAll(/\\(?:\r?\n\s*)?/g, '')
    .toLowerCase()
    .replaceAll(/[-_.]+/g, '-');
}
