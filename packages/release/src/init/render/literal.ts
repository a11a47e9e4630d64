/** How a language writes a literal. */
export interface LiteralStyle {
  readonly string: (text: string) => string;
  readonly key: (name: string) => string;
  /** After the last member of a literal of several lines. */
  readonly trailing: string;
}

/** The width that formatters are set to more often than to any other but 80. */
export const WIDTH = 100;

export const CODE: LiteralStyle = {
  string: (text) =>
    text.includes("'") && !text.includes('"')
      ? JSON.stringify(text)
      : `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", String.raw`\'`)}'`,
  key: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : CODE.string(name)),
  trailing: ',',
};

export const DATA: LiteralStyle = {
  string: (text) => JSON.stringify(text),
  key: (name) => JSON.stringify(name),
  trailing: '',
};

/** Text that is already in the language. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Writes a value as formatters do: on one line if that has at most 100 columns. `column` is where it
 * begins; `after` is the width of what follows it on its last line.
 */
export function literal(
  value: unknown,
  style: LiteralStyle,
  { after = 1, column = 0, indent = 0, width = WIDTH }: LiteralPlace = {},
): string {
  const flat = onOneLine(value, style);
  const isShort = column + flat.length + after <= width && !isTable(value);
  if (isShort || typeof value !== 'object' || value === null || value instanceof Raw) return flat;
  const pad = ' '.repeat(indent + 2);
  const members = Array.isArray(value)
    ? value.map((one) => literal(one, style, { column: indent + 2, indent: indent + 2 }))
    : entries(value).map(([name, one]) => {
        const key = `${style.key(name)}: `;
        return `${key}${literal(one, style, { column: indent + 2 + key.length, indent: indent + 2 })}`;
      });
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${pad}${members.join(`,\n${pad}`)}${style.trailing}\n${' '.repeat(indent)}${close}`;
}

interface LiteralPlace {
  readonly after?: number;
  readonly column?: number;
  readonly indent?: number;
  readonly width?: number;
}

/** Several lists below each other read as a table; formatters break them, too. */
function isTable(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.every((one) => Array.isArray(one) && one.length > 1)
  );
}

function onOneLine(value: unknown, style: LiteralStyle): string {
  if (value instanceof Raw) return value.text;
  if (typeof value === 'string') return style.string(value);
  if (Array.isArray(value)) return `[${value.map((one) => onOneLine(one, style)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const members = entries(value).map(
    ([name, one]) => `${style.key(name)}: ${onOneLine(one, style)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function entries(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, one]) => one !== undefined);
}
