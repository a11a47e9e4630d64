import { ParseError, parseTOML } from 'toml-eslint-parser';
import type { LocatedValue } from '../text/span.ts';
import { entriesOf, isPair, isPath } from './entries.ts';

/**
 * Finds the value at a path of a TOML text, `['project', 'dependencies', '0']`; a string with its
 * quotes. Returns undefined if there is none, or the text is not TOML 1.0.
 */
export function locateToml(text: string, path: readonly string[]): LocatedValue | undefined {
  try {
    const [top] = parseTOML(text, { tomlVersion: '1.0' }).body;
    const entry = entriesOf(top).find((one) => isPath(one.path, path));
    if (entry === undefined) return undefined;
    const value = spanOf(entry.value.range);
    return isPair(entry) ? { value, pair: spanOf(entry.node.range) } : { value };
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function spanOf([start, end]: readonly [number, number]): LocatedValue['value'] {
  return { start, end };
}
