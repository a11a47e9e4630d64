import { parsePep508 } from '../python/pep508.ts';
import { between, type Found, foundAt } from './found.ts';

/** pip: `#` begins a comment at the start of a line and after white space. */
const COMMENT = /(^|\s)#.*/;
/** Options of one requirement: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
const OPTIONS = /\s+--?[A-Za-z]/;

/** Reads a requirements or constraints file of pip. Other lines, such as `-r other.txt` and addresses, name nothing. */
export function readRequirements(path: string, text: string): readonly Found[] {
  return logicalLines(text).flatMap(({ start, text: line }) => {
    const isHashed = /\s--hash[=\s]/.test(line);
    const end = OPTIONS.exec(line)?.index ?? line.length;
    const written = line.slice(0, end);
    const read = /^\s*-/.test(written) ? undefined : parsePep508(written.trimEnd());
    // `./folder`, `https://…`, `name.whl`.
    if (read === undefined || !isRequirement(written, read.end)) return [];
    const place = { start: start + read.start, end: start + read.end };
    return [
      foundAt(
        path,
        text,
        {
          ecosystem: 'pypi',
          name: read.name,
          requirement: asWritten(text.slice(place.start, place.end)),
          field: 'requirements',
          ...place,
          ...(isHashed ? { isHashed } : {}),
        },
        between('', ''),
      ),
    ];
  });
}

/** A continued requirement without the line break. */
function asWritten(text: string): string {
  return text.replaceAll(/\\\r?\n/g, '');
}

/** After the specifier there is nothing but a bracket and a marker. */
function isRequirement(written: string, end: number): boolean {
  return /^\s*\)?\s*(?:;.*)?$/s.test(written.slice(end));
}

interface LogicalLine {
  /** Where it begins in the file. */
  readonly start: number;
  /** Of the same length as in the file: comments and continuations became spaces. */
  readonly text: string;
}

/** pip joins lines that end in a backslash, then removes comments. A comment line ends what is continued. */
function logicalLines(text: string): readonly LogicalLine[] {
  const lines: { start: number; text: string }[] = [];
  let begun: { start: number; text: string } | undefined;
  let at = 0;
  for (const line of text.split('\n')) {
    const bare = line.replace(COMMENT, (comment) => ' '.repeat(comment.length));
    const isComment = /^\s*#/.test(line);
    const isContinued = !isComment && /\\\r?$/.test(line);
    const kept = isContinued ? bare.replace(/\\\r?$/, (end) => ' '.repeat(end.length)) : bare;
    if (begun === undefined) begun = { start: at, text: kept };
    else begun.text += ` ${kept}`;
    if (!isContinued) {
      lines.push(begun);
      begun = undefined;
    }
    at += line.length + 1;
  }
  return begun === undefined ? lines : [...lines, begun];
}
