export const BOM = '\uFEFF';

/** The byte order mark that a file in UTF-8 begins with, which its text is read without; `''` for one without it. */
export function bomOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes?.subarray(0, 3) ?? []).toString() === BOM ? BOM : '';
}
