import { cleanText } from '../problem/text.ts';

const SHOWN = 3;

/** Joins what a statement names, for a message. Anybody can have one certified that names thousands of things, in any characters. */
export function shownList(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(cleanText);
  const others = names.length - shown.length;
  return [...shown, ...(others === 0 ? [] : [`${others} others`])].join(' and ');
}
