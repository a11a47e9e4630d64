import { cleanText } from '../problem/text.ts';

const SHOWN = 3;

/** Joins the names in a statement, for a message. Anybody can get a statement signed with thousands of names, of any characters. */
export function shownList(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(cleanText);
  const others = names.length - shown.length;
  return [...shown, ...(others === 0 ? [] : [`${others} others`])].join(' and ');
}
