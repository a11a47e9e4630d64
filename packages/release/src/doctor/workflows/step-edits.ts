import type { Edit } from '@ameide/source-files/text';
import { entryOf, type Step, type YamlMap } from '@ameide/source-files/workflows';

/**
 * The edits that set inputs of a step: `with:` is added if it is missing. Undefined where the file's
 * style leaves no line for them, as in `{ uses: … }`.
 */
export function setInputs(
  text: string,
  { body, usesEntry, with: inputs }: Step,
  values: Readonly<Record<string, string>>,
): readonly Edit[] | undefined {
  const eol = /\r\n/.test(text) ? '\r\n' : '\n';
  if (body.isFlow || usesEntry === undefined) return undefined;
  if (inputs === undefined) {
    const indent = columnOf(text, usesEntry.key.start);
    const lines = Object.entries(values).map(([key, value]) => `${indent}  ${key}: ${value}`);
    const at = lineEnd(text, usesEntry.value.end);
    return [insertion(at, [`${indent}with:`, ...lines].map((line) => eol + line).join(''))];
  }
  if (inputs.kind !== 'map' || inputs.isFlow) return undefined;
  const edits = Object.entries(values).map(([key, value]) =>
    setInput(text, inputs, key, value, eol),
  );
  return edits.every((one) => one !== undefined) ? edits : undefined;
}

function setInput(
  text: string,
  inputs: YamlMap,
  key: string,
  value: string,
  eol: string,
): Edit | undefined {
  const entry = entryOf(inputs, key);
  if (entry?.value.kind === 'scalar' && entry.value.start < entry.value.end)
    return entry.value.style === 'block'
      ? undefined
      : { start: entry.value.start, end: entry.value.end, text: value };
  const first = inputs.entries[0]?.key;
  if (entry !== undefined || first === undefined) return undefined;
  const start = text.lastIndexOf('\n', first.start - 1) + 1;
  const indent = text.slice(start, first.start);
  return /^ +$/.test(indent) ? insertion(start, `${indent}${key}: ${value}${eol}`) : undefined;
}

/** As many spaces as there are characters before an offset in its line: `- ` counts as two. */
function columnOf(text: string, offset: number): string {
  return ' '.repeat(offset - (text.lastIndexOf('\n', offset - 1) + 1));
}

/** Behind a comment, before the line break. */
function lineEnd(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at === -1) return text.length;
  return text[at - 1] === '\r' ? at - 1 : at;
}

function insertion(offset: number, text: string): Edit {
  return { start: offset, end: offset, text };
}
