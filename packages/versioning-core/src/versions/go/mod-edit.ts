import { type GoModDirective, goModString, parseGoModSyntax } from './mod.ts';
import { type GoLocalReplacement, readLocalReplacements } from './mod-rules.ts';

export interface GoModEdit {
  /** The version that each requirement on a module gets, by the module's path. */
  readonly versions: ReadonlyMap<string, string>;
  /** `replace` directives to remove. */
  readonly unreplaced: readonly Pick<GoLocalReplacement, 'folder' | 'path'>[];
  /** Requirements to add at the end, each `// indirect`. Default none. */
  readonly added?: ReadonlyMap<string, string>;
}

/**
 * Edits a go.mod file as `go mod edit -require=… -dropreplace=…` does, and keeps every other byte.
 * An `exclude` of a version that a requirement gets is removed, because `go` would ignore the
 * requirement. Returns a file that cannot be parsed as it is.
 */
export function editGoMod(text: string, { versions, unreplaced, added }: GoModEdit): string {
  const { directives = [] } = parseGoModSyntax(text);
  const lines: (string | undefined)[] = text.split('\n');
  const required = directives.filter((one) => isChanged(one, versions));
  const removed = readLocalReplacements(directives)
    .filter((own) => unreplaced.some((one) => one.path === own.path && one.folder === own.folder))
    .map(({ line }) => line);
  const changed = required.map(({ args: [path = ''] }) => goModString(path) ?? '');
  for (const { args, line, verb } of directives) {
    const [path = '', version] = args.map(goModString);
    const isObsolete =
      verb === 'exclude' && changed.includes(path) && versions.get(path) === version;
    if (removed.includes(line) || isObsolete) removeLine(line - 1, lines);
  }
  for (const directive of required) setVersion(directive, versions, lines);
  const edited = lines.filter((line) => line !== undefined).join('\n');
  const more = [...(added ?? [])].map(
    ([path, version]) => `require ${path} ${version} // indirect`,
  );
  return more.length === 0 ? edited : `${edited.trimEnd()}\n\n${more.join('\n\n')}\n`;
}

/** True if a requirement gets another version. */
function isChanged({ args, verb }: GoModDirective, versions: GoModEdit['versions']): boolean {
  const [path = '', old] = args.map(goModString);
  return verb === 'require' && versions.has(path) && versions.get(path) !== old;
}

function setVersion(
  { args, line }: GoModDirective,
  versions: GoModEdit['versions'],
  lines: (string | undefined)[],
): void {
  const [written = '', old = ''] = args;
  const version = versions.get(goModString(written) ?? '');
  const before = lines[line - 1];
  if (version === undefined || before === undefined) return;
  const at = before.indexOf(old, before.indexOf(written) + written.length);
  lines[line - 1] = before.slice(0, at) + version + before.slice(at + old.length);
}

const COMMENT = /^\s*\/\//;
const BLANK = /^\s*$/;

/** Removes a directive with the comment lines above it, and its block if nothing is left in it. */
function removeLine(index: number, lines: (string | undefined)[]): void {
  let first = index;
  while (COMMENT.test(lines[first - 1] ?? '')) first -= 1;
  lines.fill(undefined, first, index + 1);
  const above = lastLine(lines, first - 1, -1);
  const below = lastLine(lines, index + 1, 1);
  const opens = /^\s*(?:replace|exclude)\s*\($/.test(lines[above]?.trimEnd() ?? '');
  if (opens && /^\s*\)/.test(lines[below] ?? '')) {
    lines[below] = undefined;
    removeLine(above, lines);
  } else if (BLANK.test(lines[above] ?? '') && BLANK.test(lines[below] ?? ''))
    lines[below >= lines.length - 1 ? above : below] = undefined;
}

/** Returns the index of the nearest line that is left. */
function lastLine(lines: readonly (string | undefined)[], from: number, step: 1 | -1): number {
  let index = from;
  while (index >= 0 && index < lines.length && lines[index] === undefined) index += step;
  return index;
}
