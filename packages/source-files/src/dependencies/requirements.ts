import { normalisePypiName } from '@ameide/versioning-core';
import { parsePep508 } from '../python/pep508.ts';
import { requirementsLines } from '../python/requirements-file.ts';
import { between, type Found, foundAt } from './found.ts';

/** Options of one requirement: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
const OPTIONS = /\s+--?[A-Za-z]/;

/**
 * Reads a requirements or constraints file of pip. Of an address only the name counts that pip or a person reads from it; no
 * edit can change it. Other options, such as `-r other.txt`, name nothing.
 */
export function readRequirements(path: string, text: string): readonly Found[] {
  return requirementsLines(text).flatMap(({ start, text: line }) => {
    const [address] = addressed({ path, text }, start, line);
    if (address !== undefined) return [address];
    const isHashed = /\s--hash[=\s]/.test(line);
    const end = OPTIONS.exec(line)?.index ?? line.length;
    const written = line.slice(0, end);
    const read = /^\s*-/.test(written) ? undefined : parsePep508(written.trimEnd());
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

/** `./folder`, `https://…`, `name.whl`; not `name@https://…`, which says its name. */
const ADDRESS = /^[^\s@;]*[/\\]|^[^\s@;]+\.(?:whl|zip|tgz|tar\.\w+)$/;

function addressed(
  { path, text }: { readonly path: string; readonly text: string },
  start: number,
  line: string,
): readonly Found[] {
  const [, before = '', address = ''] =
    /^(\s*(?:(?:-e|--editable)[\s=]+)?)([^\s-]\S*)/.exec(line) ?? [];
  const name = ADDRESS.test(address) ? nameInAddress(address) : undefined;
  if (name === undefined) return [];
  const from = start + before.length;
  const place = { start: from, end: from + address.length };
  const common = { ecosystem: 'pypi', name, requirement: `@ ${address}` } as const;
  return [foundAt(path, text, { ...common, field: 'requirements', ...place }, () => undefined)];
}

/** What `#egg=` says, else the name of the file, folder or repository. */
function nameInAddress(address: string): string | undefined {
  const [, egg] = /[#&]egg=([^&[\s]+)/.exec(address) ?? [];
  const [path = ''] = address.split(/[#?]/);
  const [, file] = /(?:^|[/\\])([^/\\]+?)-\d[^/\\]*\.(?:whl|zip|tgz|tar\.\w+)$/.exec(path) ?? [];
  const last = path
    .replace(/(?:@[^/@]*)?[/\\]*$/, '')
    .replace(/\.git$/, '')
    .split(/[/\\:]/)
    .at(-1);
  const name = egg ?? file ?? last;
  return name === undefined || name === '' ? undefined : normalisePypiName(name);
}
