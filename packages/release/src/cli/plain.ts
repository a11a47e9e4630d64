import colors from 'picocolors';

/**
 * Matches characters that a reader does not see, or that do something to a terminal: control and
 * format characters (colours, bidirectional overrides, zero-width characters), line and paragraph
 * separators, halves of surrogate pairs (Unicode TR36, 2.10.2; general categories Cc, Cf, Zl, Zp,
 * Cs).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Most text: printable ASCII. Far quicker to test than what the others match. */
const ORDINARY = /^[\x20-\x7e]*$/;
const ORDINARY_LINES = /^[\x20-\x7e\n]*$/;
/** The same without the line end. */
const UNSEEN_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The colours that this program uses (ECMA-48, SGR), and everything unseen that is none. */
const COLOUR_OR_UNSEEN = /\x1b\[(?:0|1|2|22|3[0-7]|39)m|(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The members of a report that may have several lines (`how`: commands); all others are names, or one line. */
const TEXTS: ReadonlySet<string> = new Set(['message', 'hint', 'how']);

/**
 * Makes all text in a report inert, whoever wrote it (a registry's label, a branch, a file name, a
 * program's output): what is not seen is escaped as in JSON, and a name cannot begin a line. Every
 * command passes what it shows to people through this.
 */
export function inert<T>(report: T): T {
  return inertValue(report, false) as T;
}

/** Makes a text inert that may have several lines. */
export function inertLines(text: string): string {
  return text.replace(UNSEEN_IN_LINES, (character) => escaped(character));
}

/** Makes a text inert, and one line. */
export function inertLine(text: string): string {
  return ORDINARY.test(text) ? text : text.replace(UNSEEN, (character) => escaped(character));
}

/** Makes the parser's message one line, with its own suggestion on a second. */
export function inertUsage(message: string): string {
  const parts = message.trimEnd().split(/\n(?=\(Did you mean )/);
  return `${parts.map(inertLine).join('\n')}\n`;
}

function inertValue(value: unknown, hasLines: boolean): unknown {
  if (typeof value === 'string') return hasLines ? inertLines(value) : inertLine(value);
  if (Array.isArray(value)) return value.map((one) => inertValue(one, hasLines));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      inertLine(name),
      inertValue(member, TEXTS.has(name)),
    ]),
  );
}

/**
 * Escapes what is left of such characters in a text that is ready to be printed, except our colours
 * and line ends. In JSON the text stays the same.
 */
export function inertOutput(text: string): string {
  return ORDINARY_LINES.test(text)
    ? text
    : text.replace(COLOUR_OR_UNSEEN, (found) =>
        found.length > 2 && colors.isColorSupported ? found : escaped(found),
      );
}

/** `\u001b`, for each UTF-16 code unit that is not seen. */
function escaped(text: string): string {
  return text
    .split('')
    .map((unit) =>
      /[\x20-\x7e]/.test(unit) ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .join('');
}
