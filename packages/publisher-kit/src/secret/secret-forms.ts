/**
 * Shorter secrets are searched for in base64 only as a whole: too little of them is independent of
 * the neighbouring bytes.
 */
const SHORTEST_EMBEDDED = 9;

/** Returns the lines of a text of several lines that say something of their own. */
export function longLines(value: string): readonly string[] {
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
export function spellings(value: string): RegExp {
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

/** Returns what a value's bytes are in base64, base64url and hexadecimal, in any place of a text. */
export function digitForms(value: string): readonly string[] {
  const hexadecimal = Buffer.from(value).toString('hex');
  return [...new Set([...base64Forms(value), hexadecimal, hexadecimal.toUpperCase()])];
}

/** Returns the usual spellings of a value: as it is, URL-encoded, escaped in JSON. */
export function literalForms(value: string): readonly string[] {
  const url = encodeURIComponent(value.toWellFormed());
  const strict = url.replace(
    /[!'()*~_.-]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const lower = (text: string): string =>
    text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(/[^\x20-\x7e]|[<>&']/g, unicode);
  return [
    ...new Set([
      value,
      url,
      strict,
      lower(url),
      lower(strict),
      url.replaceAll('%20', '+'),
      json,
      json.replaceAll('/', String.raw`\/`),
      ascii,
      ascii.replaceAll('/', String.raw`\/`),
    ]),
  ];
}

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
