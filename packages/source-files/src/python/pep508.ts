/** A requirement as PEP 508 writes it: `core[fast] >=0.1 ; python_version >= "3.9"`. */
export interface Pep508 {
  /** Normalised, PEP 503. */
  readonly name: string;
  /** PEP 440, without brackets around it; empty if any version will do, or with an address. */
  readonly specifier: string;
  /** What follows `@`. */
  readonly address?: string;
  /** Where the specifier, or `@` with the address, is in the text: from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
  /** Returns the text with another specifier; name, extras and marker stay as they are. */
  readonly withSpecifier: (specifier: string) => string;
}

/** Reads a requirement; undefined if it begins with no name. Does not check the specifier. */
export function parsePep508(text: string): Pep508 | undefined {
  const [head, written] =
    /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:\s*\[[^\]]*\])?/.exec(text) ?? [];
  if (head === undefined || written === undefined) return undefined;
  const name = written.replace(/[-_.]+/g, '-').toLowerCase();
  const rest = text.slice(head.length);
  // In an address, only white space before it makes `;` begin a marker.
  const [, sign, address = '', marked = ''] = /^(\s*@\s*)(.*?)(\s+;.*|\s*)$/s.exec(rest) ?? [];
  if (sign !== undefined) {
    const withSpecifier = (specifier: string): string => `${head}${specifier}${marked}`;
    const start = head.length + sign.search(/@/);
    const end = text.length - marked.length;
    return { name, specifier: '', address, start, end, withSpecifier };
  }
  const [, before = '', specifier = '', after = ''] =
    /^(\s*\(?\s*)([^;()]*?)(\s*\)?\s*(?:;.*)?)$/s.exec(rest) ?? [];
  const start = head.length + before.length;
  return {
    name,
    specifier,
    // Without a specifier, white space before a marker stays where it is.
    ...(specifier === '' && !before.includes('(')
      ? { start: head.length, end: head.length }
      : { start, end: start + specifier.length }),
    withSpecifier: (other) => `${head}${before}${other}${after}`,
  };
}
