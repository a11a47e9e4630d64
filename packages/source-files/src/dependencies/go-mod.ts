import { type GoModDirective, goModString, parseGoModSyntax } from '@ameide/versioning-core/go';
import { lineStarts } from '../text/line-starts.ts';
import { type Found, foundAt, UnreadableFile } from './found.ts';

/**
 * Reads a go.mod or go.work: what it requires, and what replaces a module (then the requirement is what follows
 * `=>`). Throws `UnreadableFile` for what `go` cannot parse.
 */
export function readGoMod(path: string, text: string): readonly Found[] {
  const { directives, error } = parseGoModSyntax(text);
  if (error !== undefined)
    throw new UnreadableFile(`go cannot parse line ${error.line}: ${error.reason}`);
  const starts = lineStarts(text);
  return directives.flatMap((directive) => {
    const { args, verb } = directive;
    const [module = ''] = args.map(goModString);
    const words = verb === 'require' ? [1, 1] : verb === 'replace' ? replacement(args) : undefined;
    if (words === undefined || args.length <= 1) return [];
    const found = span(directive, text, starts, words);
    const requirement = text.slice(found.start, found.end);
    const common = { ecosystem: 'go', name: module, field: verb, ...found } as const;
    // `replace module v1.2.3 => …` is for that version alone: https://go.dev/ref/mod#go-mod-file-replace
    const [, version] = verb === 'replace' && args[1] !== '=>' ? args.map(goModString) : [];
    const replaces = version === undefined ? {} : { replaces: version };
    return [
      foundAt(
        path,
        text,
        { ...common, ...replaces, requirement },
        verb === 'require' ? undefined : () => undefined,
      ),
    ];
  });
}

/** The words after `=>`. */
function replacement(args: readonly string[]): readonly number[] | undefined {
  const arrow = args.indexOf('=>');
  return arrow === -1 || arrow === args.length - 1 ? undefined : [arrow + 1, args.length - 1];
}

/** Where the words from the one to the other are. */
function span(
  { args, line }: GoModDirective,
  text: string,
  starts: readonly number[],
  [from = 0, to = 0]: readonly number[],
): { readonly start: number; readonly end: number } {
  let at = starts[line - 1] ?? 0;
  let [start, end] = [at, at];
  for (const [index, word] of args.entries()) {
    at = text.indexOf(word, at);
    if (index === from) start = at;
    at += word.length;
    if (index === to) end = at;
  }
  return { start, end };
}
