import { readSetupCfg, readSetupProgram, type SetupCfg } from '@ameide/source-files/setuptools';
import type { Span } from '@ameide/source-files/text';
import { locateToml } from '@ameide/source-files/toml';
import { InvalidInputError, pathIn } from '@ameide/versioning-core';
import { tableAt } from '../facts.ts';
import type { FileReader } from '../file-reader.ts';

/** A version that a file of a Python project states as a plain text. */
export interface StatedVersion {
  readonly path: string;
  readonly text: string;
  readonly version: string;
  /** Of the version, without quotes. */
  readonly span: Span;
}

/** The version that a project's manifest states; undefined if it states none, or a program computes it. */
export async function statedVersion(
  directory: string,
  reader: FileReader,
): Promise<StatedVersion | undefined> {
  return (
    (await inPyproject(pathIn(directory, 'pyproject.toml'), reader)) ??
    (await inSetupCfg(pathIn(directory, 'setup.cfg'), reader)) ??
    (await inSetupPy(pathIn(directory, 'setup.py'), reader))
  );
}

async function inPyproject(path: string, reader: FileReader): Promise<StatedVersion | undefined> {
  const text = await reader.text(path);
  const root = await reader.toml(path);
  if (text === undefined || root === undefined) return undefined;
  for (const table of [['project'], ['tool', 'poetry']]) {
    const { version } = tableAt(root, ...table);
    const located = locateToml(text, [...table, 'version'])?.value;
    if (typeof version === 'string' && located !== undefined)
      return { path, text, version, span: withoutQuotes(located) };
  }
  return undefined;
}

async function inSetupCfg(path: string, reader: FileReader): Promise<StatedVersion | undefined> {
  const text = await reader.text(path);
  if (text === undefined) return undefined;
  const [value] =
    optionsOf(text, path).find((one) => one.section === 'metadata' && one.name === 'version')
      ?.values ?? [];
  if (value === undefined || !/^\d/.test(value.text)) return undefined;
  const lineStart =
    text.split('\n').slice(0, value.line).join('\n').length + (value.line === 0 ? 0 : 1);
  const start = text.indexOf(value.text, lineStart);
  return { path, text, version: value.text, span: { start, end: start + value.text.length } };
}

function optionsOf(text: string, path: string): SetupCfg['options'] {
  try {
    return readSetupCfg(text, path).options;
  } catch (error) {
    // `findPackages` reports it.
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
}

async function inSetupPy(path: string, reader: FileReader): Promise<StatedVersion | undefined> {
  const text = await reader.text(path);
  const version = text === undefined ? undefined : readSetupProgram(text).version;
  const [all = '', before = ''] = /(\bversion\s*=\s*["'])[^'"\n]+/.exec(text ?? '') ?? [];
  if (text === undefined || version === undefined || all === '') return undefined;
  const start = text.indexOf(all) + before.length;
  return { path, text, version, span: { start, end: start + version.length } };
}

function withoutQuotes({ end, start }: Span): Span {
  return { start: start + 1, end: end - 1 };
}

/** What a source states until a release writes its version: `0.0.0`, `0.0.0.dev0`. */
export function isPlaceholder(version: string): boolean {
  return /^0+(?:\.0+)*(?:[.+-]?(?:a|b|rc|dev|post|local|unknown|placeholder|semantic|snapshot).*)?$/i.test(
    version,
  );
}
