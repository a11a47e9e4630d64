// The expressions of `packaging` (specifiers.py, _tokenizer.py), whose answer PyPI takes.
const NUMBERS = String.raw`v?(?:\d+!)?\d+(?:\.\d+)*`;
const SUFFIXES = String.raw`(?:[-_.]?(?:alpha|beta|preview|pre|a|b|c|rc)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?`;
const LOCAL = String.raw`(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?`;
const SPECIFIER: string = [
  String.raw`===\s*[^\s;)]*`,
  String.raw`(?:==|!=)\s*${NUMBERS}(?:\.\*|${SUFFIXES}${LOCAL})`,
  String.raw`~=\s*v?(?:\d+!)?\d+(?:\.\d+)+${SUFFIXES}`,
  String.raw`(?:<=|>=|<|>)\s*${NUMBERS}${SUFFIXES}`,
].join('|');
const ONE_SPECIFIER: RegExp = new RegExp(String.raw`^\s*(?:${SPECIFIER})\s*$`, 'i');

const TOKENS = {
  specifier: new RegExp(SPECIFIER, 'iy'),
  name: /[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9_])?(?![a-zA-Z0-9_])/y,
  string: /'[^']*'|"[^"]*"/y,
  variable:
    /(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y,
  operator: /===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/y,
  boolean: /(?:or|and)\b/y,
  address: /[^ \t]+/y,
  space: /[ \t]+/y,
} satisfies Record<string, RegExp>;

/** True for a list of version specifiers, as in `Requires-Python` (PEP 440): `>=3.9,<4`. */
export function isSpecifierSet(text: string): boolean {
  return text.split(',').every((one) => one.trim() === '' || ONE_SPECIFIER.test(one));
}

/** True for a requirement (PEP 508): `models[http]>=1.0; python_version < "3.12"`. */
export function isRequirement(text: string): boolean {
  const reader = new Reader(text);
  reader.space();
  if (!reader.take(TOKENS.name)) return false;
  reader.space();
  if (reader.take('[') && !takeExtras(reader)) return false;
  reader.space();
  return (reader.take('@') ? takeAddress(reader) : takeSpecifiers(reader)) && takeMarker(reader);
}

function takeExtras(reader: Reader): boolean {
  reader.space();
  if (reader.take(']')) return true;
  do {
    reader.space();
    if (!reader.take(TOKENS.name)) return false;
    reader.space();
  } while (reader.take(','));
  return reader.take(']');
}

function takeAddress(reader: Reader): boolean {
  reader.space();
  return reader.take(TOKENS.address) && (reader.isAtEnd() || reader.space());
}

function takeSpecifiers(reader: Reader): boolean {
  const isEnclosed = reader.take('(');
  reader.space();
  while (reader.take(TOKENS.specifier)) {
    reader.space();
    if (!reader.take(',')) break;
    reader.space();
  }
  reader.space();
  const isClosed = !isEnclosed || reader.take(')');
  reader.space();
  return isClosed;
}

function takeMarker(reader: Reader): boolean {
  if (reader.isAtEnd()) return true;
  return reader.take(';') && takeCondition(reader) && reader.isAtEnd();
}

function takeCondition(reader: Reader): boolean {
  do {
    reader.space();
    const isRead = reader.take('(')
      ? takeCondition(reader) && reader.take(')')
      : takeComparison(reader);
    if (!isRead) return false;
    reader.space();
  } while (reader.take(TOKENS.boolean));
  return true;
}

function takeComparison(reader: Reader): boolean {
  const takeOperand = (): boolean => {
    reader.space();
    const isRead = reader.take(TOKENS.variable) || reader.take(TOKENS.string);
    reader.space();
    return isRead;
  };
  return takeOperand() && reader.take(TOKENS.operator) && takeOperand();
}

/** Reads a text from left to right. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves past the token if it is next. */
  take(token: RegExp | string): boolean {
    if (typeof token === 'string') {
      if (!this.#text.startsWith(token, this.#at)) return false;
      this.#at += token.length;
      return true;
    }
    token.lastIndex = this.#at;
    const length = token.exec(this.#text)?.[0].length;
    if (length === undefined) return false;
    this.#at += length;
    return true;
  }

  space(): boolean {
    return this.take(TOKENS.space);
  }

  isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }
}
