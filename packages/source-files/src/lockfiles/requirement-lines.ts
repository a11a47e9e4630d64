import { parsePep508 } from '../python/pep508.ts';
import { requirementsLines } from '../python/requirements-file.ts';
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

/** Reads the lines of a requirements file. Leaves out options that name no package. */
export function requirementLines(text: string): readonly RequirementLine[] {
  return requirementsLines(text).flatMap(({ comments, line, text: written }) => {
    const read = readLine(written.trim(), line, isIndirect(comments));
    return read === undefined ? [] : [read];
  });
}

/** `via -r requirements.in` and `via acme (pyproject.toml)` are the project itself. */
function isIndirect(comments: string): boolean {
  return (
    /#\s*via\b/.test(comments) &&
    !/-[rc]\s|\((?:pyproject\.toml|setup\.(?:py|cfg))\)/.test(comments)
  );
}

function readLine(text: string, line: number, isIndirect: boolean): RequirementLine | undefined {
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
  const archive = nameOfArchive(bare);
  if (archive !== undefined) return { kind: 'address', name: archive, text: bare, ...at };
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
  const [, exact] = /^={2,3}\s*([^\s,*$]+)$/.exec(specifier) ?? [];
  return { kind: 'package', name, text: bare, ...(exact === undefined ? {} : { exact }), ...at };
}

/** `https://example.org/acme-0.1.0-py3-none-any.whl`, `./vendor/acme-0.1.0.tar.gz`: the file is named after the package. */
function nameOfArchive(address: string): string | undefined {
  const [, file = ''] = /([^/]+)\.(?:whl|zip|tar\.(?:gz|bz2|xz))(?:[#?].*)?$/.exec(address) ?? [];
  const [, name] = /^([A-Za-z0-9][\w.-]*?)-\d/.exec(file) ?? [];
  return name === undefined || /^[\w.-]+\s*@/.test(address) ? undefined : pypiName(name);
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}
