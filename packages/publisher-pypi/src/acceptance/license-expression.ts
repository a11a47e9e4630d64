import exceptionIds from 'spdx-exceptions/index.json' with { type: 'json' };
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import licenseIds from 'spdx-license-ids/index.json' with { type: 'json' };
import { quoted } from './flaw.ts';

const lowerCase = (ids: readonly string[]): ReadonlySet<string> =>
  new Set(ids.map((id) => id.toLowerCase()));
const LICENSES: ReadonlySet<string> = lowerCase([...licenseIds, ...deprecatedIds]);
const EXCEPTIONS: ReadonlySet<string> = lowerCase(exceptionIds);
const GRAMMAR: ReadonlySet<string> = new Set(['(', ')', 'and', 'or', 'with']);

/**
 * Returns why a text is no SPDX expression of `License-Expression` (PEP 639); undefined if it is
 * one. Takes the deprecated ids, as `packaging.licenses` does.
 */
export function licenseExpressionFlaw(expression: string): string | undefined {
  const tokens = expression
    .toLowerCase()
    .replace(/[()]/g, ' $& ')
    .split(/\s+/)
    .filter((token) => token !== '');
  const unknown = tokens.find(
    (token, index) => !GRAMMAR.has(token) && !isKnown(token, tokens[index - 1] === 'with'),
  );
  if (unknown !== undefined) return `${quoted(unknown)} is no id of the SPDX licence list`;
  return hasGrammar(tokens) ? undefined : 'it is no SPDX expression';
}

function isKnown(token: string, isException: boolean): boolean {
  if (isException) return EXCEPTIONS.has(token);
  if (token.startsWith('licenseref-')) return /^[a-z0-9.-]+$/.test(token.slice(11));
  return LICENSES.has(token.replace(/\+$/, ''));
}

/** Replaces what is complete by `x` until nothing changes. */
function hasGrammar(tokens: readonly string[]): boolean {
  let text = tokens.map((token) => (GRAMMAR.has(token) ? token : 'id')).join(' ');
  text = text.replace(/\bid with id\b/g, 'x').replace(/\bid\b/g, 'x');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/x (?:and|or) x/g, 'x').replace(/\( x \)/g, 'x');
  }
  return text === 'x';
}
