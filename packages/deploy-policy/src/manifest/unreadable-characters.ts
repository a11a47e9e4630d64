import type { YamlFault } from './walk.ts';

/**
 * What ends a line in YAML 1.1, which Kubernetes reads, and not in the reader used here: after it, a
 * comment would be over, and a key could begin. A byte order mark in a file hides the key behind it.
 * Control characters are not allowed in any YAML.
 */
const UNREADABLE =
  /\r(?!\n)|[\u0085\u2028\u2029]|(?<=[\r\n])\uFEFF|[\0-\x08\v\f\x0E-\x1F\x7F-\x84\x86-\x9F\uFFFE\uFFFF]/g;

const NAMES: Readonly<Record<string, string>> = {
  '\r': 'a carriage return without a line feed (U+000D), which ends the line for some readers only',
  '\u0085': 'the character U+0085, which ends the line for some readers only',
  '\u2028': 'the character U+2028, which ends the line for some readers only',
  '\u2029': 'the character U+2029, which ends the line for some readers only',
  '\uFEFF': 'a byte order mark (U+FEFF) inside of the file',
};

/** Returns what a text has of them, in order: `before` returns the first one up to an offset, and goes on from there. */
export function unreadableCharacters(text: string): {
  readonly before: (end: number) => readonly YamlFault[];
} {
  const pattern = new RegExp(UNREADABLE);
  let next = pattern.exec(text);
  return {
    before: (end) => {
      if (next === null || next.index >= end) return [];
      const [character] = next;
      const fault = {
        offset: next.index,
        what: `there is ${NAMES[character] ?? controlCharacter(character)}`,
      };
      pattern.lastIndex = end;
      next = pattern.exec(text);
      return [fault];
    },
  };
}

function controlCharacter(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `the control character U+${code}`;
}
