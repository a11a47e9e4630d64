/** One challenge of a WWW-Authenticate header. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const SPACE = /[ \t]*/y;

/**
 * Parses a WWW-Authenticate header (RFC 9110, 11.6.1): several challenges in one value, quoted
 * strings with escapes, commas inside quotes. Stops at the first character outside the grammar and
 * returns what it has read.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const cursor = new Cursor(header);
  for (;;) {
    cursor.skip(/[ \t,]*/y);
    const name = cursor.take(TOKEN);
    if (name === undefined) return challenges;
    cursor.skip(SPACE);
    const current = challenges.at(-1);
    if (cursor.peek() !== '=') {
      challenges.push({
        scheme: name.toLowerCase(),
        parameters: Object.create(null) as Record<string, string>,
      });
      continue;
    }
    cursor.skip(/=[ \t]*/y);
    const value = cursor.quoted() ?? cursor.take(TOKEN);
    if (current === undefined || value === undefined) return challenges;
    // The first of two equal parameters wins: a later one must not replace the realm.
    current.parameters[name.toLowerCase()] ??= value;
  }
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  peek(): string | undefined {
    return this.#text[this.#at];
  }

  skip(pattern: RegExp): void {
    this.#match(pattern);
  }

  take(pattern: RegExp): string | undefined {
    return this.#match(pattern)?.[0];
  }

  quoted(): string | undefined {
    return this.#match(QUOTED)?.[1]?.replace(/\\(.)/g, '$1');
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }
}
