// docutils 0.23, parsers/rst/languages/en.py: what PyPI's renderer knows, nothing of Sphinx.
const DIRECTIVES: ReadonlySet<string> = new Set(
  (
    'admonition attention caution class code code-block compound container contents csv-table danger date default-role epigraph error ' +
    'figure footer header highlights hint image important line-block list-table math meta note parsed-literal pull-quote replace ' +
    'restructuredtext-test-directive role rst-class rubric section-numbering sectnum sidebar sourcecode table target-notes tip title topic ' +
    'unicode warning'
  ).split(' '),
);
/** docutils knows these, and PyPI's renderer forbids them. */
const FORBIDDEN: ReadonlySet<string> = new Set(['include', 'raw']);
const ROLES: ReadonlySet<string> = new Set(
  (
    'ab abbreviation ac acronym anonymous-reference citation-reference code emphasis footnote-reference i index literal math ' +
    'named-reference pep pep-reference raw rfc rfc-reference strong sub subscript substitution-reference sup superscript t target title ' +
    'title-reference uri uri-reference url'
  ).split(' '),
);
const UNDERLINE = /^([!-/:-@[-`{-~])\1{3,}\s*$/;

/** The first line of a text that certainly does not render, counted from 1. */
export interface RstFlaw {
  readonly line: number;
  readonly reason: string;
}

/**
 * Finds what certainly stops PyPI's renderer in a reStructuredText, without docutils: unknown and
 * forbidden directives, unknown roles, and underlines shorter than their titles. It looks at lines
 * that are not indented, because what is indented may be a literal block. Other flaws need the
 * renderer itself.
 */
export function rstFlaw(text: string): RstFlaw | undefined {
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trimEnd());
  const roles = new Set([...text.matchAll(/\.\. role::\s*([\w.+-]+)/g)].map(([, name]) => name));
  const hasTable = lines.some((line) => /^=+(?: +=+)+$/.test(line));
  for (const [index, line] of lines.entries()) {
    if (/^\s|^$/.test(line) || isLiteral(lines, index)) continue;
    const reason =
      directiveFlaw(line, lines[index - 1]) ??
      (hasTable ? undefined : (roleFlaw(line, roles) ?? underlineFlaw(lines, index)));
    if (reason !== undefined) return { line: index + 1, reason };
  }
  return undefined;
}

/** True in a quoted literal block, whose lines need no indentation. */
function isLiteral(lines: readonly string[], index: number): boolean {
  let start = index;
  while (start > 0 && lines[start - 1] !== '') start -= 1;
  while (start > 0 && lines[start - 1] === '') start -= 1;
  return lines[start - 1]?.endsWith('::') ?? false;
}

function directiveFlaw(line: string, before: string | undefined): string | undefined {
  const [, name] = /^\.\. (?:\|[^|]+\| )?([A-Za-z][\w.+:-]*?) ?::(?:\s|$)/.exec(line) ?? [];
  // A line right below a paragraph belongs to it; other blocks may end without an empty line.
  if (name === undefined || (before !== undefined && before !== '')) return undefined;
  const known = name.toLowerCase();
  if (FORBIDDEN.has(known)) return `pypi.org's renderer forbids the directive "${name}"`;
  return DIRECTIVES.has(known)
    ? undefined
    : `the directive "${name}" is unknown to pypi.org's renderer, which is not Sphinx`;
}

function roleFlaw(line: string, own: ReadonlySet<string | undefined>): string | undefined {
  if (line.includes('``') || line.startsWith('.. ') || line.includes('\\')) return undefined;
  const [, name] = /(?:^|\s):([A-Za-z][\w.+:-]*):`[^`\s][^`]*`(?:[\s.,;:!?)]|$)/.exec(line) ?? [];
  if (name === undefined || ROLES.has(name.toLowerCase()) || own.has(name)) return undefined;
  return `the role "${name}" is unknown to pypi.org's renderer, which is not Sphinx`;
}

function underlineFlaw(lines: readonly string[], index: number): string | undefined {
  const [title = '', underline = ''] = lines.slice(index, index + 2);
  const isAlone = (lines[index - 1] ?? '') === '' && (lines[index + 2] ?? '') === '';
  const isTitle = /^[A-Za-z][ -~]*$/.test(title) && !title.endsWith('::');
  return isAlone && isTitle && UNDERLINE.test(underline) && title.length > underline.length
    ? `the underline of the title ${JSON.stringify(title)} is too short`
    : undefined;
}
