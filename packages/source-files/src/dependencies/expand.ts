/** A piece of a word with variables: where it is in the file, and its text. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** False for what no edit can change: an escape, a variable's value that is elsewhere. */
  readonly isLiteral: boolean;
}

/** The value of a variable, by its name; undefined if it is not known. */
export type Lookup = (name: string) => readonly Piece[] | undefined;

const VARIABLE = /^\$(?:(\w+)|\{(\w+)(?:(:?[-+])((?:[^${}\\]|\$\{[^{}]*\}|\$\w+)*))?\})/;

/**
 * Fills in the variables of a word, as BuildKit and Compose do: `$NAME`, `${NAME}`, `${NAME:-default}`,
 * `${NAME-default}`, `${NAME:+other}`. Undefined if a value is not known, or the word has another form.
 */
export function expand(word: string, start: number, lookup: Lookup): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < word.length) {
    const rest = word.slice(at);
    if (!rest.startsWith('$')) {
      const [text = ''] = /^[^$]+/.exec(rest) ?? [];
      if (/["'`\\]/.test(text)) return undefined;
      pieces.push({ text, start: start + at, end: start + at + text.length, isLiteral: true });
      at += text.length;
      continue;
    }
    const match = VARIABLE.exec(rest);
    if (match === null) return undefined;
    const value = valueOf(match, start + at, lookup);
    if (value === undefined) return undefined;
    pieces.push(...value);
    at += match[0].length;
  }
  return pieces;
}

function valueOf(
  match: RegExpExecArray,
  start: number,
  lookup: Lookup,
): readonly Piece[] | undefined {
  const [all, plain, braced, operator, other = ''] = match;
  const known = lookup(plain ?? braced ?? '');
  const isEmpty = known !== undefined && textOf(known) === '';
  const isSet = known !== undefined && !(isEmpty && operator?.startsWith(':') === true);
  if (operator === undefined) return known;
  const isDefault = operator.endsWith('-');
  if (isDefault === isSet) return isDefault ? known : [];
  return expand(other, start + all.length - 1 - other.length, lookup);
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
