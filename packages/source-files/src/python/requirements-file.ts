/**
 * A line of a requirements file, with those that it continues on, as pip reads it:
 * https://pip.pypa.io/en/stable/reference/requirements-file-format/
 */
export interface RequirementsLine {
  /** Where it begins in the file. */
  readonly start: number;
  /** Counted from 1. */
  readonly line: number;
  /** Of the same length as in the file: comments and line breaks became spaces. */
  readonly text: string;
  /** The comments in it, and the indented ones below, where pip-compile and uv say who asks for it. */
  readonly comments: string;
}

/** `#` begins a comment at the start of a line and after white space. */
const COMMENT = /(?:^|\s)#.*/;

/** pip joins lines that end in a backslash, then removes comments. A comment line ends what is continued. */
export function requirementsLines(text: string): readonly RequirementsLine[] {
  const joined: { start: number; line: number; text: string }[] = [];
  let start = 0;
  let isOpen = false;
  for (const [index, written] of text.split('\n').entries()) {
    const isContinued = !/^\s*#/.test(written) && /\\\r?$/.test(written);
    const kept = blanked(written, isContinued ? /\\\r?$/ : /\r$/);
    const above = isOpen || /^\s+#/.test(written) ? joined.pop() : undefined;
    joined.push(
      above === undefined
        ? { start, line: index + 1, text: kept }
        : { ...above, text: `${above.text} ${kept}` },
    );
    isOpen = isContinued;
    start += written.length + 1;
  }
  return joined.map((line) => ({
    ...line,
    text: blanked(line.text, COMMENT),
    comments: COMMENT.exec(line.text)?.[0] ?? '',
  }));
}

function blanked(text: string, part: RegExp): string {
  return text.replace(part, (found) => ' '.repeat(found.length));
}
