import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CODE = /'([a-z]+(?:-[a-z]+)+|usage)'/;
/** Prefixes of the publishers' codes: such a string is a code wherever it is written. */
const PREFIX = /^(?:npm|pypi|go|ghcr|github|configuration)-/;

/**
 * Codes of problems in the product's sources that may be of kind `input`: all but those whose
 * object says another kind as a literal. It reads text, no types, and errs on the safe side: a
 * code whose kind it cannot see is one of them.
 */
export function codesThatMayBeInput(): ReadonlySet<string> {
  const found = new Set<string>();
  const files = execFileSync('git', ['ls-files', 'packages/*/src/*.ts'], { encoding: 'utf8' });
  for (const file of files.trim().split('\n')) {
    if (/local-registries|\/(testing|contract)\//.test(file)) continue;
    if (!isAboutPublishing(file)) continue;
    for (const code of codesOf(readFileSync(file, 'utf8'))) found.add(code);
  }
  return found;
}

/** Commands that only read and write the user's files say codes of their own: no commit is published there. */
function isAboutPublishing(file: string): boolean {
  return !/^packages\/deploy-policy\/|\/(?:deploy|init|consume|inventory|doctor)\/|source-files\/src\/(?:packages|lockfiles|dependencies)\//.test(
    file,
  );
}

function codesOf(text: string): string[] {
  const objects = objectsOf(text);
  return [...text.matchAll(new RegExp(CODE, 'g'))].flatMap(
    ({ 0: literal, 1: code = '', index }) => {
      const before = text.slice(0, index);
      const isField = /\bcode: $/.test(before);
      // The last argument of an InvalidInputError, or the default of a parameter.
      const isArgument =
        /(?:InvalidInputError\(\s*\w+|\}\)?),\s*$|\bcode = $/.test(before) &&
        /^,?\s*\)/.test(text.slice(index + literal.length));
      if (!isField && !isArgument && !PREFIX.test(code)) return [];
      const [object = ''] = objects
        .filter(([from, to]) => from < index && index < to)
        .map(([from, to]) => text.slice(from, to))
        .toSorted((a, b) => a.length - b.length);
      const [, kind] = /\bkind: '([a-z]+)'/.exec(object) ?? [];
      return isField && kind !== undefined && kind !== 'input' ? [] : [code];
    },
  );
}

/** Where each `{ … }` begins and ends; braces of strings, templates and comments do not count. */
function objectsOf(text: string): readonly (readonly [from: number, to: number])[] {
  const open: number[] = [];
  const objects: [number, number][] = [];
  const token = /\/\/.*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|\$\{|[`{}]/g;
  for (const { 0: one, index } of text.matchAll(token)) {
    if (one === '{' || one === '${') open.push(index);
    else if (one === '}') objects.push([open.pop() ?? 0, index]);
  }
  return objects;
}
