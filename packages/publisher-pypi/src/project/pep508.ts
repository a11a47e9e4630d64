/** A requirement as PEP 508 writes it: `core[fast] >=0.1 ; python_version >= "3.9"`. */
export interface Pep508 {
  /** Normalised, PEP 503. */
  readonly name: string;
  /** PEP 440, without brackets around it; empty if any version will do, or with an address. */
  readonly specifier: string;
  /** What follows `@`. */
  readonly address?: string;
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
    return { name, specifier: '', address, withSpecifier };
  }
  const [, before = '', specifier = '', after = ''] =
    /^(\s*\(?\s*)([^;()]*?)(\s*\)?\s*(?:;.*)?)$/s.exec(rest) ?? [];
  return { name, specifier, withSpecifier: (other) => `${head}${before}${other}${after}` };
}
