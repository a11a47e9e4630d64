import { Secret } from './secret.ts';

/** Takes secrets out of text that people will see. */
export interface Redactor {
  /** The text with every known form of every secret replaced by `[secret]`. Give it whole lines: a secret cut in two is not found. */
  redact(text: string): string;
  add(secret: Secret | string): void;
}

/** Below this many characters a secret is not looked for: its letters occur in ordinary words, and it protects nothing. */
const SHORTEST = 4;
/** Below this many, base64 is only looked for as a whole: the part of it that does not depend on its neighbours is too short. */
const SHORTEST_EMBEDDED = 9;
const SHOWN = '[secret]';

/**
 * Finds secrets as they are, JSON-escaped, URL-encoded (path, form and user-information rules, either hex case), and in
 * base64 and base64url, alone or inside a longer text such as `user:token` of Basic authentication. Each line of a
 * multi-line secret (a PEM key) is one too.
 */
export function createRedactor(secrets: Iterable<Secret | string> = []): Redactor {
  const plain = new Set<string>();
  const encoded = new Set<string>();
  const redactor: Redactor = {
    add(secret) {
      const value = secret instanceof Secret ? secret.reveal() : secret;
      for (const text of [value, ...longLines(value)]) {
        if (text.length < SHORTEST) continue;
        for (const form of plainForms(text)) plain.add(form);
        for (const form of base64Forms(text)) encoded.add(form);
      }
    },
    redact(text) {
      const found = [...places(text, plain, false), ...places(text, encoded, true)];
      return found.length === 0 ? text : cover(text, found);
    },
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

function longLines(value: string): readonly string[] {
  const lines = value.split(/[\r\n]+/);
  return lines.length === 1 ? [] : lines.map((line) => line.trim()).filter((line) => line.length >= 12 && !line.startsWith('-----'));
}

function plainForms(value: string): readonly string[] {
  const percent = encodeURIComponent(value.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const url = new URL('http://user@host/');
  url.password = value.toWellFormed();
  const escapes = [percent, strict, strict.replaceAll('%20', '+'), url.password];
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    ...escapes,
    ...escapes.map((text) => text.replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase())),
  ];
}

/**
 * base64 works on groups of three bytes, so a text inside a longer one has three possible spellings; the characters at its
 * edges also hold bits of the neighbours, and are left out of what is looked for.
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

function* places(text: string, needles: ReadonlySet<string>, wholeWord: boolean): Generator<Place> {
  for (const needle of needles) {
    for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
      let start = at;
      let end = at + needle.length;
      if (wholeWord) {
        while (start > 0 && isBase64(text.charCodeAt(start - 1))) start--;
        while (end < text.length && isBase64(text.charCodeAt(end))) end++;
        while (text[end] === '=') end++;
        at = end;
      }
      yield [start, end];
    }
  }
}

/** Letters, digits, `+ / - _`. */
function isBase64(code: number): boolean {
  return (
    (code >= 47 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 43 || code === 45 || code === 95
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
