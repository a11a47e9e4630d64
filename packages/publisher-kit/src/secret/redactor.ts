import { Secret } from './secret.ts';
import { digitForms, literalForms, longLines, spellings } from './secret-forms.ts';

export { observeSecrets } from './made-secrets.ts';
export { secretVariables } from './secret-variables.ts';

/** Removes secrets from text that people will see. */
export interface Redactor {
  /**
   * Replaces every known form of every secret by `[secret]`, also one that line ends, colours or
   * other control characters interrupt. Does not find a secret of which the text has only a
   * part: see `openEnd`.
   */
  redact(text: string): string;
  /**
   * Returns where a secret may begin that goes on after this text; the text's length if there is
   * none. For streams: redact what is before, and keep the rest until more arrives.
   */
  openEnd(text: string): number;
  add(secret: Secret | string): void;
}

/**
 * Shorter secrets are not searched for: their letters occur in ordinary words, and they protect
 * nothing.
 */
const SHORTEST = 4;
/** So many characters at the end of a text count as the beginning of a secret. */
const SHORTEST_BEGINNING = 4;
const SHOWN = '[secret]';

/** The forms of one secret. */
interface Forms {
  /** The value in every spelling, escaped or not. */
  readonly pattern: RegExp;
  /** The value in base64 and hexadecimal. */
  readonly digits: readonly string[];
  readonly literal: readonly string[];
}

/**
 * Finds secrets in plain form, escaped as in JSON and shells, URL-encoded by any rules (which
 * differ in the characters they leave), in hexadecimal, and in base64 and base64url, alone or inside
 * a longer text such as `user:token` of Basic authentication. Each line of a multi-line secret (a PEM
 * key) counts as a secret, too.
 */
export function createRedactor(secrets: Iterable<Secret | string> = []): Redactor {
  const known = new Map<string, Forms>();
  const redactor: Redactor = {
    add(secret) {
      const value = secret instanceof Secret ? secret.reveal() : secret;
      for (const text of [value, ...longLines(value)])
        if (text.length >= SHORTEST && !known.has(text)) known.set(text, formsOf(text));
    },
    redact(text) {
      if (known.size === 0) return text;
      const found = [...places(text, known.values()), ...interruptedPlaces(text, known.values())];
      return found.length === 0 ? text : cover(text, found);
    },
    openEnd: (text) => openEnd(text, known.values()),
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

function formsOf(value: string): Forms {
  return { pattern: spellings(value), digits: digitForms(value), literal: literalForms(value) };
}

type Place = readonly [start: number, end: number];

interface Matches {
  readonly plain: Place[];
  readonly digits: Place[];
}

function places(text: string, forms: Iterable<Forms>): readonly Place[] {
  const { digits, plain } = matchesOf(text, forms);
  return [...plain, ...widened(text, digits)];
}

function matchesOf(text: string, forms: Iterable<Forms>): Matches {
  const found: Matches = { plain: [], digits: [] };
  for (const one of forms) {
    for (const match of text.matchAll(one.pattern))
      found.plain.push([match.index, match.index + match[0].length]);
    for (const needle of one.digits) found.digits.push(...occurrences(text, needle));
  }
  return found;
}

function* occurrences(text: string, needle: string): Generator<Place> {
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length))
    yield [at, at + needle.length];
}

/** Widens places to the whole base64 texts that contain them. */
function* widened(text: string, found: Place[]): Generator<Place> {
  let done = 0;
  for (const [start, end] of found.sort((a, b) => a[0] - b[0])) {
    if (end <= done) continue;
    let from = start;
    while (from > done && isBase64(text.charCodeAt(from - 1))) from--;
    done = end;
    while (done < text.length && isBase64(text.charCodeAt(done))) done++;
    while (text[done] === '=') done++;
    yield [from, done];
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

/**
 * What may interrupt a secret where it is shown, also escaped as in JSON: colours and other terminal
 * sequences (ECMA-48), line ends with the indentation after them, characters that are not seen.
 */
const INTERRUPTION =
  /(?:\\u001b|\x1b)(?:\[[0-?]*[ -/]*[@-~]|\].{0,1024}?(?:\x07|\\u0007|\x1b\\)|[@-Z\\^_])|(?:\r|\n|\\r|\\n)[ \t]*|[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text without interruptions, and where each of its characters is in the original. */
interface Joined {
  readonly text: string;
  readonly at: Uint32Array;
}

function withoutInterruptions(text: string): Joined | undefined {
  const parts: string[] = [];
  const at = new Uint32Array(text.length);
  let length = 0;
  let from = 0;
  const keep = (to: number): void => {
    parts.push(text.slice(from, to));
    for (let index = from; index < to; index++) at[length++] = index;
  };
  for (const { 0: gap, index } of text.matchAll(INTERRUPTION)) {
    keep(index);
    from = index + gap.length;
  }
  if (from === 0) return undefined;
  keep(text.length);
  return { text: parts.join(''), at: at.subarray(0, length) };
}

/** Finds secrets with interruptions in them. Returns places in the text as it is. */
function interruptedPlaces(text: string, forms: Iterable<Forms>): readonly Place[] {
  // The line end after the text interrupts no secret.
  const whole = withoutInterruptions(text.trimEnd());
  if (whole === undefined) return [];
  const inText = ([start, end]: Place): Place => [
    whole.at[start] ?? 0,
    (whole.at[end - 1] ?? text.length) + 1,
  ];
  const { digits, plain } = matchesOf(whole.text, forms);
  return [...plain.map(inText), ...widened(text, digits.map(inText))];
}

function openEnd(text: string, forms: Iterable<Forms>): number {
  const all = [...forms].flatMap(({ digits, literal }) => [...literal, ...digits]);
  const longest = Math.max(0, ...all.map((form) => form.length));
  // A secret with interruptions is longer than its form.
  const from = Math.max(0, text.length - 4 * longest - 256);
  const end = text.slice(from);
  const whole = withoutInterruptions(end) ?? { text: end, at: undefined };
  const last = whole.text.charCodeAt(whole.text.length - 1);
  let first = text.length;
  for (const form of all) {
    for (let length = form.length - 1; length >= SHORTEST_BEGINNING; length--) {
      if (form.charCodeAt(length - 1) !== last || !whole.text.endsWith(form.slice(0, length)))
        continue;
      const start = whole.text.length - length;
      first = Math.min(first, from + (whole.at?.[start] ?? start));
      break;
    }
  }
  return first;
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
