import { constantFrom, type GeneratorValue, shuffledSubarray } from 'fast-check';

/** Draws a style: every answer is part of the example that fast-check shrinks. */
export interface Draw {
  readonly oneOf: <T>(...values: readonly T[]) => T;
  readonly shuffled: <T>(values: readonly T[]) => readonly T[];
}

export function createDraw(generate: GeneratorValue): Draw {
  return {
    oneOf: (...values) => generate(constantFrom, ...values),
    shuffled: (values) =>
      values.length < 2
        ? values
        : generate(() => shuffledSubarray([...values], { minLength: values.length })),
  };
}

export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

interface Style extends Draw {
  readonly step: number;
  /** Makes a comment that is nowhere else. */
  readonly comment: () => string;
}

/** Keys that begin so have an anchor of their name, and come first: `x-labels: &x-labels …`. */
const SHARED = 'x-';

/** Writes an object as somebody might: quotes, flow and block style, comments, indentation, key order.
 * A text `*x-labels` is an alias. */
export function writeYaml(value: Plain, draw: Draw, first: number): string {
  let comments = first;
  const style: Style = {
    ...draw,
    step: draw.oneOf(2, 2, 4, 3, 1),
    comment: () => {
      comments += 1;
      return `# comment ${comments}: "it's {here}", [&there] *`;
    },
  };
  return isMap(value) && draw.oneOf(true, true, true, false)
    ? `${blockMap(value, 0, style).join('\n')}\n`
    : `${draw.oneOf('', '--- ')}${flow(value, style, 0)}\n`;
}

function isMap(value: Plain): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

function blockMap(
  map: { readonly [key: string]: Plain },
  indent: number,
  style: Style,
): readonly string[] {
  return keysOf(map, style).flatMap((key) => {
    const start = `${' '.repeat(indent)}${keyText(key, style)}${style.oneOf('', '', ' ')}:${anchor(key)}`;
    return [...above(indent, style), ...blockValue(map[key] ?? null, start, indent, style)];
  });
}

/** What stands above a key: nothing, a blank line, comments. */
function above(indent: number, style: Style): readonly string[] {
  const line = (at: number): string => `${' '.repeat(at)}${style.comment()}`;
  const kind = style.oneOf('nothing', 'nothing', 'nothing', 'blank', 'comment', 'left', 'both');
  if (kind === 'nothing') return [];
  if (kind === 'blank') return [''];
  if (kind === 'comment') return [line(indent)];
  return kind === 'left' ? [line(0)] : [line(indent), '', line(indent)];
}

/** What stands behind a value in its line. */
function behind(style: Style): string {
  return style.oneOf('', '', '', '  ', '\t', `  ${style.comment()}`);
}

function blockValue(value: Plain, start: string, indent: number, style: Style): readonly string[] {
  if (value === null) return [`${start}${style.oneOf('', ' null', ' ~')}${behind(style)}`];
  const isEmpty = Object.keys(value).length === 0;
  if (typeof value !== 'string' && (isEmpty || style.oneOf(true, false, false, false)))
    return [`${start} ${flow(value, style, indent + style.step)}${behind(style)}`];
  if (isMap(value))
    return [`${start}${behind(style)}`, ...blockMap(value, indent + style.step, style)];
  if (isList(value))
    return [
      `${start}${behind(style)}`,
      ...blockList(value, indent + style.oneOf(0, style.step), style),
    ];
  if (!value.startsWith('*') && style.oneOf(true, false, false, false, false, false)) {
    const inner = ' '.repeat(indent + style.step);
    return [`${start} ${style.oneOf('>-', '|-')}`, `${inner}${value}`];
  }
  return [`${start} ${scalar(value, style)}${behind(style)}`];
}

function blockList(values: readonly Plain[], indent: number, style: Style): readonly string[] {
  return values.flatMap((value) => {
    const dash = `${' '.repeat(indent)}-${' '.repeat(style.oneOf(1, 1, 3))}`;
    if (!isMap(value) || style.oneOf(true, false, false, false))
      return [...above(indent, style), `${dash}${flow(value, style, dash.length)}${behind(style)}`];
    const [first = '', ...rest] = withoutLeadingComments(blockMap(value, dash.length, style));
    return [...above(indent, style), `${dash}${first.slice(dash.length)}`, ...rest];
  });
}

/** The first key of an item stands behind its dash. */
function withoutLeadingComments(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  return lines.slice(at);
}

/** In one line, or with a line for each item, closed at this indentation. */
function flow(value: Plain, style: Style, indent?: number): string {
  if (value === null) return style.oneOf('null', '~');
  if (typeof value === 'string') return scalar(value, style);
  const isLong = indent !== undefined && style.oneOf(true, false);
  const inner = isLong ? indent + style.step : undefined;
  const items = isList(value)
    ? value.map((item) => flow(item, style, inner))
    : keysOf(value, style).map(
        (key) => `${keyText(key, style)}:${anchor(key)} ${flow(value[key] ?? null, style, inner)}`,
      );
  const [open, close] = isList(value) ? ['[', ']'] : ['{', '}'];
  if (inner !== undefined && items.length > 0)
    return `${open}${behind(style)}\n${longItems(items, inner, style)}${' '.repeat(indent ?? 0)}${close}`;
  const space = style.oneOf('', ' ', '  ');
  return `${open}${space}${items.join(style.oneOf(', ', ',  ', ' , '))}${space}${close}`;
}

function longItems(items: readonly string[], indent: number, style: Style): string {
  const hasLastComma = style.oneOf(true, false);
  return items
    .map((item, index) => {
      const comma = index < items.length - 1 || hasLastComma ? ',' : '';
      const comments = style.oneOf(true, false, false)
        ? `${' '.repeat(indent)}${style.comment()}\n`
        : '';
      return `${comments}${' '.repeat(indent)}${item}${comma}${behind(style)}\n`;
    })
    .join('');
}

/** An anchor stands before its aliases. */
function keysOf(map: { readonly [key: string]: Plain }, style: Style): readonly string[] {
  const keys = style.shuffled(Object.keys(map));
  const isShared = (key: string): boolean => key.startsWith(SHARED);
  return [...keys.filter(isShared), ...keys.filter((key) => !isShared(key))];
}

function anchor(key: string): string {
  return key.startsWith(SHARED) ? ` &${key}` : '';
}

function keyText(key: string, style: Style): string {
  if (key === '<<') return key;
  return style.oneOf(key, key, key, `"${key}"`, `'${key}'`);
}

/** Every text here is safe in every style. */
function scalar(text: string, style: Style): string {
  if (text.startsWith('*')) return text;
  const escaped = text.replace('c', String.raw`\x63`);
  return style.oneOf(text, text, `"${text}"`, `'${text}'`, `"${escaped}"`);
}
