import { parsePep508 } from '../python/pep508.ts';
import { requirementsLines } from '../python/requirements-file.ts';
import { between, type Found, foundAt } from './found.ts';

/** Options of one requirement: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
const OPTIONS = /\s+--?[A-Za-z]/;

/** Reads a requirements or constraints file of pip. Other lines, such as `-r other.txt` and addresses, name nothing. */
export function readRequirements(path: string, text: string): readonly Found[] {
  return requirementsLines(text).flatMap(({ start, text: line }) => {
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
