/** A rule of a Makefile. */
export interface MakeRule {
  readonly target: string;
  readonly prerequisites: readonly string[];
  /** Its recipe as a shell reads it: what make expands or strips is blanked out, everything keeps its place. */
  readonly recipe: string;
  /** Where the recipe begins in the file. */
  readonly start: number;
}

/** The rules of a Makefile with their recipes. Patterns, includes and conditionals are not followed. */
export function readMakefile(text: string): readonly MakeRule[] {
  const rules: MakeRule[] = [];
  const line = /[^\n]*(?:\n|$)/y;
  let heads: readonly Pick<MakeRule, 'target' | 'prerequisites'>[] = [];
  let [recipe, start] = ['', 0];
  const finish = (): void => {
    for (const head of heads) rules.push({ ...head, recipe, start });
    heads = [];
  };
  while (line.lastIndex < text.length) {
    const at = line.lastIndex;
    const [whole = ''] = line.exec(text) ?? [];
    if (heads.length > 0 && (whole.startsWith('\t') || isContinued(recipe))) {
      recipe += asShell(whole, isContinued(recipe));
      continue;
    }
    if (heads.length > 0 && /^\s*(?:#.*)?$/.test(whole)) {
      recipe += whole.replaceAll(/[^\n]/g, ' ');
      continue;
    }
    finish();
    heads = headsOf(whole);
    [recipe, start] = ['', at + whole.length];
  }
  finish();
  return rules;
}

/** `a b: c d`, but neither `a := b` nor `a ?= b`. */
function headsOf(line: string): readonly Pick<MakeRule, 'target' | 'prerequisites'>[] {
  const [, targets = '', after] =
    /^([^\s#:=][^:=#]*?)\s*::?(?!=)([^=#;]*)(?:[#;].*)?\n?$/.exec(line) ?? [];
  if (after === undefined) return [];
  const prerequisites = after.split(/\s+/).filter((one) => one !== '' && one !== '|');
  return targets.split(/\s+/).map((target) => ({ target, prerequisites }));
}

function isContinued(recipe: string): boolean {
  return /\\\r?\n$/.test(recipe);
}

/** `@`, `-` and `+` before a command are make's, and `$$` is the shell's `$`. */
function asShell(line: string, isContinuation: boolean): string {
  const bare = isContinuation
    ? line
    : line.replace(
        /^(\s*)([@+-][@+\s-]*)/,
        (_, space: string, marks: string) => space + ' '.repeat(marks.length),
      );
  return bare.replaceAll('$$', '_$$');
}
