import { parsePep508 } from '../python/pep508.ts';
import { pypiName } from './pypi.ts';

/** A line of a requirements file, with those that it continues on. */
export interface RequirementLine {
  readonly kind: 'package' | 'address' | 'folder' | 'include' | 'constraint';
  /** Counted from 1. */
  readonly line: number;
  /** The name as in a coordinate, if the line has one. */
  readonly name?: string;
  /** The version that is pinned by `==` or `===`. */
  readonly exact?: string;
  /** For a package the whole requirement; else the URL, the folder or the file. */
  readonly text: string;
  /** True if pip-compile or uv says in a comment that only other packages ask for it. */
  readonly isIndirect: boolean;
}

/**
 * Reads the lines of a requirements file
 * (https://pip.pypa.io/en/stable/reference/requirements-file-format/). Leaves out options that name no package.
 */
export function logicalLines(text: string): readonly RequirementLine[] {
  const lines: RequirementLine[] = [];
  const physical = text.split(/\r?\n/);
  for (let at = 0; at < physical.length; at += 1) {
    const start = at;
    let joined = physical[at] ?? '';
    while (joined.endsWith('\\') && at + 1 < physical.length) {
      at += 1;
      joined = `${joined.slice(0, -1)} ${physical[at] ?? ''}`;
    }
    const comments = commentsFrom(physical, at + 1);
    const line = readLine(joined, start + 1, isIndirect(joined, comments));
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** pip-compile writes who asks below the line: `#   via\n#     flask`. */
function commentsFrom(lines: readonly string[], from: number): string {
  let to = from;
  while (/^\s+#/.test(lines[to] ?? '')) to += 1;
  return lines.slice(from, to).join('\n');
}

/** `via -r requirements.in` and `via acme (pyproject.toml)` are the project itself. */
function isIndirect(line: string, below: string): boolean {
  const comment = `${/\s#.*$/.exec(line)?.[0] ?? ''}\n${below}`;
  return (
    /#\s*via\b/.test(comment) && !/-[rc]\s|\((?:pyproject\.toml|setup\.(?:py|cfg))\)/.test(comment)
  );
}

function readLine(written: string, line: number, isIndirect: boolean): RequirementLine | undefined {
  const text = written.replace(/(?:^|\s)#.*$/, '').trim();
  const at = { line, isIndirect };
  const [, option, value = ''] =
    /^(-[rce]|--(?:requirement|constraint|editable))[\s=]+(.+)$/.exec(text) ?? [];
  if (option !== undefined && /^-(?:r|-requirement)/.test(option))
    return { kind: 'include', text: unquoted(value), ...at };
  if (option !== undefined && /^-(?:c|-constraint)/.test(option))
    return { kind: 'constraint', text: unquoted(value), ...at };
  if (text === '' || (option === undefined && text.startsWith('-'))) return undefined;
  return readRequirement(option === undefined ? text : unquoted(value), at);
}

function readRequirement(
  text: string,
  at: Pick<RequirementLine, 'line' | 'isIndirect'>,
): RequirementLine | undefined {
  const bare = text.replace(/\s+--(?:hash|config-settings|global-option)[\s=].*$/, '').trim();
  if (/^(?:\.{1,2}(?:\/|\[|$)|\/|file:)/.test(bare)) {
    const folder = bare.replace(/^file:(?:\/\/)?/, '').replace(/\[[^\]]*\]$/, '');
    return { kind: 'folder', text: folder, ...at };
  }
  const [, egg] = /^[a-z+]+:\/\/.*#(?:.*&)?egg=([\w.-]+)/.exec(bare) ?? [];
  if (egg !== undefined) return { kind: 'address', name: pypiName(egg) ?? egg, text: bare, ...at };
  const read = /^[a-z+]+:\/\//.test(bare) ? undefined : parsePep508(bare);
  if (read === undefined) return undefined;
  const { address, name, specifier } = read;
  if (address !== undefined) return { kind: 'address', name, text: address, ...at };
  const [, exact] = /^={2,3}\s*([^\s,*]+)$/.exec(specifier) ?? [];
  return { kind: 'package', name, text: bare, ...(exact === undefined ? {} : { exact }), ...at };
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
