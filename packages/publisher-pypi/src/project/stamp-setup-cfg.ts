import { isDeepStrictEqual } from 'node:util';
import { readSetupCfg, type SetupCfg, type SetupOption } from '@ameide/source-files/setuptools';
import { InvalidInputError } from '@ameide/versioning-core';
import { labelKey, SOURCE_COMMIT_LABEL } from '../distribution/metadata.ts';

/**
 * Writes the version and the "Source Commit" URL into `[metadata]` by replacing or adding only
 * those lines, then reads the result back and compares it. `version` is undefined if the build
 * reads it from elsewhere. Throws `InvalidInputError`.
 */
export function stampSetupCfg(
  text: string,
  { sourceCommit, version }: { readonly sourceCommit: string; readonly version?: string },
  file: string,
): string {
  const before = readSetupCfg(text, file);
  const lines = [...before.lines];
  if (version !== undefined) stampVersion(lines, before, version, file);
  stampUrl(lines, before, sourceCommit, file);
  const stamped = lines.join('');
  const [was, is] = [before, readSetupCfg(stamped, file)].map(withoutStamp);
  if (!isDeepStrictEqual(was, is)) throw unstampable(file);
  return stamped;
}

function stampVersion(lines: string[], setup: SetupCfg, version: string, file: string): void {
  const option = metadataOption(setup, 'version');
  const [value, ...more] = option?.values ?? [];
  if (value === undefined || value.line !== option?.line || more.length > 0)
    throw unstampable(file);
  lines[value.line] = withValue(lines[value.line], version);
}

function stampUrl(lines: string[], setup: SetupCfg, url: string, file: string): void {
  const urls = metadataOption(setup, 'project_urls');
  const eol = lines[0]?.endsWith('\r\n') === true ? '\r\n' : '\n';
  const entry = `${SOURCE_COMMIT_LABEL} = ${url}`;
  if (urls === undefined) return addUrls(lines, setup, entry, eol);
  const { line, values } = urls;
  const stamped = values.find(({ text }) => isSourceCommit(text));
  const last = values.at(-1);
  if (last?.line === line) {
    // On the option's own line, commas separate URLs.
    const others = last.text.split(/\s*,\s*/).filter((text) => !isSourceCommit(text));
    lines[line] = withValue(lines[line], [...others, entry].join(', '));
  } else if (stamped?.line === line) throw unstampable(file);
  else if (stamped !== undefined)
    lines[stamped.line] = `${indentOf(lines[stamped.line])}${entry}${eol}`;
  else {
    const indent = last === undefined ? `${indentOf(lines[line])}    ` : indentOf(lines[last.line]);
    append(lines, last?.line ?? line, `${indent}${entry}`, eol);
  }
}

/** Returns the option's line with another value. */
function withValue(line = '', value: string): string {
  return line.replace(/^(\s*[^=:]*[=:]\s*)\S.*?(\s*)$/s, (_all, before: string, after: string) =>
    [before, value, after].join(''),
  );
}

/** Adds the URLs after the name, or where setup.py has that, at the end. */
function addUrls(lines: string[], setup: SetupCfg, entry: string, eol: string): void {
  const name =
    metadataOption(setup, 'name') ?? setup.options.find(({ section }) => section === 'metadata');
  if (name === undefined) {
    const url = `[metadata]${eol}project_urls =${eol}    ${entry}`;
    if (lines.length === 0) lines.push(`${url}${eol}`);
    else append(lines, lines.length - 1, url, eol);
    return;
  }
  const after = name.values.at(-1)?.line ?? name.line;
  const indent = indentOf(lines[name.line]);
  append(lines, after, `${indent}project_urls =${eol}${indent}    ${entry}`, eol);
}

function append(lines: string[], after: number, line: string, eol: string): void {
  const before = lines[after] ?? '';
  const end = before.endsWith('\n') ? '' : eol;
  lines[after] = `${before}${end}${line}${eol}`;
}

/** Returns everything that a stamp must not change. */
function withoutStamp({ options }: SetupCfg): unknown {
  return options
    .map(({ name, section, values }) => {
      const texts = values.map(({ text }) => text);
      if (section !== 'metadata') return [section, name, texts];
      if (name === 'version') return [section, name];
      if (name !== 'project_urls') return [section, name, texts];
      const urls = texts.length === 1 ? (texts[0] ?? '').split(/\s*,\s*/) : texts;
      return [section, name, urls.filter((text) => !isSourceCommit(text))];
    })
    .filter(([, name, urls]) => name !== 'project_urls' || String(urls) !== '');
}

function metadataOption({ options }: SetupCfg, name: string): SetupOption | undefined {
  return options.find((option) => option.section === 'metadata' && option.name === name);
}

function isSourceCommit(text: string): boolean {
  return labelKey(text.split('=', 1)[0] ?? '') === labelKey(SOURCE_COMMIT_LABEL);
}

function indentOf(line: string | undefined): string {
  return /^[ \t]*/.exec(line ?? '')?.[0] ?? '';
}

function unstampable(file: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: file,
      expected: '[metadata] with a version and project_urls that can be stamped in place',
      hint: 'Write version = 0.0.0 on one line, and each of project_urls on a line of its own.',
    },
    'pypi-invalid-pyproject',
  );
}
