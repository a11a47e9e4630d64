/**
 * Writes a version where a Python regular expression finds its group `version`, as hatchling's own
 * `hatch version` does. Returns undefined if it finds none, or if JavaScript would read the
 * expression otherwise.
 */
export function stampPattern(text: string, version: string, pattern: string): string | undefined {
  const [from, to] = compile(pattern)?.exec(text)?.indices?.groups?.['version'] ?? [];
  return from === undefined || to === undefined
    ? undefined
    : `${text.slice(0, from)}${version}${text.slice(to)}`;
}

/** True if the expression means the same here. */
export function isPattern(pattern: string): boolean {
  return compile(pattern) !== undefined;
}

/** Other flags than a leading `i`, possessive and atomic parts, `\A` and `\Z` are Python's alone. */
const PYTHON_ONLY = /\\[AZ]|\(\?(?![:=!]|<[=!]|P[<=])|[*+?}]\+|[*+?]\{/;

function compile(pattern: string): RegExp | undefined {
  const [, flag = '', body = ''] = /^(\(\?i\))?(.*)$/s.exec(pattern) ?? [];
  if (PYTHON_ONLY.test(body)) return undefined;
  const source = body.replaceAll('(?P<', '(?<').replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>');
  try {
    return new RegExp(source, flag === '' ? 'dm' : 'dim');
  } catch {
    return undefined;
  }
}
