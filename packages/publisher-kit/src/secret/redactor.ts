import { Secret } from './secret.ts';

/** Removes secrets from text that people will see. */
export interface Redactor {
  /**
   * Replaces every known form of every secret by `[secret]`. Pass whole lines: a secret cut in two
   * is not found.
   */
  redact(text: string): string;
  add(secret: Secret | string): void;
}

/**
 * Shorter secrets are not searched for: their letters occur in ordinary words, and they protect
 * nothing.
 */
const SHORTEST = 4;
/**
 * Shorter secrets are searched for in base64 only as a whole: too little of them is independent of
 * the neighbouring bytes.
 */
const SHORTEST_EMBEDDED = 9;
const SHOWN = '[secret]';

/**
 * Finds secrets in plain form, escaped as in JSON and shells, URL-encoded by any rules (which
 * differ in the characters they leave), and in base64 and base64url, alone or inside a longer text
 * such as `user:token` of Basic authentication. Each line of a multi-line secret (a PEM key) counts
 * as a secret, too.
 */
export function createRedactor(secrets: Iterable<Secret | string> = []): Redactor {
  const patterns = new Map<string, RegExp>();
  const encoded = new Set<string>();
  const redactor: Redactor = {
    add(secret) {
      const value = secret instanceof Secret ? secret.reveal() : secret;
      for (const text of [value, ...longLines(value)]) {
        if (text.length < SHORTEST) continue;
        patterns.set(text, spellings(text));
        for (const form of base64Forms(text)) encoded.add(form);
      }
    },
    redact(text) {
      const found = [...matches(text, patterns.values()), ...words(text, encoded)];
      return found.length === 0 ? text : cover(text, found);
    },
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

function longLines(value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/);
  return lines.length === 1
    ? []
    : lines
        .map((line) => line.trim())
        .filter((line) => line.length >= 12 && !line.startsWith('-----'));
}

const SHORT_FORMS: Readonly<Record<string, string>> = {
  ' ': '|\\+',
  '\n': '|\\\\n',
  '\r': '|\\\\r',
  '\t': '|\\\\t',
};

/**
 * Matches every character except letters and digits in any spelling: itself, `\` and itself, %XX,
 * \uXXXX, `+` for a space, \n.
 */
function spellings(value: string): RegExp {
  const parts = Array.from(value.toWellFormed(), (character) => {
    if (/[A-Za-z0-9]/.test(character)) return character;
    const percent = Array.from(Buffer.from(character), (byte) => `%${hex(byte, 2)}`).join('');
    const unicode = Array.from(
      { length: character.length },
      (_, at) => `\\\\u${hex(character.charCodeAt(at), 4)}`,
    ).join('');
    const literal = `\\u{${character.codePointAt(0)?.toString(16)}}`;
    return `(?:\\\\?${literal}|${percent}|${unicode}${SHORT_FORMS[character] ?? ''})`;
  });
  return new RegExp(parts.join(''), 'gu');
}

/** Returns a pattern for hex digits in either case. */
function hex(value: number, digits: number): string {
  return value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/**
 * Returns the three possible base64 spellings of a text inside a longer one, because base64 works
 * on groups of three bytes. Leaves out the characters at the edges, which mix in bits of the
 * neighbours.
 */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const forms = [bytes.toString('base64').replace(/=+$/, '')];
  if (bytes.length >= SHORTEST_EMBEDDED) {
    for (const offset of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      const whole = (offset + bytes.length) % 3 === 0;
      forms.push(text.slice(offset === 0 ? 0 : offset + 1, whole ? undefined : -1));
    }
  }
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

type Place = readonly [start: number, end: number];

function* matches(text: string, patterns: Iterable<RegExp>): Generator<Place> {
  for (const pattern of patterns)
    for (const match of text.matchAll(pattern)) yield [match.index, match.index + match[0].length];
}

/** Finds the base64 texts that contain a needle, from first to last character. */
function* words(text: string, needles: Iterable<string>): Generator<Place> {
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at)) {
      let start = at;
      while (start > 0 && isBase64(text.charCodeAt(start - 1))) start--;
      at += needle.length;
      while (at < text.length && isBase64(text.charCodeAt(at))) at++;
      while (text[at] === '=') at++;
      yield [start, at];
    }
  }
}

/** True for letters, digits and `+ / - _`. */
function isBase64(code: number): boolean {
  return (
    (code >= 47 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 45 ||
    code === 95
  );
}

function cover(text: string, found: readonly Place[]): string {
  let shown = '';
  let done = 0;
  for (const [start, end] of found.toSorted((a, b) => a[0] - b[0])) {
    if (end <= done) continue;
    if (start >= done) shown += text.slice(done, start) + SHOWN;
    done = end;
  }
  return shown + text.slice(done);
}
